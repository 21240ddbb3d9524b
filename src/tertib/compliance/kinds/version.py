"""A version of the SOP as the kinds read it: its controls and its arithmetic, remembered by day.

`law_of` keeps what it has built, so that thousands of slices under the same law share it.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise
from typing import cast
from zoneinfo import ZoneInfo

from tertib.lib import limits
from tertib.lib.limits import DAY, Duration
from tertib.sop.format import Control, Deadline, InForce

type Spans = tuple[tuple[datetime, datetime | None], ...]  # half-open, apart, oldest first
type Limiter = Callable[[datetime], datetime]

KEPT_LAWS = 8
KEPT_INSTANTS = 10_000
SECOND = timedelta(seconds=1)
WEEK = timedelta(weeks=1)
_laws: list[tuple[Sequence[InForce], "Law"]] = []


class Version:
    """One version, from `since` until, not including, `ends` (None: the newest)."""

    def __init__(self, in_force: InForce, ends: datetime | None, before: "Version | None") -> None:
        self.since, self.ends, self.sop, self.before = in_force.since, ends, in_force.sop, before
        self.name, self.named_since = in_force.version, in_force.version_since
        self.names = _names(in_force)
        self.zone: tzinfo = ZoneInfo(in_force.sop.timezone)
        self.calendar = in_force.sop.calendar
        self.controls = {id: control for id, control in self.sop.controls.items() if control.active}
        self._limiters: dict[Duration, Limiter] = {}
        self.shared: dict[object, object] = {}  # what the kinds keep for all slices
        self._inside: dict[tuple[datetime, Duration], Spans] = {}

    def control(self, id: str) -> Control | None:
        """Return the control if this version has it and it is active, else None."""
        return self.controls.get(id)

    def limiter(self, duration: Duration) -> Limiter:
        """Return `x -> limit(x, duration)`."""
        found = self._limiters.get(duration)
        if found is None:
            found = self._limiters[duration] = self._limiter(duration)
        return found

    def limit(self, x: datetime, duration: Duration) -> datetime:
        return self.limiter(duration)(x)

    def warner(self, warn: Duration) -> Limiter:
        """Return `ends -> back(ends, warn)`, remembered."""
        known = cast(dict[datetime, datetime], self.shared.setdefault(("warner", warn), {}))

        def warns(ends: datetime) -> datetime:
            found = known.get(ends)
            if found is None:
                if len(known) > KEPT_INSTANTS:
                    known.clear()
                found = known[ends] = self.back(ends, warn)
            return found

        return warns

    def back(self, t: datetime, window: Duration) -> datetime:
        return limits.back(t, window, zone=self.zone)

    def day(self, x: datetime) -> date:
        return x.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        return limits.midnight(day, self.zone)

    def inside(self, x: datetime, window: Duration) -> Spans:
        """Return the spans of t for which `back(t, window) < x <= t`; unlike `limits.inside` also
        on days when clocks change."""
        key = (x, window)
        found = self._inside.get(key)
        if found is None:
            if len(self._inside) > KEPT_INSTANTS:
                self._inside.clear()
            found = self._inside[key] = self._seen_inside(x, window)
        return found

    @property
    def acknowledged_before(self) -> "Version | None":
        """The newest version that this one neither is nor carries on (decision 36)."""
        before = self.before
        while before is not None and before.name == self.name:
            before = before.before
        return before

    def pieces(
        self, window: Duration, begin: datetime, end: datetime
    ) -> list[tuple[datetime, timedelta, bool]]:
        """Return (from, shift, still), oldest first, for begin <= t <= end.

        From there on `back(t, window) == t - shift`; where it stands still, `from - shift`: a
        window later, the clock shows what it left out when it was put forward.
        """
        if window.exact is not None:
            return [(begin, window.exact, False)]
        first, last = self.day(begin), self.day(end)
        leaps = clock_changes(self.zone, limits.moved(first, window, -1) - WEEK, last + WEEK)
        if not leaps and window.unit in ("days", "weeks"):
            return [(begin, timedelta(**{window.unit: window.count}), False)]
        starts = {begin}
        day = first + DAY
        while day <= last:
            starts.add(self.midnight(day))
            day += DAY
        for leap in leaps:
            starts.update(self._images(leap, window))
        sought = sorted(start for start in starts if begin <= start <= end)
        after = min((start for start in starts if start > end), default=end + DAY)
        pieces: list[tuple[datetime, timedelta, bool]] = []
        for start, stop in pairwise([*sought, after]):
            since = self.back(start, window)
            still = bool(leaps) and self.back(start + (stop - start) / 2, window) == since
            pieces.append((start, start - since, still))
        return pieces

    def _limiter(self, duration: Duration) -> Limiter:
        if (exact := duration.exact) is not None:
            return lambda x: x + exact
        zone, calendar, known = self.zone, self.calendar, dict[date, datetime]()

        def until(x: datetime) -> datetime:
            day = x.astimezone(zone).date()
            found = known.get(day)
            if found is None:
                found = known[day] = limits.limit(x, duration, zone=zone, calendar=calendar)
            return found

        return until

    def _seen_inside(self, x: datetime, window: Duration) -> Spans:
        spans = limits.inside(x, window, zone=self.zone)
        if window.exact is not None:
            return spans
        first, last = self.day(x), self.day(spans[-1][1])
        leaps = clock_changes(self.zone, first - WEEK, first + WEEK)
        leaps += clock_changes(self.zone, last - WEEK, last + WEEK)
        if not leaps:
            return spans
        edges = {instant for span in spans for instant in span}
        edges.update(self.midnight(last + n * DAY) for n in range(-3, 4))
        for seen in (x, *leaps):
            edges.update(self._images(seen, window))
        found: list[tuple[datetime, datetime]] = []
        sought = sorted(edge for edge in edges if edge >= x)
        for begin, end in pairwise(sought):
            if self.back(begin, window) >= x:
                continue
            if found and found[-1][1] == begin:
                begin = found.pop()[0]
            found.append((begin, end))
        return tuple(found)

    def _images(self, x: datetime, window: Duration) -> set[datetime]:
        """The instants at which the clock shows, a window later, what it shows around x."""
        images = {x}
        for near in (x - SECOND, x):  # what it shows before the change and after
            offset = near.astimezone(self.zone).utcoffset() or timedelta()
            wall = x.replace(tzinfo=None) + offset
            for way in (0, 1, 2, 3):
                day = limits.moved(wall.date(), window, +1) + way * DAY
                for fold in (0, 1):
                    local = datetime.combine(day, wall.time(), self.zone).replace(fold=fold)
                    images.add(local.astimezone(x.tzinfo))
        return images


class Law:
    """The versions in force, oldest first."""

    def __init__(self, law: Sequence[InForce]) -> None:
        self.versions: list[Version] = []
        for i, in_force in enumerate(law):
            ends = law[i + 1].since if i + 1 < len(law) else None
            before = self.versions[-1] if self.versions else None
            self.versions.append(Version(in_force, ends, before))
        self._since = [version.since for version in self.versions]

    def at(self, t: datetime) -> Version | None:
        """Return the version in force at t. None: there was none yet."""
        i = bisect_right(self._since, t)
        return self.versions[i - 1] if i else None

    def promising(self, x: datetime, control: Deadline) -> tuple[Version, Deadline]:
        """Return whose promise counts for what began at x: the version in force then, else (before
        the first, or where it lacks the control) the next that has it, else the last before."""
        i = max(bisect_right(self._since, x) - 1, 0)
        for version in (*self.versions[i:], *reversed(self.versions[:i])):
            if isinstance(promised := version.control(control.id), Deadline):
                return version, promised
        raise LookupError(control.id)


def law_of(law: Sequence[InForce]) -> Law:
    """Return the law, built once for each sequence of versions."""
    for known, built in _laws:
        if known is law:
            return built
    built = Law(law)
    _laws.insert(0, (law, built))
    del _laws[KEPT_LAWS:]
    return built


def _names(in_force: InForce | None) -> frozenset[str]:
    """Under which names somebody may have acknowledged it: its own, and those it carries on."""
    if in_force is None:
        return frozenset()
    return _names(in_force.carries_on) | {in_force.sop.version}


def clock_changes(zone: tzinfo, first: date, last: date) -> list[datetime]:
    """Return the instants from the first to the last day at which clocks in `zone` change."""
    changes = [
        change for year in range(first.year, last.year + 1) for change in _changes(zone, year)
    ]
    begin, end = limits.midnight(first, zone), limits.midnight(last + DAY, zone)
    return [change for change in changes if begin <= change <= end]


@lru_cache(maxsize=256)
def _changes(zone: tzinfo, year: int) -> tuple[datetime, ...]:
    found: list[datetime] = []
    day, last = date(year, 1, 1), date(year, 12, 31)
    begin = limits.midnight(day, zone)
    while day <= last:
        day += DAY
        end = limits.midnight(day, zone)
        offset = begin.astimezone(zone).utcoffset()
        if end.astimezone(zone).utcoffset() != offset:
            early, late = begin, end
            while late - early > SECOND:
                middle = early + (late - early) / 2
                if middle.astimezone(zone).utcoffset() == offset:
                    early = middle
                else:
                    late = middle
            found.append(late.replace(microsecond=0))
        begin = end
    return tuple(found)
