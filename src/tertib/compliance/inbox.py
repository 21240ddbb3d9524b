"""Judge what has arrived: rows of the inbox, then controls that are to be gone through whole.

`judge_some` does a little and returns how much; whoever calls it again until it returns 0 has
drained the inbox. Killed at any moment, the rows are still there; judged twice, nothing changes.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import batched
from uuid import UUID

from tertib.compliance import loading, writing
from tertib.compliance.judging import Ask, Asked, join, judge
from tertib.compliance.loading import Pair
from tertib.compliance.models import Standing, Stuck, Sweep
from tertib.compliance.records import Fact
from tertib.compliance.routes import ROLE, Law, Routes, routes
from tertib.evidence import ledger, reading
from tertib.evidence.models import Fact as FactRow
from tertib.evidence.models import Inbox, Membership, Merge
from tertib.evidence.subjects import ORGANISATION
from tertib.lib.errors import trouble
from tertib.sop import versions

log = logging.getLogger(__name__)

ROWS = 200  # of the inbox at a time
MORE = 2_000  # and so many more at most that wait behind them and are about the same subjects
BEHIND = 50_000  # rows, among which those are looked for
PAIRS = 200  # in one write transaction (≤ 20 ms)

type Clock = Callable[[], datetime]


class Judge:
    """Works off the inbox. What it cannot judge it notes and leaves (decision 44)."""

    def __init__(self, clock: Clock = ledger.now) -> None:
        self._clock = clock

    def drain(self) -> int:
        """Judge until nothing is left. Return the rows judged."""
        done = 0
        while some := self.judge_some():
            done += some
        while self.sweep_some():
            pass
        return done

    def judge_some(self) -> int:
        """Judge up to ROWS rows, and what else waits about the same subjects: one walk answers
        it all. Return how many rows that was.
        """
        rows = _next()
        if not rows:
            return 0
        try:
            self._judge(rows)
        except writing.Outrun:
            return len(rows)  # somebody judged meanwhile, maybe these: look again
        except Exception as error:
            if trouble(error):
                raise  # the disk's fault and no row's: the job comes again
            log.exception("batch_failed", extra={"rows": len(rows)})
            for row in rows[:ROWS]:
                self._judge_one(row)
        return len(rows)

    def _judge_one(self, row: Inbox) -> None:
        try:
            self._judge([row])
        except writing.Outrun:
            pass  # it is still there
        except Exception as error:
            if trouble(error):
                raise
            log.exception("judging_failed", extra={"inbox": row.pk})
            Stuck.objects.get_or_create(row=row.pk, defaults={"failed_at": self._clock()})

    def _judge(self, rows: Sequence[Inbox]) -> None:
        turn, law = writing.turn(), versions.law()
        done = [row.pk for row in rows]
        if not law:  # the first version that comes has everything judged
            Inbox.objects.filter(pk__in=done).delete()
            return
        ways = routes(law)
        asked = join(_asks(rows, law, ways))
        sweeps = [row for row in rows if row.entry == Inbox.Entry.WAIVER and row.subject is None]
        if sweeps:
            Sweep.objects.bulk_create(
                Sweep(control=row.name, since=row.since)
                for row in sweeps
                if row.name in ways.versions
            )
        apply(asked, turn=turn, law=law, ways=ways, now=self._clock(), done=done)

    def sweep_some(self) -> int:
        """Go through the next subjects of the controls that are to be gone through whole, until
        something arrives: that comes first. Return how many pairs that was, at least 1.
        """
        sweeps, law = list(Sweep.objects.order_by("pk")), versions.law()
        if not sweeps or not law:
            return 0
        ways, done = routes(law), 0
        for some in batched(_swept(sweeps, ways), PAIRS):
            turn = writing.turn()
            asked = join(((one.control, who), Ask(one.since, True)) for one, who in some)
            try:
                apply(asked, turn=turn, law=law, ways=ways, now=self._clock())
            except writing.Outrun:
                return 1
            last, after = some[-1]
            _ended(sweeps[: sweeps.index(last)])
            Sweep.objects.filter(pk=last.pk).update(after=after)
            done += len(some)
            if Inbox.objects.exists():
                return done
        _ended(sweeps)
        return max(done, 1)


def _swept(sweeps: Iterable[Sweep], ways: Routes) -> Iterator[tuple[Sweep, UUID]]:
    """Yield those of each that it has not gone through yet."""
    for sweep in sweeps:
        for subject in concerned(sweep.control, ways) if sweep.control in ways.versions else ():
            if sweep.after is None or subject > sweep.after:
                yield sweep, subject


def _ended(sweeps: Iterable[Sweep]) -> None:
    Sweep.objects.filter(pk__in=[sweep.pk for sweep in sweeps]).delete()


def _next() -> list[Inbox]:
    waiting = Inbox.objects.exclude(pk__in=Stuck.objects.values("row")).order_by("pk")
    rows = list(waiting[:ROWS])
    if len(rows) == ROWS:
        last = rows[-1].pk
        about = {row.subject for row in rows if row.subject}
        behind = waiting.filter(pk__gt=last, pk__lte=last + BEHIND, subject__in=about)
        rows += behind[:MORE]
    return rows


def apply(
    asked: Asked,
    *,
    turn: int,
    law: Law,
    ways: Routes,
    now: datetime,
    done: Iterable[int] = (),
) -> None:
    """Judge and write, some pairs per transaction; done with the last. Raise Outrun."""
    pairs = list(asked.items())
    parts = [pairs[start : start + PAIRS] for start in range(0, len(pairs), PAIRS)] or [[]]
    for part in parts:
        judged = judge(dict(part), law=law, routes=ways, now=now) if part else []
        last = part is parts[-1]
        writing.write(judged, turn=turn, now=now, routes=ways, done=list(done) if last else ())
        turn += 1


def concerned(control: str, ways: Routes, known_at: datetime | None = None) -> Iterator[UUID]:
    """Yield every subject that may ever have stood in a control, in the order of their uuids.

    known_at decides who is one with whom (None: as known now); somebody too many does no harm.
    """
    found = set(Standing.objects.filter(control=control).values_list("subject", flat=True))
    populations = ways.populations.get(control)
    if populations:
        members = Membership.objects.filter(population__in=populations)
        found.update(members.values_list("subject", flat=True).distinct())
    if control in ways.company:
        found.add(ORGANISATION)
    elif not populations or control in ways.items:
        told = FactRow.objects.filter(kind__in=ways.reads[control])
        found.update(told.values_list("subject", flat=True).distinct())
    folded = reading.survivors(known_at)
    return iter(sorted({folded.get(subject, subject) for subject in found}))


def _asks(rows: Iterable[Inbox], law: Law, ways: Routes) -> Iterator[tuple[Pair, Ask]]:
    folded = reading.survivors()
    for row in rows:
        subject = row.subject and folded.get(row.subject, row.subject)
        match row.entry:
            case Inbox.Entry.FACT | Inbox.Entry.RETRACTION:
                whole = row.entry == Inbox.Entry.RETRACTION
                for control in ways.by_kind.get(row.name, ()):
                    if control in ways.company:
                        yield (control, ORGANISATION), Ask(row.since, whole)
                    elif subject:
                        yield (control, subject), Ask(row.since, whole)
                    if control in ways.foreign:
                        yield from _abroad(control, row, ways)
            case Inbox.Entry.MEMBERSHIP if row.name.startswith(ROLE):
                for control in ways.by_role.get(row.name, ()):
                    yield (control, ORGANISATION), Ask(row.since, True)
            case Inbox.Entry.MEMBERSHIP:
                for control in ways.by_population.get(row.name, ()):
                    if subject:
                        yield (control, subject), Ask(row.since, True)
            case Inbox.Entry.WAIVER if subject is not None and row.name in ways.versions:
                yield (row.name, subject), Ask(row.since, True)
            case Inbox.Entry.MERGE:
                merge = Merge.objects.get(pk=row.seq)
                for one in (merge.absorbed_id, folded[merge.absorbed_id]):
                    for control in ways.versions:
                        yield (control, one), Ask(law[0].since, True)


def _abroad(control: str, row: Inbox, ways: Routes) -> Iterator[tuple[Pair, Ask]]:
    """Yield whose slices a fact about somebody else belongs to (semantics 3, correspond)."""
    for told in reading.numbered([row.seq]).values():
        leading = ways.reads[control]
        for subject in loading.whom(ways.foreign[control], Fact(*told), leading):
            yield (control, subject), Ask(row.since, True)
