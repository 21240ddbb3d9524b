"""How one subject stands in one control, at an instant or over a span of time. Pure.

The verdict at an instant is the only truth: a walk judges, jumps to the next instant at which
the verdict may change, and judges again. What every kind has in common happens here, once:
versions in force, memberships, settle and waivers.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from tertib.compliance import kinds
from tertib.compliance.kinds.members import Bounds, joined, membership
from tertib.compliance.kinds.raw import Raw, earliest, sooner
from tertib.compliance.kinds.version import Version, law_of
from tertib.compliance.records import Key, Slice, Step, Verdict, Waiver
from tertib.sop.format import Control, OfSubjects, Threshold

GOOD = ("compliant", "due_soon")
BAD = ("lapsed", "no_data")
MINUTE = timedelta(minutes=1)


def walk(sliced: Slice, since: datetime, until: datetime) -> dict[Key, list[Step]]:
    """Return for each key how it stood at `since` and each change up to and including `until`.

    A change is another `state` or `bare`, or that it begins or ceases to count. The verdict of a
    step is that of its own instant, but of the last step it is that of `until`. A key that counts
    nowhere in all that time has one step if it may count later, else none.
    """
    walker = Walker(sliced)
    return {key: steps for key in walker.standings() if (steps := walker.steps(key, since, until))}


def at(sliced: Slice, t: datetime) -> dict[Key, Verdict]:
    """Return how each key stands at t; who counts nowhere is left out."""
    walker = Walker(sliced)
    stands = ((key, walker.stand(key, t).verdict) for key in walker.standings())
    return {key: verdict for key, verdict in stands if verdict is not None}


class Stand(NamedTuple):
    """How a key stands at t (verdict None: nowhere), and when that may change.

    turns_at  the next instant at which the state may change
    drifts  whether anything else of the verdict may change before that
    """

    verdict: Verdict | None
    next_at: datetime | None
    turns_at: datetime | None
    drifts: bool = False


class Walker:
    """A slice made ready for judging at any instant."""

    def __init__(self, sliced: Slice) -> None:
        self._slice, self._law = sliced, law_of(sliced.law)
        self._judges: dict[int, kinds.Judge] = {}
        self._memberships: dict[tuple[str, bool], list[Bounds]] = {}
        self._began: dict[datetime, datetime] = {}  # by the full minute, where that is what counts
        self._settled: dict[tuple[datetime, datetime], datetime | None] = {}
        self._waivers = [waiver for waiver in sliced.waivers if _names(waiver, sliced)]

    def standings(self) -> list[Key]:
        """Return whom the slice is about: the subject, or its items."""
        found: dict[Key, None] = {}
        for version in self._law.versions:
            if (control := version.control(self._slice.control)) is not None:
                found.update(dict.fromkeys(self._judge(version, control).keys(self._slice)))
        return list(found)

    def steps(self, key: Key, since: datetime, until: datetime) -> list[Step]:
        t = since
        stand = self.stand(key, t)
        steps = [Step(t, stand.verdict, stand.next_at)]
        while stand.turns_at is not None and stand.turns_at <= until:
            t = stand.turns_at
            stand = self.stand(key, t)
            if _differs(steps[-1].verdict, stand.verdict):
                steps.append(Step(t, stand.verdict, stand.next_at))
        if stand.drifts and t < until:
            stand = self.stand(key, until)
        last = steps[-1]
        steps[-1] = Step(last.at, stand.verdict, stand.next_at, last.verdict)
        return steps if len(steps) > 1 or stand.verdict or stand.next_at else []

    def stand(self, key: Key, t: datetime) -> Stand:
        version = self._law.at(t)
        if version is None:
            begins = self._law.versions[0].since if self._law.versions else None
            return Stand(None, begins, begins)
        control = version.control(self._slice.control)
        if control is None:
            return Stand(None, version.ends, version.ends)
        judge = self._judge(version, control)
        if isinstance(control, OfSubjects):
            raw, turns = self._member(key, t, version, control, judge)
        else:
            raw, turns = judge.at(key, t), None
        turns = sooner(turns, version.ends)
        state = raw.state
        if self._waivers and state is not None:
            waived, ends = self._waived(t)
            turns = sooner(turns, ends)
            if waived and state in BAD:
                state = "waived"
        next_at = sooner(raw.next_at, turns)
        turns_at = sooner(raw.turns_at, turns) if raw.drifts else next_at
        if raw.state is None or state is None:
            return Stand(None, next_at, turns_at)
        verdict = Verdict(state, raw.state, next_at, raw.falls_at, raw.deciding, raw.share)
        return Stand(verdict, next_at, turns_at, raw.drifts)

    def _member(
        self, key: Key, t: datetime, version: Version, control: OfSubjects, judge: kinds.Judge
    ) -> tuple[Raw, datetime | None]:
        """Judge a subject while it is a member; while it settles in, bad is pending.

        Return with it when its membership or its settling turns.
        """
        begin, turns = self._membership(t, version, control)
        if begin is None:
            return Raw(None, turns), turns
        raw = judge.at(key, t)
        if raw.state in BAD and control.settle is not None:
            ends = version.limit(begin, control.settle)
            if t < ends:
                settled = self._settled_at(begin, ends, key)
                if settled is None or settled > t:
                    raw.state, raw.falls_at = "pending", ends
                    turns = sooner(turns, earliest(t, ends, settled))
        return raw, turns

    def _membership(
        self, t: datetime, version: Version, control: OfSubjects
    ) -> tuple[datetime | None, datetime | None]:
        """Return since when it has been a member at t (None: it is none), and when that turns."""
        bounds = self._bounds(control.population or "organisation", minutes=_in_minutes(control))
        begin, turns = membership(bounds, t)
        return self._began.get(begin, begin) if begin else None, turns

    def _bounds(self, population: str, *, minutes: bool) -> list[Bounds]:
        found = self._memberships.get((population, minutes))
        if found is None:
            found = joined(span for span in self._slice.spans if span.population == population)
            if minutes:
                self._began.update((_minute(begin), begin) for begin, _ in found)
                cut = ((_minute(begin), end and _minute(end)) for begin, end in found)
                found = [(begin, end) for begin, end in cut if end is None or begin < end]
            self._memberships[population, minutes] = found
        return found

    def _settled_at(self, begin: datetime, ends: datetime, key: Key) -> datetime | None:
        """Return when it was first good in the membership that began then. None: not in time."""
        if (begin, ends) not in self._settled:
            self._settled[begin, ends] = next(self._good(begin, ends, key), None)
        return self._settled[begin, ends]

    def _good(self, begin: datetime, ends: datetime, key: Key) -> Iterator[datetime]:
        t: datetime | None = begin
        while t is not None and t < ends:
            version = self._law.at(t)
            if version is None:
                t = self._law.versions[0].since
                continue
            control = version.control(self._slice.control)
            if not isinstance(control, OfSubjects):
                t = version.ends
                continue
            member, turns = self._membership(t, version, control)
            if member is None:
                t = earliest(t, turns, version.ends)
                continue
            raw = self._judge(version, control).at(key, t)
            if raw.state in GOOD:
                yield t
            t = earliest(t, raw.turns_at if raw.drifts else raw.next_at, turns, version.ends)

    def _waived(self, t: datetime) -> tuple[bool, datetime | None]:
        waived, turns = False, None
        for waiver in self._waivers:
            waived = waived or waiver.began_at <= t < waiver.ended_at
            turns = earliest(t, turns, waiver.began_at, waiver.ended_at)
        return waived, turns

    def _judge(self, version: Version, control: Control) -> kinds.Judge:
        found = self._judges.get(id(version))
        if found is None:
            found = kinds.judge(control, version, self._law, self._slice)
            self._judges[id(version)] = found
        return found


def _names(waiver: Waiver, sliced: Slice) -> bool:
    return waiver.control == sliced.control and waiver.subject in (None, sliced.subject)


def _differs(one: Verdict | None, other: Verdict | None) -> bool:
    if one is None or other is None:
        return one is not other
    return one.state != other.state or one.bare != other.bare


def _in_minutes(control: Control) -> bool:
    """Whether membership is read at the full minute before t."""
    return isinstance(control, Threshold)


def _minute(t: datetime) -> datetime:
    """Return the first full minute at or after t."""
    if t.second == 0 and t.microsecond == 0:
        return t
    return t.replace(second=0, microsecond=0) + MINUTE
