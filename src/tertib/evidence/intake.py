"""The one door for other systems' facts and memberships (decisions 14 and 35)."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tertib.evidence import ledger, populations, subjects, vocabulary
from tertib.evidence.ledger import OURS, Told
from tertib.evidence.models import Fact, Subject
from tertib.evidence.rows import FactForm, Form, Key, MemberForm, RetractForm, read
from tertib.lib.errors import Refused

AT_ONCE = 50  # rows in one transaction: writers are brief
LONGEST_SOURCE = 100


@dataclass
class Report:
    """What became of the rows. refused: place of the row → why; every other one is kept."""

    kept: int = 0
    refused: dict[int, str] = field(default_factory=dict)


def take(
    rows: Iterable[object],
    *,
    source: str,
    actor: UUID | None = None,
    kinds: Collection[str] | None = None,
    after_each: Callable[[Report], None] = lambda _report: None,
) -> Report:
    """Keep each row that is right and say of every other one why it is not.

    source: the token's or the file's name. kinds: what the token may tell (None: all). actor: who
    brings memberships and retractions. after_each: called between two transactions.
    """
    if source == OURS or not source or len(source) > LONGEST_SOURCE:
        raise Refused(_("A source needs a name of its own, of at most 100 signs."))
    report = Report()
    for some in batched(enumerate(rows), AT_ONCE):
        forms: list[tuple[int, Form]] = []
        for place, row in some:
            try:
                forms.append((place, read(row, now=ledger.now())))
            except Refused as refusal:
                report.refused[place] = str(refusal)
        with transaction.atomic():
            _Batch(source, actor, kinds, report).take(forms)
        after_each(report)
    report.refused = dict(sorted(report.refused.items()))
    return report


class _Batch:
    """Some rows of one source, kept in one transaction."""

    def __init__(
        self, source: str, actor: UUID | None, kinds: Collection[str] | None, report: Report
    ) -> None:
        self.source, self.actor, self.kinds, self.report = source, actor, kinds, report
        self.waiting: list[tuple[int, Told]] = []  # facts, to be recorded together

    def take(self, forms: Sequence[tuple[int, Form]]) -> None:
        ids = [form.id for _place, form in forms if isinstance(form, FactForm)]
        told = Fact.objects.filter(source=self.source, source_id__in=ids)
        self.told = set(told.values_list("source_id", flat=True))
        keys = [form.subject for _place, form in forms if not isinstance(form, RetractForm)]
        self.named = subjects.Names(
            [(key.kind, key.text) for key in keys]
            + [("person", name) for _place, form in forms for name in _people(form)]
        )
        for place, form in forms:
            try:
                match form:
                    case FactForm():
                        self._fact(place, form)
                    case MemberForm():
                        self._member(form)
                        self.report.kept += 1
                    case RetractForm():
                        self._record()  # it may take back a row just above
                        self._retract(form)
                        self.report.kept += 1
            except Refused as refusal:
                self.report.refused[place] = str(refusal)
        self._record()

    def _fact(self, place: int, form: FactForm) -> None:
        if self.kinds is not None and form.kind.name not in self.kinds:
            raise Refused(_("This token may not tell “%(name)s”.") % {"name": form.kind.name})
        body = dict(form.body)
        for name in form.kind.people & body.keys():
            body[name] = self._persons(body[name], form.occurred_at)
        actor = self._person(form.actor, form.occurred_at) if form.actor else None
        until = body.get("until")
        if until is not None and datetime.fromisoformat(until) > ledger.now() + ledger.AHEAD:
            raise Refused(_("“body.until” lies more than five minutes ahead."))
        subject = self.named.find(form.subject.kind, form.subject.text, at=form.occurred_at)
        if subject is None and form.id in self.told:
            raise Refused(_("This source has told something else under this id."))
        telling = Told(
            kind=form.kind,
            subject=subject or self._introduce(form.subject),
            occurred_at=form.occurred_at,
            body=body,
            actor=actor,
            outcome=form.outcome,
            source=self.source,
            source_id=form.id,
        )
        self.waiting.append((place, telling))

    def _record(self) -> None:
        outcomes = ledger.record_many([telling for _place, telling in self.waiting])
        for (place, _telling), outcome in zip(self.waiting, outcomes, strict=True):
            if isinstance(outcome, Refused):
                self.report.refused[place] = str(outcome)
            else:
                self.report.kept += 1
        self.waiting = []

    def _member(self, form: MemberForm) -> None:
        of = populations.kind_of(form.population)
        if of is None:
            raise Refused(_("There is no population “%(name)s”.") % {"name": form.population})
        if of != form.subject.kind:
            words = {"name": form.population, "kind": of}
            raise Refused(_("The population “%(name)s” is of %(kind)s.") % words)
        if self.kinds is not None and not any(
            of in vocabulary.kind(kind).about for kind in self.kinds
        ):
            raise Refused(_("This token may not tell about %(kind)s.") % {"kind": of})
        subject = self.named.find(of, form.subject.text, at=form.began_at)
        if subject is None:
            subject = self._introduce(form.subject)
        if subject.owner != self.source:
            raise Refused(_("Only the source that introduced a subject says what it is member of."))
        ledger.record_membership(
            form.population,
            subject,
            began_at=form.began_at,
            ended_at=form.ended_at,
            actor=self.actor,
            source=self.source,
        )

    def _retract(self, form: RetractForm) -> None:
        fact = Fact.objects.filter(source=self.source, source_id=form.id).first()
        if fact is None:
            raise Refused(_("This source has told no fact “%(id)s”.") % {"id": form.id})
        if self.kinds is not None and fact.kind not in self.kinds:
            raise Refused(_("This token may not tell “%(name)s”.") % {"name": fact.kind})
        ledger.retract(fact, actor=self.actor, source=self.source)

    def _introduce(self, key: Key) -> Subject:
        subject = subjects.resolve(key.kind, key.text, at=ledger.now(), source=self.source)
        self.named.add(subject, key.text)
        return subject

    def _person(self, name: object, at: datetime) -> UUID:
        person = self.named.find("person", name, at=at) if isinstance(name, str) else None
        if person is None:
            raise Refused(_("“%(name)s” is no person known here.") % {"name": str(name)[:40]})
        return person.pk

    def _persons(self, names: object, at: datetime) -> object:
        """Write people in a body by uuid: bodies hold no names (decision 7)."""
        if isinstance(names, list):
            return [str(self._person(name, at)) for name in names]
        return None if names is None else str(self._person(names, at))


def _people(form: Form) -> list[str]:
    """Return the keys of the people whom a row names."""
    if not isinstance(form, FactForm):
        return []
    named = [form.actor]
    for name in form.kind.people & form.body.keys():
        value = form.body[name]
        named += value if isinstance(value, list) else [value]
    return [name for name in named if isinstance(name, str)]
