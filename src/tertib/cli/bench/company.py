"""A company by the ten thousand rows (decision 30), and the clock it lives by.

The rows are exactly those that the actions write: a test compares them, digests and inbox included.
The inbox is left out unless it is asked for: what was there before the first tick, a sweep judges.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import batched
from uuid import UUID, uuid4

from django.db import connection, transaction

from tertib.evidence import ledger
from tertib.evidence.ledger import EVER, OURS
from tertib.evidence.models import Alias, Fact, Inbox, Membership, Subject
from tertib.evidence.sealed import row
from tertib.evidence.subjects import LONGEST, folded
from tertib.evidence.verify_ledger import digest_of_row

AT_ONCE = 5_000  # rows in one transaction


@dataclass(frozen=True, slots=True)
class Happening:
    """One fact to load. id: under which its source tells it."""

    kind: str
    subject: UUID
    at: datetime
    body: dict[str, object]
    outcome: str = "ok"
    id: str = ""


def subjects(
    kind: str, labels: Iterable[str], *, now: datetime, uuids: Sequence[UUID] = ()
) -> list[UUID]:
    """Introduce subjects whose labels nobody bore before."""
    found: list[UUID] = []
    for some in batched((label.strip()[:LONGEST] for label in labels), AT_ONCE):
        known = uuids[len(found) : len(found) + len(some)] or [uuid4() for _ in some]
        with transaction.atomic():
            Subject.objects.bulk_create(
                Subject(uuid=uuid, kind=kind, label=label, owner=OURS, introduced_at=now)
                for uuid, label in zip(known, some, strict=True)
            )
            Alias.objects.bulk_create(
                Alias(subject_id=uuid, kind=kind, name=label, folded=folded(label), began_at=EVER)
                for uuid, label in zip(known, some, strict=True)
            )
        found += known
    return found


def members(
    population: str, subjects: Iterable[UUID], *, began_at: datetime, inbox: bool = False
) -> None:
    """Let them be in a population from then on."""
    for some in batched(subjects, AT_ONCE):
        with transaction.atomic():
            heard_at = ledger.now()
            rows = [
                Membership(
                    population=population,
                    subject_id=subject,
                    began_at=began_at,
                    source=OURS,
                    recorded_at=heard_at,
                )
                for subject in some
            ]
            for member in rows:
                member.digest = digest_of_row("membership", row(member))
            kept = Membership.objects.bulk_create(rows)
            if inbox:
                Inbox.objects.bulk_create(
                    _heard(Inbox.Entry.MEMBERSHIP, one.pk, population, one.subject_id, began_at)
                    for one in kept
                )


def facts(happenings: Iterable[Happening], *, inbox: bool = False) -> int:
    """Record them and return how many."""
    done = 0
    for some in batched(happenings, AT_ONCE):
        with transaction.atomic():
            heard_at = ledger.now()
            rows = [_fact(one, heard_at) for one in some]
            kept = Fact.objects.bulk_create(rows)
            if inbox:
                Inbox.objects.bulk_create(
                    _heard(Inbox.Entry.FACT, one.pk, one.kind, one.subject_id, one.occurred_at)
                    for one in kept
                )
        done += len(rows)
    return done


def settled() -> None:
    """Let PostgreSQL count what was loaded, as it does by itself within a minute: plans that rest
    on empty tables are nobody's everyday.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _fact(one: Happening, heard_at: datetime) -> Fact:
    fact = Fact(
        kind=one.kind,
        subject_id=one.subject,
        occurred_at=one.at.astimezone(UTC),
        recorded_at=heard_at,
        outcome=one.outcome,
        body=one.body,
        source=OURS,
        source_id=one.id or str(uuid4()),
    )
    fact.digest = digest_of_row("fact", row(fact))
    return fact


def _heard(entry: Inbox.Entry, seq: int, name: str, subject: UUID, since: datetime) -> Inbox:
    return Inbox(entry=entry, seq=seq, name=name, subject=subject, since=since)
