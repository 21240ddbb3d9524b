"""Threshold: a measured value was good for a share of the time (semantics 4.4). Integers only.

Between breakpoints (edges of runs and memberships, and the same edges leaving the window) the
seconds in the window grow or shrink evenly. So the minute at which the share crosses its line is
computed, not looked for.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from tertib.compliance.kinds.conditions import holds, instant
from tertib.compliance.kinds.members import joined
from tertib.compliance.kinds.raw import Raw
from tertib.compliance.kinds.version import Version
from tertib.compliance.records import Fact, Key, Slice, State
from tertib.sop.format import Threshold

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
SECOND, MINUTE = 10**6, 60 * 10**6
type Point = tuple[int, int, int, int, int]  # breakpoint, surplus of good, its rate, held, its rate
type Runs = list[tuple[int, int]]  # in microseconds, apart, oldest first


class Total:
    """How much of the time before an instant lies in the runs."""

    def __init__(self, runs: Runs) -> None:
        self.runs = runs
        self._begins = [begin for begin, _ in runs]
        self._before = [0, *accumulate(end - begin for begin, end in runs)]

    def until(self, t: int) -> int:
        i = bisect_left(self._begins, t)
        if not i:
            return 0
        begin, end = self.runs[i - 1]
        return self._before[i - 1] + min(t, end) - begin

    def holds(self, t: int) -> bool:
        i = bisect_right(self._begins, t)
        return i > 0 and t < self.runs[i - 1][1]


class Measured:
    def __init__(self, control: Threshold, version: Version, sliced: Slice) -> None:
        self._version, self._window = version, control.window
        self._facts = [fact for fact in sliced.facts if fact.kind == control.metric]
        self._times = [fact.occurred_at for fact in self._facts]
        population = control.population or "organisation"
        bounds = joined(span for span in sliced.spans if span.population == population)
        members = [(_ticks(begin), _ticks(end) if end else END) for begin, end in bounds]
        held = _common(list(_runs(control, self._facts)), members)
        self._member = Total(members)
        self._good = Total(_merged([(begin, end) for begin, end, good in held if good]))
        self._held = Total(_merged([(begin, end) for begin, end, _ in held]))
        self._rate = 100 * control.share.denominator, control.share.numerator
        self._turns, self._states = self._course()

    def keys(self, sliced: Slice) -> Iterable[Key]:
        return (Key(sliced.subject),)

    def at(self, key: Key, t: datetime) -> Raw:
        cut = t.replace(second=0, microsecond=0)
        now = _ticks(cut)
        since = _ticks(self._version.back(cut, self._window))
        good = self._good.until(now) - self._good.until(since)
        member = self._member.until(now) - self._member.until(since)
        i = bisect_right(self._turns, now)
        state = self._states[i - 1] if i else "no_data"
        turns = EPOCH + self._turns[i] * TICK if i < len(self._turns) else None
        told = bisect_right(self._times, t)
        coming = self._times[told] if told < len(self._times) else None
        next_at = turns if coming is None or (turns and turns < coming) else coming
        return Raw(
            state,
            next_at,
            turns if state == "compliant" else None,
            (self._facts[told - 1],) if told else (),
            (good // SECOND, member // SECOND),
            turns_at=turns,
            drifts=True,
        )

    def _course(self) -> tuple[list[int], list[State]]:
        """Return the full minutes at which the state turns, and to what."""
        turns: list[int] = []
        states: list[State] = []
        last: State = "no_data"
        for minute, state in self._segments():
            if state != last:
                turns.append(minute)
                states.append(state)
                last = state
        return turns, states

    def _segments(self) -> Iterator[tuple[int, State]]:
        """Yield (full minute, state from then on), for each segment between two breakpoints."""
        points = list(self._points())
        for i, (begin, above, climb, held, held_climb) in enumerate(points):
            first = _minutes(begin)
            end = points[i + 1][0] if i + 1 < len(points) else None
            if end is not None and first >= end:
                continue
            held += held_climb * (first - begin)
            above += climb * (first - begin)
            if held == 0:
                yield first, "no_data"
                if held_climb == 0:
                    continue
                first += MINUTE
                above += climb * MINUTE
                if end is not None and first >= end:
                    continue
            yield first, "compliant" if above >= 0 else "lapsed"
            if climb > 0 > above:
                crosses = first + _minutes(_up(-above, climb))
            elif climb < 0 <= above:
                crosses = first + _minutes(above // -climb + 1)
            else:
                continue
            if end is None or crosses < end:
                yield crosses, "compliant" if above < 0 else "lapsed"

    def _points(self) -> Iterator[Point]:
        edges = sorted(
            {
                edge
                for total in (self._good, self._held, self._member)
                for run in total.runs
                for edge in run
            }
            - {END}
        )
        if not edges:
            return
        begin, end = (EPOCH + edge * TICK for edge in (edges[0], edges[-1]))
        until = self._version.limit(end, self._window) + 6 * timedelta(days=1)
        pieces = [
            (_ticks(start), shift // TICK, still)
            for start, shift, still in self._version.pieces(self._window, begin, until)
        ]
        if len(pieces) == 1:
            yield from self._evenly(pieces[0][1])
            return
        starts = [start for start, *_ in pieces]
        points = set(edges) | set(starts)
        for i, (start, shift, still) in enumerate(pieces):
            if still:
                continue
            stop = starts[i + 1] if i + 1 < len(starts) else END
            leaving = edges[bisect_left(edges, start - shift) : bisect_left(edges, stop - shift)]
            points.update(edge + shift for edge in leaving)
        yield from self._unevenly(sorted(points), pieces)

    def _evenly(self, shift: int) -> Iterator[Point]:
        """The window is always as long: an edge bends the rates as it comes and as it goes."""
        bends: dict[int, list[int]] = {}
        gain, loss = self._rate
        for total, above, held in (
            (self._good, gain, 0),
            (self._held, 0, 1),
            (self._member, -loss, 0),
        ):
            for begin, end in total.runs:
                for edge, way in ((begin, 1), (end, -1), (begin + shift, -1), (end + shift, 1)):
                    bend = bends.setdefault(edge, [0, 0])
                    bend[0] += way * above
                    bend[1] += way * held
        above = climb = held = held_climb = last = 0
        for point in sorted(bends):
            if point >= END:
                break
            above += climb * (point - last)
            held += held_climb * (point - last)
            bend = bends[point]
            climb += bend[0]
            held_climb += bend[1]
            last = point
            yield point, above, climb, held, held_climb

    def _unevenly(self, points: list[int], pieces: list[tuple[int, int, bool]]) -> Iterator[Point]:
        good, held, member = self._good, self._held, self._member
        gain, loss = self._rate
        piece = 0
        for point in points:
            while piece + 1 < len(pieces) and pieces[piece + 1][0] <= point:
                piece += 1
            start, shift, still = pieces[piece]
            since = (start if still else point) - shift
            above = gain * (good.until(point) - good.until(since))
            above -= loss * (member.until(point) - member.until(since))
            climb = gain * good.holds(point) - loss * member.holds(point)
            held_climb = int(held.holds(point))
            if not still:
                climb -= gain * good.holds(since) - loss * member.holds(since)
                held_climb -= held.holds(since)
            yield point, above, climb, held.until(point) - held.until(since), held_climb


END = 2**62  # later than every instant


def judge(control: Threshold, version: Version, sliced: Slice) -> Measured:
    return Measured(control, version, sliced)


def _runs(control: Threshold, facts: list[Fact]) -> Iterator[tuple[int, int, bool]]:
    """Yield (from, until, whether the value is good) of each fact: until the next one at most."""
    begins = [_ticks(fact.occurred_at) for fact in facts]
    hold = (control.hold.exact or timedelta()) // TICK
    for i, fact in enumerate(facts):
        until = instant(fact.body.get("until"))
        ends = _ticks(until) if until else begins[i] + hold
        if i + 1 < len(facts):
            ends = min(ends, begins[i + 1])
        if begins[i] < ends:
            yield begins[i], ends, all(holds(one, fact.body) for one in control.require)


def _common(runs: list[tuple[int, int, bool]], members: Runs) -> list[tuple[int, int, bool]]:
    found: list[tuple[int, int, bool]] = []
    i = 0
    for begin, end, good in runs:
        while i < len(members) and members[i][1] <= begin:
            i += 1
        j = i
        while j < len(members) and members[j][0] < end:
            found.append((max(begin, members[j][0]), min(end, members[j][1]), good))
            j += 1
    return found


def _merged(runs: Runs) -> Runs:
    found: Runs = []
    for begin, end in runs:
        if found and found[-1][1] == begin:
            found[-1] = (found[-1][0], end)
        else:
            found.append((begin, end))
    return found


def _minutes(ticks: int) -> int:
    """Return the full minutes that are not less."""
    return _up(ticks, MINUTE) * MINUTE


def _up(amount: int, by: int) -> int:
    return -(-amount // by)


def _ticks(t: datetime) -> int:
    return (t - EPOCH) // TICK
