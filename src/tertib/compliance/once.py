"""How everybody stood in a freshness at an instant, judged there once instead of walked to there.

When each state began is read from the stored transitions; what decided is the newest fact by then,
and what turned it next the first one after. That is exact of whatever is judged up to then.
Whoever it is not exact of is left out, and walked: those about whom something waits to be judged
from an instant before, who are one with another, or fell due and no tick has seen it yet.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, Collate, JSONObject

from tertib.compliance import loading
from tertib.compliance.changes import Row, Stand
from tertib.compliance.kinds.freshness import Limits
from tertib.compliance.kinds.raw import sooner
from tertib.compliance.kinds.version import law_of
from tertib.compliance.loading import Around
from tertib.compliance.models import Pulse, Standing, Sweep, Transition
from tertib.compliance.records import Fact, Key, Ref, Span, Waiver
from tertib.compliance.routes import Law, Routes, names
from tertib.compliance.walk import Walker
from tertib.evidence import dialect, models, reading
from tertib.sop.format import Freshness


@dataclass(slots=True)
class Stood:
    """Who need not be walked. nowhere: those of them who did not count then."""

    rows: list[Row] = field(default_factory=list)
    nowhere: set[UUID] = field(default_factory=set)

    @property
    def spared(self) -> set[UUID]:
        return {row.subject for row in self.rows} | self.nowhere


class Told(NamedTuple):
    """What is known of one subject.

    began  when the state began that it had then
    begun  when the fact occurred that decided (seq 0: there was none); coming: when the next did
    """

    subject: UUID
    look: tuple[str, str]
    began: datetime
    seq: int
    begun: datetime | None
    coming: datetime | None


def followed(law: Law) -> bool:
    """Whether what is stored follows this law, or is swept to do so."""
    known = Pulse.objects.filter(pk=1).values_list("law", flat=True).first() or {}
    return bool(known.get("versions") == names(law))


def candidates(controls: Iterable[str], law: Law, routes: Routes, t: datetime) -> set[str]:
    """Return the controls that can be judged so: in every version they ask for the newest of the
    same evidence, whatever it says.
    """
    if t < law[0].since:
        return set()
    found = set()
    for control in controls:
        forms = routes.versions[control]
        plain = all(
            isinstance(one, Freshness) and not one.topics and not one.level for one in forms
        )
        if plain and len(forms) == len(law) and len(routes.reads[control]) == 1:
            found.add(control)
    return found


def stood(
    control: str, t: datetime, *, law: Law, routes: Routes, waivers: Sequence[Waiver]
) -> Stood:
    """Return how they stood at t, as known now. waivers: of that control."""
    version = law_of(law).at(t)
    form = version.control(control) if version else None
    if version is None or not isinstance(form, Freshness):
        return Stood()
    found, limits = Stood(), Limits(form.within, form.warn, version)
    several = list(_told(control, t, routes, found.nowhere))
    turning: set[Ref | None] = {*_leaving(control, routes)}  # asked last: also who left meanwhile
    turning |= {one.subject for one in waivers if t < max(one.began_at, one.ended_at)}
    all_turn, others = None in turning, list[Told]()
    for told in several:
        state, bare = told.look
        if state == bare and not all_turn and not (turning and told.subject in turning):
            raw = limits.raw(t, told.begun, told.coming)
            if raw.state == state:  # else it settles in
                found.rows.append(_row(told, sooner(raw.next_at, version.ends), raw.falls_at))
                continue
        others.append(told)
    found.rows += _judged(others, control, t, law, routes, waivers)
    return found


def heard(control: str, subjects: Iterable[UUID], t: datetime, routes: Routes) -> datetime | None:
    """Return when the oldest evidence by t about one of these occurred, whatever it says; of those
    who ever were members. None: there is none.
    """
    facts = models.Fact.objects.filter(kind__in=routes.reads[control], occurred_at__lte=t)
    facts = facts.filter(~Exists(_RETRACTED))
    oldest = facts.values_list("subject").annotate(Min("occurred_at"))
    wanted = set(subjects)
    about = {subject: at for subject, at in oldest if subject in wanted}
    spans = reading.spans(routes.populations[control], subjects=about) if about else ()
    return min((about[span.subject] for span in spans), default=None)


# --- What is stored and told of each, in one statement -------------------------------------------

_RETRACTED = models.Retraction.objects.filter(fact=OuterRef("seq"))


def _told(control: str, t: datetime, routes: Routes, nowhere: set[UUID]) -> Iterator[Told]:
    """Yield those that counted at t; add to `nowhere` those that did not.

    One statement, so that what is judged while it reads is seen whole or not at all; as text, as
    converters take longer than the database; not by `iterator`, for a cursor of its server's lets
    PostgreSQL plan for the first rows alone, and all are wanted.
    """
    rows = _everybody(control, t, routes).values_list(
        *(Cast(name, TextField()) for name in ("pk", "turned", "newest", "coming"))
    )
    for key, turned, newest, coming in rows:
        subject = dialect.as_uuid(key)
        turn: dict[str, Any] = orjson.loads(turned) if turned else {"state": ""}
        if not turn["state"]:
            nowhere.add(subject)
        elif turn["state"] != turn["was"]:  # else it turned by what is beneath an exception
            fact: dict[str, Any] = orjson.loads(newest) if newest else {"seq": 0}
            yield Told(
                subject,
                (turn["state"], turn["bare"]),
                dialect.as_instant(turn["at"]),
                fact["seq"],
                dialect.as_instant(fact["at"]) if newest else None,
                dialect.as_instant(coming) if coming else None,
            )


def _everybody(control: str, t: datetime, routes: Routes) -> QuerySet[models.Subject]:
    members = models.Membership.objects.filter(population__in=routes.populations[control])
    about = OuterRef("pk")
    here = {"control": control, "subject": about}
    [kind] = routes.reads[control]
    facts = models.Fact.objects.filter(~Exists(_RETRACTED), subject=about, kind=kind, outcome="ok")
    last = [Collate(name, dialect.code_points()).desc() for name in ("source", "source_id")]
    newest = facts.filter(occurred_at__lte=t).order_by("-occurred_at", "-recorded_at", *last)
    coming = facts.filter(occurred_at__gt=t).order_by("occurred_at").values("occurred_at")
    turned = Transition.objects.filter(**here, item=0, at__lte=t).order_by("-at")
    look = JSONObject(state="state", bare="bare", was="was", at="at")
    waiting = models.Inbox.objects.filter(since__lte=t)
    merges = models.Merge.objects.all()
    return models.Subject.objects.filter(
        ~Exists(Sweep.objects.filter(control=control, since__lte=t)),
        ~Exists(waiting.filter(subject=None)),
        ~Q(pk__in=waiting.exclude(subject=None).values("subject")),
        ~Q(pk__in=merges.values("absorbed")),
        ~Q(pk__in=merges.values("survivor")),
        ~Exists(Standing.objects.filter(**here, next_at__lte=t)),
        pk__in=members.values("subject"),
    ).annotate(
        turned=Subquery(turned.values(told=look)[:1]),
        newest=Subquery(newest.values(told=JSONObject(seq="seq", at="occurred_at"))[:1]),
        coming=Subquery(coming[:1]),
    )


def _leaving(control: str, routes: Routes) -> set[UUID]:
    """Return of whom any membership was ever said to end."""
    members = models.Membership.objects.filter(population__in=routes.populations[control])
    return set(members.exclude(ended_at=None).values_list("subject", flat=True))


# --- Judged by the newest fact and the next one --------------------------------------------------


def _row(told: Told, next_at: datetime | None, falls_at: datetime | None) -> Row:
    deciding = (told.seq,) if told.seq else ()
    stand = Stand(
        0, *told.look, told.began, told.began, next_at, falls_at, deciding, told.begun, None, None
    )
    return Row(told.subject, stand)


def _judged(
    several: Sequence[Told],
    control: str,
    t: datetime,
    law: Law,
    routes: Routes,
    waivers: Sequence[Waiver],
) -> Iterator[Row]:
    """Judge those whose membership or exception turns, or who settle in. Two facts are enough:
    in one membership whoever ever was good was so by the newest fact, or is so by the next.
    """
    if not several:
        return
    spans: dict[UUID, list[Span]] = defaultdict(list)
    whom = {told.subject for told in several} if len(several) <= reading.MANY else None
    for row in reading.spans(routes.populations[control], subjects=whom, folded={}):
        spans[row.subject].append(Span(*row))
    around = Around(None, {}, spans, {control: [*waivers]})
    for told in several:
        facts = [_fact(control, told, routes, at) for at in (told.begun, told.coming) if at]
        slice_ = loading.assemble(control, told.subject, facts, around, law=law, routes=routes)
        verdict = Walker(slice_).stand(Key(told.subject), t).verdict
        if verdict and (verdict.state, verdict.bare) == told.look:
            yield _row(told, verdict.next_at, verdict.falls_at)


def _fact(control: str, told: Told, routes: Routes, at: datetime) -> Fact:
    [kind] = routes.reads[control]
    return Fact(kind, told.subject, at, at, "ok", {}, None, "", "", told.seq)
