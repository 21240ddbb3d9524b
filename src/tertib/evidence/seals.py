"""Batches of the ledger under Merkle roots, each chained to the one before (decision 38).

Writers never wait for a seal: it is made behind them, by a job.
"""

import heapq
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, Max, OuterRef
from django.utils.translation import gettext as _

from tertib.evidence.models import Seal, SealEntry
from tertib.evidence.sealed import TABLES, Sealed, plain, row
from tertib.evidence.verify_ledger import (
    NOTHING,
    digest_of_row,
    digest_of_seal,
    leaf,
    merkle_root,
)

log = logging.getLogger(__name__)
AT_ONCE = 500  # rows in a seal: some ten milliseconds of writing
PATIENCE = timedelta(seconds=2)  # how long running transactions are waited for
SKEW = timedelta(seconds=5)  # how far the clocks of several nodes may stand apart (PostgreSQL)
MOST_FAULTS = 20


def breathe() -> None:
    """Let others write: background writers pause after each transaction."""
    time.sleep(0.01)


def seal(now: datetime, *, pause: Callable[[], None] = breathe) -> int:
    """Seal what was recorded before now; return how many rows that were. Never a row twice."""
    bounds = _settled()
    if bounds is None:
        return 0  # a transaction has been running for too long: next time
    horizon = now if connection.vendor == "sqlite" else now - SKEW
    sealed = 0
    while batch := _unsealed(bounds):
        more = len(batch) > AT_ONCE
        taken = batch[:AT_ONCE]
        _notice_clock(taken[0][0])
        if not _add(taken, horizon=min(horizon, batch[AT_ONCE][0]) if more else horizon, now=now):
            return sealed  # somebody else is sealing
        sealed += len(taken)
        if not more:
            break
        pause()
    return sealed


def _notice_clock(recorded_at: datetime) -> None:
    """Say it where rows are dated before what was final already: a clock was put back."""
    before = horizon()
    if before and recorded_at < before - SKEW:
        back = (before - recorded_at).total_seconds()
        log.warning("clock_went_back", extra={"seconds": back})


def _settled() -> dict[str, int] | None:
    """Return per table up to which seq everything is there or never will be. None: not yet.

    Whoever got a lower seq before us is waited for: on SQLite for the write lock; on PostgreSQL,
    where transactions run side by side, until those have ended that were writing when we looked.
    """
    if connection.vendor == "sqlite":
        with transaction.atomic():
            pass
        return {entry: _highest(model) for entry, model in TABLES.items()}
    bounds = {entry: _highest(model) for entry, model in TABLES.items()}
    before, deadline = _writing(), time.monotonic() + PATIENCE.total_seconds()
    while before & _writing():
        if time.monotonic() > deadline:
            return None
        time.sleep(0.05)
    return bounds


def _highest(model: type[Sealed]) -> int:
    return model._default_manager.aggregate(highest=Max("seq"))["highest"] or 0


def _writing() -> set[str]:
    """Return the transactions that hold a writer's lock on a table of the ledger."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.virtualtransaction FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
            " JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()"
            " WHERE l.mode = 'RowExclusiveLock' AND l.pid <> pg_backend_pid()"
            " AND c.relname = ANY(%s)",
            [[model._meta.db_table for model in TABLES.values()]],
        )
        return {name for (name,) in cursor.fetchall()}


type _Row = tuple[datetime, str, int, str]  # recorded_at, entry, seq, digest


def _unsealed(bounds: dict[str, int]) -> list[_Row]:
    """Return the oldest rows in no seal, at most one more than go into one."""
    tables = []
    for entry, model in TABLES.items():
        rows = model._default_manager.filter(
            seq__gt=_sealed_up_to(entry), seq__lte=bounds[entry]
        ).order_by("seq")
        found = rows.values_list("recorded_at", "seq", "digest")[: AT_ONCE + 1]
        tables.append([(at, entry, seq, digest) for at, seq, digest in found])
    # By seq within a table even where a clock went back: nothing may be left behind.
    return list(islice(heapq.merge(*tables, key=lambda row: row[0]), AT_ONCE + 1))


def _sealed_up_to(entry: str) -> int:
    return SealEntry.objects.filter(entry=entry).aggregate(last=Max("seq"))["last"] or 0


def _add(rows: Sequence[_Row], *, horizon: datetime, now: datetime) -> bool:
    last = Seal.objects.order_by("-number").first()
    new = Seal(
        number=last.number + 1 if last else 1,
        root=merkle_root([leaf(entry, seq, digest) for _at, entry, seq, digest in rows]),
        previous=last.digest if last else NOTHING,
        entries=len(rows),
        horizon=horizon,
        sealed_at=now,
    )
    new.digest = digest_of_seal(as_plain(new))
    leaves = [
        SealEntry(seal=new, place=place, entry=entry, seq=seq, digest=digest)
        for place, (_at, entry, seq, digest) in enumerate(rows)
    ]
    try:
        with transaction.atomic():
            new.save(force_insert=True)
            SealEntry.objects.bulk_create(leaves)
    except IntegrityError:
        return False
    return True


def as_plain(seal: Seal) -> dict[str, Any]:
    names = ("number", "root", "previous", "entries", "horizon", "sealed_at", "digest")
    return {name: plain(getattr(seal, name)) for name in names}


def horizon() -> datetime | None:
    """Return up to when what was known is final. None: nothing is sealed yet."""
    return Seal.objects.order_by("-number").values_list("horizon", flat=True).first()


def final(known_at: datetime, now: datetime) -> bool:
    """Say whether what was known then can no longer change (decision 38).

    On SQLite recorded_at is read under the write lock, so it is at once. On PostgreSQL somebody may
    still be writing what is dated before others that can be read already: a seal waits for them.
    """
    if connection.vendor == "sqlite":
        return True
    sealed = horizon() if known_at < now - SKEW else None
    return sealed is not None and known_at < sealed


@dataclass(frozen=True)
class Verified:
    """What was looked at, and what is wrong with it, the first fault first."""

    seals: int
    entries: int
    facts: int
    faults: tuple[str, ...]

    def __str__(self) -> str:
        if self.faults:
            return "\n".join(self.faults)
        words = {"seals": self.seals, "rows": self.entries, "facts": self.facts}
        told = _("Whole and unaltered: %(seals)s seals, %(rows)s rows, %(facts)s of them facts.")
        return told % words


def verify(*, after: int = 0) -> Verified:
    """Compare every sealed row with what was sealed, and every seal with the one before.

    after: the number of a seal up to which everything was verified before.
    """
    seen, faults = [0, 0, 0], list[str]()
    for fault in _faults(after, seen):
        faults.append(fault)
        if len(faults) == MOST_FAULTS:
            faults.append(_("There may be more."))
            break
    seals, entries, facts = seen
    return Verified(seals, entries, facts, tuple(faults))


def _faults(after: int, seen: list[int]) -> Iterator[str]:
    before = Seal.objects.filter(number=after).first()
    if after and before is None:
        yield _("Seal %(number)s is missing.") % {"number": after}
    sealing = before.digest if before else NOTHING
    number = after
    while seal := Seal.objects.filter(number__gt=number).order_by("number").first():
        for missing in range(number + 1, min(seal.number, number + 1 + MOST_FAULTS)):
            yield _("Seal %(number)s is missing.") % {"number": missing}
        words = {"number": seal.number}
        if seal.number == number + 1 and seal.previous != sealing:
            yield _("Seal %(number)s does not go on from the seal before it.") % words
        if seal.digest != digest_of_seal(as_plain(seal)):
            yield _("Seal %(number)s was altered.") % words
        number, sealing = seal.number, seal.digest
        yield from _batch(seal, seen)
        seen[0] += 1
    yield from _outside()


def _batch(seal: Seal, seen: list[int]) -> Iterator[str]:
    named = list(SealEntry.objects.filter(seal=seal).order_by("place"))
    words: dict[str, object] = {"number": seal.number}
    yield from rows_differ(named, words)
    leaves = [leaf(entry.entry, entry.seq, entry.digest) for entry in named]
    places = [entry.place for entry in named]
    if len(named) != seal.entries or places != list(range(len(named))):
        yield _("Seal %(number)s: its list of rows was altered.") % words
    elif merkle_root(leaves) != seal.root:
        yield _("Seal %(number)s: rows were exchanged, altered or reordered.") % words
    seen[1] += len(named)
    seen[2] += sum(entry.entry == "fact" for entry in named)


def rows_differ(named: Sequence[SealEntry], words: dict[str, object]) -> Iterator[str]:
    rows = rows_of(named)
    for entry in named:
        row_ = rows.get((entry.entry, entry.seq))
        words |= {"entry": entry.entry, "seq": entry.seq}
        if row_ is None:
            yield _("%(entry)s %(seq)s is missing; seal %(number)s names it.") % words
        elif not entry.digest == row_.digest == digest_of_row(entry.entry, row(row_)):
            words["what"] = str(row_)
            yield _("%(entry)s %(seq)s was altered after seal %(number)s: %(what)s") % words


def rows_of(named: Sequence[SealEntry]) -> dict[tuple[str, int], Sealed]:
    found: dict[tuple[str, int], Sealed] = {}
    for table, model in TABLES.items():
        seqs = [entry.seq for entry in named if entry.entry == table]
        if seqs:
            rows = model._default_manager.in_bulk(seqs)
            found |= {(table, seq): row_ for seq, row_ in rows.items()}
    return found


def _outside() -> Iterator[str]:
    """Look at the rows that no seal names: the newest, and those that slipped in later."""
    for table, model in TABLES.items():
        up_to = _sealed_up_to(table)
        rows = model._default_manager.filter(seq__lte=up_to)
        if rows.count() != SealEntry.objects.filter(entry=table).count():
            named = SealEntry.objects.filter(entry=table, seq=OuterRef("seq"))
            for row_ in rows.filter(~Exists(named)).order_by("seq")[:MOST_FAULTS]:
                words = {"entry": table, "seq": row_.seq, "what": str(row_)}
                yield _("%(entry)s %(seq)s was slipped in behind the seals: %(what)s") % words
        for row_ in model._default_manager.filter(seq__gt=up_to).order_by("seq").iterator(AT_ONCE):
            if row_.digest != digest_of_row(table, row(row_)):
                words = {"entry": table, "seq": row_.seq, "what": str(row_)}
                yield _("%(entry)s %(seq)s was altered before it was sealed: %(what)s") % words


def count() -> int:
    return Seal.objects.count()


def sealed_facts() -> int:
    return SealEntry.objects.filter(entry="fact").count()
