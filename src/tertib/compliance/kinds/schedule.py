"""Schedule: each calendar slot is filled in time (semantics 4.2)."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import cast

from tertib.compliance.kinds.members import joined
from tertib.compliance.kinds.raw import Raw, earliest
from tertib.compliance.kinds.version import Version
from tertib.compliance.records import Fact, Key, Slice, State
from tertib.lib.limits import DAY, Duration, forward
from tertib.lib.slots import MONTHS
from tertib.sop.format import Schedule

LAST = 10**9  # a slot after all others


class Slots:
    """The calendar as numbers: slot i + 1 follows slot i."""

    def __init__(self, every: Duration, grace: Duration | None, version: Version) -> None:
        self._grace, self._version = grace, version
        self._begins: dict[int, datetime] = {}
        self._closes: dict[int, datetime] = {}
        self.holding, self._first = _numbering(every)

    def at(self, t: datetime) -> int:
        return self.holding(self._version.day(t))

    def begins(self, i: int) -> datetime:
        found = self._begins.get(i)
        if found is None:
            found = self._begins[i] = self._version.midnight(self._first(i))
        return found

    def closes(self, i: int) -> datetime:
        found = self._closes.get(i)
        if found is None:
            ends, grace = self.begins(i + 1), self._grace
            if grace is None:
                found = ends
            elif grace.unit == "workdays":
                found = self._version.limit(self._version.midnight(self._first(i + 1) - DAY), grace)
            else:
                found = forward(ends, grace, zone=self._version.zone)
            self._closes[i] = found
        return found

    def closed(self, t: datetime) -> int:
        """Return the newest slot that has closed by t."""
        i = self.at(t)
        while self.closes(i) > t:
            i -= 1
        return i


class Filled:
    """What has filled the slots, and which were expected."""

    def __init__(self, control: Schedule, version: Version, sliced: Slice) -> None:
        self._control, self._version = control, version
        self._slots = slots = _slots_of(control, version)
        facts = [
            fact
            for fact in sliced.facts
            if fact.kind == control.evidence
            and fact.outcome == "ok"
            and (control.level is None or fact.body.get("level") == control.level)
        ]
        self._any = [fact.occurred_at for fact in facts]
        self._facts = facts
        self._filled_at: dict[int, datetime] = {}
        fills = [(fact, _fills(fact, slots)) for fact in facts]
        self._times: list[datetime] = []
        self._newest: list[tuple[int, Fact]] = []  # of the facts up to each, the newest slot
        for fact, i in fills:
            if i is None:
                continue
            self._filled_at.setdefault(i, fact.occurred_at)
            best = self._newest[-1] if self._newest else (i, fact)
            self._newest.append((i, fact) if i >= best[0] else best)
            self._times.append(fact.occurred_at)
        self._expected: list[tuple[int, int]] = []  # first and last of each run, both expected
        population = control.population or "organisation"
        for begin, end in joined(span for span in sliced.spans if span.population == population):
            first = slots.at(begin)
            if slots.begins(first) < begin:
                first += 1
            last = LAST if end is None else slots.at(end) - 1
            if first <= last:
                self._expected.append((first, last))
        filled = sorted(i for i in self._filled_at if self._is_expected(i))
        self._filled_expected = filled

    def keys(self, sliced: Slice) -> Iterable[Key]:
        return (Key(sliced.subject),)

    def at(self, key: Key, t: datetime) -> Raw:
        slots, done = self._slots, bisect_right(self._times, t)
        filled, deciding = self._newest[done - 1] if done else (None, None)
        closed = slots.closed(t)
        missed = self._expected_at_or_before(closed)
        told = bisect_right(self._any, t)
        coming = self._any[told] if told < len(self._any) else None
        share, shrinks = self._share(closed, t)
        next_at = earliest(t, coming, shrinks, self._closes_after(closed))
        if deciding is None and told:
            deciding = self._facts[told - 1]
        decided = (deciding,) if deciding else ()
        if missed is not None and (filled is None or filled < missed):
            return Raw("lapsed" if told else "no_data", next_at, None, decided, share)
        if filled is None:
            return Raw("pending", next_at, self._closes_after(closed), decided, share)
        falls = self._closes_after(max(filled, closed))
        warns = self._warns(closed, t)
        state: State = "due_soon" if warns is not None and warns <= t else "compliant"
        return Raw(state, earliest(t, next_at, warns), falls, decided, share)

    def _warns(self, closed: int, t: datetime) -> datetime | None:
        """Return when the oldest open expected slot, begun, is so near its close that it warns."""
        i = self._next_open(closed, t)
        if i is None or (warn := self._control.warn) is None:
            return None
        return max(self._slots.begins(i), self._version.back(self._slots.closes(i), warn))

    def _closes_after(self, i: int) -> datetime | None:
        following = self._expected_after(i)
        return None if following is None else self._slots.closes(following)

    def _next_open(self, after: int, t: datetime) -> int | None:
        i = self._expected_after(after)
        while i is not None:
            filled_at = self._filled_at.get(i)
            if filled_at is None or filled_at > t:
                return i
            i = self._expected_after(i)
        return None

    def _share(self, closed: int, t: datetime) -> tuple[tuple[int, int], datetime | None]:
        """Return (filled, expected) of the closed slots in the window, and when the next leaves."""
        window, slots = self._control.window, self._slots
        since = self._version.back(t, window)
        oldest = slots.at(since)
        while slots.closes(oldest) > since:
            oldest -= 1
        first = self._expected_after(oldest)
        if first is None or first > closed:
            return (0, 0), None
        expected = sum(
            max(min(last, closed) - max(begin, first) + 1, 0) for begin, last in self._expected
        )
        filled = self._filled_expected
        done = bisect_right(filled, closed) - bisect_left(filled, first)
        turns = [
            edge for span in self._version.inside(slots.closes(first), window) for edge in span
        ]
        if (left := self._expected_at_or_before(oldest)) is not None:
            # one that has left may come back for a while: months are clamped
            spans = self._version.inside(slots.closes(left), window)
            turns += [edge for span in spans for edge in span]
        return (done, expected), earliest(t, *turns)

    def _is_expected(self, i: int) -> bool:
        return any(first <= i <= last for first, last in self._expected)

    def _expected_at_or_before(self, i: int) -> int | None:
        for first, last in reversed(self._expected):
            if first <= i:
                return min(i, last)
        return None

    def _expected_after(self, i: int) -> int | None:
        for first, last in self._expected:
            if i < last:
                return max(i + 1, first)
        return None


def judge(control: Schedule, version: Version, sliced: Slice) -> Filled:
    return Filled(control, version, sliced)


def _fills(fact: Fact, slots: Slots) -> int | None:
    """Return which slot the fact fills. None: too early or too late for what it says."""
    meant = fact.body.get("for")
    if meant is None:
        return slots.at(fact.occurred_at)
    try:
        i = slots.holding(date.fromisoformat(meant))
        return i if slots.begins(i) <= fact.occurred_at < slots.closes(i) else None
    except (TypeError, ValueError, OverflowError):
        return None


def _numbering(every: Duration) -> tuple[Callable[[date], int], Callable[[int], date]]:
    if (every.unit, every.count) == ("days", 1):
        return date.toordinal, date.fromordinal
    if (every.unit, every.count) == ("weeks", 1):  # the first day of all was a Monday
        return (
            lambda day: (day.toordinal() - 1) // 7,
            lambda i: date.fromordinal(i * 7 + 1),
        )
    months = MONTHS[every.unit, every.count]
    return (
        lambda day: (day.year * 12 + day.month - 1) // months,
        lambda i: date(i * months // 12, i * months % 12 + 1, 1),
    )


def _slots_of(control: Schedule, version: Version) -> Slots:
    """Share the slots among all slices of this version."""
    key = (control.every, control.grace)
    found = version.shared.get(key)
    if found is None:
        found = version.shared[key] = Slots(control.every, control.grace, version)
    return cast(Slots, found)
