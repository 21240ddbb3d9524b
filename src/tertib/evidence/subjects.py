"""Who facts are about: introduced once, known by names over time (decisions 6, 34, 35)."""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import batched
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from tertib.evidence import dialect, ledger
from tertib.evidence.dialect import one_at_a_time
from tertib.evidence.ledger import EVER, OURS
from tertib.evidence.models import Alias, Merge, Subject
from tertib.evidence.vocabulary import SUBJECTS
from tertib.lib.errors import Refused

ORGANISATION = UUID("6f726700-0000-4000-8000-746572746962")  # the same in every installation
ORG = "org"
LONGEST = 200
AT_ONCE = 500


def folded(name: str) -> str:
    """Write a name so that spelling, case and spaces do not matter. "": it names nothing."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())[:LONGEST]


@transaction.atomic
def introduce(
    kind: str,
    *,
    label: str,
    source: str = OURS,
    aliases: Iterable[str] = (),
    now: datetime,
    uuid: UUID | None = None,
) -> Subject:
    """Add a subject, or return the one of that uuid. Its label is a name of it, too, the last.

    A name that nobody bore before is taken to be its own from ever on: a report about yesterday
    finds it.
    """
    if kind not in SUBJECTS:
        raise ValueError(f"The vocabulary knows no {kind}")
    fields = {
        "kind": kind,
        "label": label.strip()[:LONGEST],
        "owner": source,
        "introduced_at": now,
    }
    if uuid is None:
        subject = Subject.objects.create(**fields)
    else:
        subject, is_new = Subject.objects.get_or_create(uuid=uuid, defaults=fields)
        if not is_new:
            return subject
    _add_aliases([(subject, name) for name in (*aliases, label)], now=now)
    return subject


class New(NamedTuple):
    """A subject that its room knows by uuid already; introduced once, however often it is told."""

    uuid: UUID
    label: str
    introduced_at: datetime


@transaction.atomic
def introduce_many(kind: str, told: Sequence[New], *, now: datetime) -> dict[UUID, Subject]:
    """Add those subjects of ours that are not known yet, each known by its label."""
    if kind not in SUBJECTS:
        raise ValueError(f"The vocabulary knows no {kind}")
    known = Subject.objects.in_bulk([one.uuid for one in told])
    new = {
        one.uuid: Subject(
            uuid=one.uuid,
            kind=kind,
            label=one.label.strip()[:LONGEST],
            owner=OURS,
            introduced_at=one.introduced_at,
        )
        for one in told
        if one.uuid not in known
    }
    Subject.objects.bulk_create(new.values())
    _add_aliases([(subject, subject.label) for subject in new.values()], now=now)
    return known | new


@transaction.atomic
def add_alias(subject: Subject, name: str, *, now: datetime) -> bool:
    """Let a name mean this subject. False: it did already, or it names nothing."""
    return bool(_add_aliases([(subject, name)], now=now))


def _add_aliases(named: Sequence[tuple[Subject, str]], *, now: datetime) -> int:
    """Let names mean subjects, in their order; of one spelled in two ways the first."""
    kinds = {subject.kind for subject, _name in named}
    shorts = {short for _subject, name in named if (short := folded(name))}
    bearers: dict[tuple[str, str], set[tuple[UUID, datetime | None]]] = {}
    borne = Alias.objects.filter(kind__in=kinds, folded__in=shorts)
    for kind, short, bearer, ended in borne.values_list("kind", "folded", "subject", "ended_at"):
        bearers.setdefault((kind, short), set()).add((bearer, ended))
    new: list[Alias] = []
    for subject, name in named:
        short = folded(name)
        before = bearers.setdefault((subject.kind, short), set())
        if not short or (subject.pk, None) in before:
            continue
        new.append(
            Alias(
                subject=subject,
                kind=subject.kind,
                name=name.strip()[:LONGEST],
                folded=short,
                began_at=now if before else EVER,
            )
        )
        before.add((subject.pk, None))
    Alias.objects.bulk_create(new)
    return len(new)


@transaction.atomic
def end_alias(subject: Subject, name: str, *, now: datetime) -> bool:
    """Let a name no longer mean this subject. False: it did not."""
    open_ = Alias.objects.filter(subject=subject, folded=folded(name), ended_at=None)
    return bool(open_.filter(began_at__lte=now).update(ended_at=now))


@transaction.atomic
def rename(subject: Subject, label: str, *, now: datetime) -> bool:
    """Give it another label; the old one goes on to mean it in the past. False: it has it."""
    label, before = label.strip()[:LONGEST], subject.label
    if not Subject.objects.filter(pk=subject.pk).exclude(label=label).update(label=label):
        return False
    subject.label = label
    if folded(before) != folded(label):
        end_alias(subject, before, now=now)
        add_alias(subject, label, now=now)
    return True


@transaction.atomic
def forget(subject: Subject, *, instead: str = "") -> None:
    """Erase every name of a subject. Its facts hold none, so no seal is touched (decision 7).

    instead: a pseudonym, its label and only name from now on.
    """
    Alias.objects.filter(subject=subject).delete()
    Subject.objects.filter(pk=subject.pk).update(label=instead)
    subject.label = instead
    if instead:
        add_alias(subject, instead, now=EVER)


def same(subject: Subject) -> list[Subject]:
    """Return the subject and all that turned out to be it."""
    found = [subject]
    for one in found:  # grows on the way
        found += Subject.objects.filter(merged_into__survivor=one)
    return found


def names(of: Iterable[Subject]) -> set[str]:
    """Return every name that these ever had."""
    subjects = list(of)
    told = Alias.objects.filter(subject__in=subjects).values_list("name", flat=True)
    return {*told, *(subject.label for subject in subjects)} - {""}


def find(kind: str, key: str, *, at: datetime) -> Subject | None:
    """Return whom the key, a name or a uuid, meant at that instant. Raise Refused if several."""
    return Names([(kind, key)]).find(kind, key, at=at)


class Names:
    """What some keys (kind, name or uuid) ever meant: read at once, for many rows."""

    def __init__(self, keys: Iterable[tuple[str, str]]) -> None:
        wanted = {(kind, folded(key)) for kind, key in keys}
        self._aliases: dict[tuple[str, str], list[Alias]] = {}
        named = Alias.objects.filter(
            kind__in={kind for kind, _name in wanted}, folded__in={name for _kind, name in wanted}
        )
        for alias in named.select_related("subject"):
            self._aliases.setdefault((alias.kind, alias.folded), []).append(alias)
        uuids = {uuid for _kind, name in wanted if (uuid := _uuid(name))}
        self._uuids = Subject.objects.in_bulk(uuids) if uuids else {}
        found = [alias.subject_id for some in self._aliases.values() for alias in some]
        merges = Merge.objects.filter(absorbed__in=[*found, *self._uuids])
        self._absorbed = set(merges.values_list("absorbed", flat=True)) if found or uuids else set()

    def add(self, subject: Subject, key: str) -> None:
        """Know of a subject that was introduced by this key just now."""
        alias = Alias(subject=subject, kind=subject.kind, folded=folded(key), began_at=EVER)
        self._aliases.setdefault((subject.kind, folded(key)), []).append(alias)

    def find(self, kind: str, key: str, *, at: datetime) -> Subject | None:
        """Return whom the key meant at that instant. Raise Refused if several."""
        if kind == ORG:
            return organisation() if folded(key) == ORG or key == str(ORGANISATION) else None
        found = {
            alias.subject
            for alias in self._aliases.get((kind, folded(key)), ())
            if alias.began_at <= at and (alias.ended_at is None or at < alias.ended_at)
        }
        by_uuid = self._uuids.get(_uuid(key)) if self._uuids else None
        if not found and by_uuid and by_uuid.kind == kind:
            found = {by_uuid}
        if any(subject.pk in self._absorbed for subject in found):
            found = {ledger.root(subject) for subject in found}
        if len(found) > 1:
            raise Refused(_("This key means several subjects."))
        return next(iter(found), None)


def resolve(kind: str, key: str, *, at: datetime, source: str) -> Subject:
    """Return whom the key meant at that instant; an unknown one is introduced by that source.

    Raise Refused if the key is ambiguous or names nothing (decision 35).
    """
    if found := find(kind, key, at=at):
        return found
    if kind == ORG:
        raise Refused(_("The only key of the organisation is “org”."))
    if not folded(key) or _uuid(key):
        raise Refused(_("This key names no subject."))
    with transaction.atomic():
        one_at_a_time("introduce")  # two who bring the same unknown key make one subject
        return find(kind, key, at=at) or introduce(kind, label=key, source=source, now=ledger.now())


def organisation() -> Subject:
    """Return the one company of this installation, a member from its first start on."""
    found = Subject.objects.filter(pk=ORGANISATION).first()
    if found:
        return found
    with transaction.atomic():
        now = ledger.now()
        subject, is_new = Subject.objects.get_or_create(
            pk=ORGANISATION,
            defaults={"kind": ORG, "label": ORG, "owner": OURS, "introduced_at": now},
        )
        if is_new:
            ledger.record_membership("organisation", subject, began_at=now)
    return subject


class Known(NamedTuple):
    """How people know a subject. alias: the name it was introduced by; both "" once erased."""

    uuid: UUID
    kind: str
    label: str
    alias: str
    owner: str


def known(uuids: Iterable[UUID]) -> dict[UUID, Known]:
    """Return the names of subjects, in one statement for each few hundred."""
    found: dict[UUID, Known] = {}
    for some in batched(set(uuids), AT_ONCE):
        asked = dict(zip(dialect.uuids(some), some, strict=True))
        those, values = dialect.among("s.uuid", asked)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT s.uuid, s.kind, s.label, COALESCE((SELECT a.name FROM evidence_alias a"  # noqa: S608 marks
                " WHERE a.subject_id = s.uuid AND a.ended_at IS NULL ORDER BY a.id LIMIT 1),"
                " s.label), s.owner FROM evidence_subject s"
                f" WHERE {those}",
                values,
            )
            for key, *named in cursor.fetchall():
                uuid = asked[key]
                found[uuid] = Known(uuid, *named)
    return found


def _uuid(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None
