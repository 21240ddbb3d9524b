"""What was known of whom: rows as plain tuples for those who judge. Nothing is written here.

`known_at` None means: all that is recorded. Merges are folded: rows about an absorbed subject are
told of the survivor, from the instant on at which the merge was known (decision 34). Who reads
several times passes `folded`, what `survivors` returned for that `known_at`.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import batched, groupby
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from tertib.evidence import dialect, statements, vocabulary
from tertib.evidence.models import Merge, Subject
from tertib.evidence.statements import Where

AT_ONCE = 200  # subjects in one statement
MANY = 1_000  # subjects; of more, everybody's memberships are read
RECORDS_AT_ONCE = 1_000


class FactRow(NamedTuple):
    """In the order of `compliance.records.Fact`'s fields."""

    kind: str
    subject: UUID  # the survivor
    occurred_at: datetime
    recorded_at: datetime
    outcome: str
    body: dict[str, Any]
    actor: UUID | None
    source: str
    source_id: str
    seq: int


class RecordRow(NamedTuple):
    """What a fact says, without whom it is about."""

    seq: int
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    source: str
    outcome: str
    body: dict[str, Any]
    actor: UUID | None


class SpanRow(NamedTuple):
    """In the order of `compliance.records.Span`'s fields."""

    population: str
    subject: UUID
    began_at: datetime
    ended_at: datetime | None
    recorded_at: datetime


def survivors(known_at: datetime | None = None) -> dict[UUID, UUID]:
    """Return absorbed → the subject that it is after every merge known by then."""
    merges = Merge.objects.filter(recorded_at__lte=known_at) if known_at else Merge.objects.all()
    into = dict(merges.values_list("absorbed", "survivor"))
    return {absorbed: _end(absorbed, into) for absorbed in into}


def _end(subject: UUID, into: dict[UUID, UUID]) -> UUID:
    while subject in into:
        subject = into[subject]
    return subject


def facts(
    kinds: Collection[str],
    *,
    subjects: Collection[UUID] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    known_at: datetime | None = None,
    folded: dict[UUID, UUID] | None = None,
) -> Iterator[FactRow]:
    """Yield the facts of some kinds that are not retracted, in the order of semantics 3.

    subjects: about these alone (None: about all). since and until: bounds of
    occurred_at, both included. For many facts of many subjects see `by_subject`.
    """
    folded = survivors(known_at) if folded is None else folded
    where = Where(known_at, since=since, until=until).among("f.kind", kinds)
    if subjects is not None:
        where.among("f.subject_id", dialect.uuids(_family(subjects, folded)))
    return _facts(where, folded, "f.occurred_at, f.recorded_at, f.source, f.source_id")


def by_subject(
    kinds: Collection[str],
    *,
    subjects: Iterable[UUID] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    known_at: datetime | None = None,
    at_once: int = AT_ONCE,
) -> Iterator[tuple[UUID, list[FactRow]]]:
    """Yield each subject that has such facts with all of them, in the order of semantics 3.

    Reads `at_once` subjects at a time, so that a million facts never lie in memory at once and
    no read stays open for long.
    """
    folded = survivors(known_at)
    for some in batched(_roots(kinds, folded) if subjects is None else subjects, at_once):
        where = Where(known_at, since=since, until=until).among("f.kind", kinds)
        where.among("f.subject_id", dialect.uuids(_family(some, folded)))
        rows = sorted(_facts(where, folded), key=_by_subject)
        for subject, group in groupby(rows, key=lambda fact: fact.subject):
            yield subject, list(group)


def _roots(kinds: Collection[str], folded: dict[UUID, UUID]) -> Iterator[UUID]:
    """Yield whom such facts may be about; the absorbed are read with their survivors."""
    about = frozenset[str]().union(*(vocabulary.kind(kind).about for kind in kinds))
    found = Subject.objects.filter(kind__in=about).order_by("pk").values_list("pk", flat=True)
    return (uuid for uuid in list(found) if uuid not in folded)


def newest(
    kinds: Collection[str],
    before: Mapping[UUID, datetime],
    *,
    known_at: datetime | None = None,
    folded: dict[UUID, UUID] | None = None,
) -> dict[UUID, list[FactRow]]:
    """Return, per subject, the newest fact that occurred before its instant and the newest ok one:
    none, one or two. Two statements for some hundred subjects, each a look into the index.
    """
    folded = survivors(known_at) if folded is None else folded
    asked = [(one, at) for subject, at in before.items() for one in _family([subject], folded)]
    where = Where(known_at).among("f.kind", kinds)
    letters = f'COLLATE "{dialect.code_points()}"'
    last = (
        f"SELECT f.seq FROM evidence_fact f WHERE {where.sql} AND f.subject_id = a.subject"  # noqa: S608
        " AND f.occurred_at < a.before {ok} ORDER BY f.occurred_at DESC, f.recorded_at DESC,"
        f" f.source {letters} DESC, f.source_id {letters} DESC LIMIT 1"
    )
    pair = "(%s, %s)" if dialect.sqlite() else "(%s::uuid, %s::timestamptz)"
    seqs = set[int]()
    for some in batched(asked, AT_ONCE):
        values = [
            value for one, at in some for value in (*dialect.uuids([one]), dialect.instant(at))
        ]
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH a(subject, before) AS (VALUES {', '.join([pair] * len(some))})"  # noqa: S608
                f" SELECT ({last.format(ok='')}), ({last.format(ok=_OK)}) FROM a",
                [*values, *where.values, *where.values],
            )
            seqs.update(seq for row in cursor for seq in row if seq is not None)
    found: dict[UUID, list[FactRow]] = {}
    for fact in sorted(numbered(seqs, folded=folded).values(), key=_newest_first, reverse=True):
        mine = found.setdefault(fact.subject, [])
        if not mine or (fact.outcome == "ok" and all(one.outcome != "ok" for one in mine)):
            mine.append(fact)
    return found


_OK = "AND f.outcome = 'ok'"


def _newest_first(fact: FactRow) -> tuple[Any, ...]:
    return (fact.occurred_at, fact.recorded_at, fact.source, fact.source_id)


def named(
    kinds: Collection[str],
    name: str,
    values: Collection[Any],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    known_at: datetime | None = None,
) -> Iterator[FactRow]:
    """Yield facts whose body has one of these values under that name (`match`), in order."""
    wanted = {json.dumps(value, sort_keys=True) for value in values}
    for fact in facts(kinds, since=since, until=until, known_at=known_at):
        if name in fact.body and json.dumps(fact.body[name], sort_keys=True) in wanted:
            yield fact


def numbered(
    seqs: Collection[int], *, folded: dict[UUID, UUID] | None = None
) -> dict[int, FactRow]:
    """Return facts by their seq, retracted ones too."""
    found: dict[int, FactRow] = {}
    folded = survivors() if seqs and folded is None else folded or {}
    for some in batched(seqs, AT_ONCE):
        where = Where(None, retracted=True).among("f.seq", some)
        found |= {fact.seq: fact for fact in _facts(where, folded)}
    return found


def records(seqs: Collection[int]) -> Iterator[RecordRow]:
    """Yield what facts say, by their seqs, retracted ones too; not whom they are about."""
    told = statements.bodies()
    for some in batched(seqs, RECORDS_AT_ONCE):
        those, values = dialect.among("f.seq", some)
        for seq, kind, occurred, recorded, source, outcome, text, actor in statements.rows(
            f"SELECT f.seq, f.kind, {statements.instants()}, f.source, f.outcome,"  # noqa: S608
            f" {statements.body()}, f.actor"
            f" FROM evidence_fact f WHERE {those}",
            values,
        ):
            yield RecordRow(
                seq,
                kind,
                dialect.as_instant(occurred),
                dialect.as_instant(recorded),
                source,
                outcome,
                told(text),
                None if actor is None else dialect.as_uuid(actor),
            )


def about(
    kinds: Collection[str], *, until: datetime, known_at: datetime | None = None
) -> frozenset[tuple[str, UUID]]:
    """Return each (kind, subject) of which there is a fact by then that is not retracted; the
    subject is the one it was told of. One statement.
    """
    if not kinds:
        return frozenset()
    where = Where(known_at, until=until).among("f.kind", kinds)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT f.kind, f.subject_id FROM evidence_fact f WHERE {where.sql}",  # noqa: S608
            where.values,
        )
        return frozenset((kind, dialect.as_uuid(subject)) for kind, subject in cursor)


def spans(
    populations: Collection[str] | None = None,
    *,
    subjects: Collection[UUID] | None = None,
    but: Collection[UUID] = (),
    roles: bool = False,
    known_at: datetime | None = None,
    folded: dict[UUID, UUID] | None = None,
) -> list[SpanRow]:
    """Return the last record of each membership, by subject, population and began_at.

    roles: `role:…` memberships instead of the SOP's populations, if none is named. Of a merge,
    both ones' memberships are the survivor's. Those that never were (ended when begun) are left
    out, and those of `but`.
    """
    folded = survivors(known_at) if folded is None else folded
    spared = frozenset(dialect.uuids(_family(but, folded)))
    sql, values = "m.population LIKE %s", ["role:%"]
    if not roles:
        sql = f"NOT {sql}"
    if populations is not None:
        sql, values = dialect.among("m.population", populations)
    if known_at is not None:
        sql, values = f"{sql} AND m.recorded_at <= %s", [*values, dialect.instant(known_at)]
    found: list[SpanRow] = []
    if subjects is None and spared and len(others := _others(sql, values, spared)) <= MANY:
        subjects = others
    if subjects is None:
        found.extend(_spans(sql, values, folded, spared))
    else:
        for some in batched(_family(subjects, folded), AT_ONCE):
            those, of = dialect.among("m.subject_id", dialect.uuids(some))
            found.extend(_spans(f"{sql} AND {those}", [*values, *of], folded, spared))
    found.sort(key=_by_member)
    return found


def _others(sql: str, values: Sequence[Any], spared: frozenset[Any]) -> list[UUID]:
    """Return who has such memberships but for those: mostly a few, of whom all is read then."""
    asked = f"SELECT DISTINCT m.subject_id FROM evidence_membership m WHERE {sql}"  # noqa: S608
    keys = {key for (key,) in statements.rows(asked, values)}
    return [dialect.as_uuid(key) for key in keys - spared]


def _by_member(span: SpanRow) -> tuple[Any, ...]:
    return (span.subject.int, span.population, span.began_at, span.recorded_at)


def _spans(
    sql: str, values: Sequence[Any], folded: dict[UUID, UUID], spared: frozenset[Any]
) -> Iterator[SpanRow]:
    instants = "m.began_at, m.ended_at, m.recorded_at"
    if dialect.sqlite():
        instants = "m.began_at || '', m.ended_at || '', m.recorded_at || ''"  # no guessed types
    last: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for row in statements.rows(
        f"SELECT m.population, m.subject_id, {instants}"  # noqa: S608
        f" FROM evidence_membership m WHERE {sql} ORDER BY m.recorded_at, m.seq",
        values,
    ):
        if row[1] not in spared:
            last[row[:3]] = row
    for population, subject, began_at, ended_at, recorded_at in last.values():
        if ended_at != began_at:
            uuid = dialect.as_uuid(subject)
            ends = None if ended_at is None else dialect.as_instant(ended_at)
            yield SpanRow(
                population,
                folded.get(uuid, uuid),
                dialect.as_instant(began_at),
                ends,
                dialect.as_instant(recorded_at),
            )


def kinds_of(uuids: Collection[UUID]) -> dict[UUID, str]:
    """Return of what kind subjects are."""
    found: dict[UUID, str] = {}
    for some in batched(uuids, AT_ONCE):
        found |= dict(Subject.objects.filter(pk__in=some).values_list("pk", "kind"))
    return found


def _facts(where: Where, folded: dict[UUID, UUID], order: str = "") -> Iterator[FactRow]:
    uuids: dict[Any, UUID] = {}
    told = statements.bodies()
    columns = f"{statements.instants()}, f.outcome, {statements.body()}, f.actor"
    rows = statements.rows(
        f"SELECT f.kind, f.subject_id, {columns}, f.source, f.source_id, f.seq"  # noqa: S608
        f" FROM evidence_fact f WHERE {where.sql}{order and ' ORDER BY '}{order}",
        where.values,
    )
    for kind, subject, occurred, recorded, outcome, text, actor, source, id_, seq in rows:
        uuid = uuids.get(subject)
        if uuid is None:
            uuid = dialect.as_uuid(subject)
            uuid = uuids[subject] = folded.get(uuid, uuid)
        yield FactRow(
            kind,
            uuid,
            dialect.as_instant(occurred),
            dialect.as_instant(recorded),
            outcome,
            told(text),
            None if actor is None else dialect.as_uuid(actor),
            source,
            id_,
            seq,
        )


def _by_subject(fact: FactRow) -> tuple[Any, ...]:
    return (fact.subject.int, fact.occurred_at, fact.recorded_at, fact.source, fact.source_id)


def _family(subjects: Collection[UUID], folded: dict[UUID, UUID]) -> list[UUID]:
    """Return the survivors of these subjects and everyone whom those absorbed."""
    wanted = {folded.get(subject, subject) for subject in subjects}
    return [*wanted, *(one for one, survivor in folded.items() if survivor in wanted)]
