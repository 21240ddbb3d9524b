"""Deadline: each trigger is answered in time (semantics 4.6)."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tertib.compliance.kinds.items import Corresponding, Items
from tertib.compliance.kinds.raw import Raw, earliest
from tertib.compliance.kinds.version import Law, Version
from tertib.compliance.records import Fact, Key, Slice
from tertib.lib import limits
from tertib.lib.limits import Duration
from tertib.sop.format import Deadline, Pause


@dataclass(frozen=True, slots=True)
class Promise:
    """due_at None: the clock stands, and nobody knows yet until when."""

    due_at: datetime | None
    answered_at: datetime | None  # the first answer, late or not
    answer: tuple[Fact, ...]  # that fact
    removed_at: datetime | None


class Promises(Items):
    def __init__(self, control: Deadline, version: Version, law: Law, sliced: Slice) -> None:
        super().__init__(control, control.trigger, version, sliced)
        self._deadline, self._law, self._early = control, law, control.early
        self._answers = Corresponding(sliced, frozenset(control.until), control.match)
        self._pause = control.pause
        pausing = frozenset((self._pause.start, self._pause.until) if self._pause else ())
        self._pauses = Corresponding(sliced, pausing, control.match)
        self._promises: dict[Key, Promise] = {}

    def at(self, key: Key, t: datetime) -> Raw:
        item = self.facts.get(key)
        if item is None or not self.counts(item):
            return Raw(None)
        if t < item.occurred_at:
            return Raw(None, item.occurred_at)
        promise = self._promises.get(key)
        if promise is None:
            promise = self._promises[key] = self._promise(item)
        due, answered = promise.due_at, promise.answered_at
        if promise.removed_at is not None and promise.removed_at <= t:
            return Raw(None)
        if answered is not None and answered <= t:
            seen, turns = self.seen(item, t)
            next_at = earliest(t, promise.removed_at, turns)
            if not seen:
                return Raw(None, next_at)
            kept = due is None or answered <= due
            return Raw("compliant" if kept else "lapsed", next_at, None, (*promise.answer, item))
        member, turns = self.member(t)
        next_at = earliest(t, promise.removed_at, answered, turns)
        if not member:
            return Raw(None, next_at)
        if due is not None and due <= t:
            return Raw("lapsed", next_at, None, (item,))
        return Raw("pending", earliest(t, next_at, due), due, (item,))

    def _promise(self, item: Fact) -> Promise:
        due_at = self._due(item)
        since = item.occurred_at
        if self._early is not None:
            since = self.version.back(since, self._early)
        answers = self._answers.of(item)
        i = bisect_left(answers, since, key=lambda fact: fact.occurred_at)
        answer = tuple(answers[i : i + 1])
        answered_at = answer[0].occurred_at if answer else None
        return Promise(due_at, answered_at, answer, self.removed_at(item, due_at))

    def _due(self, item: Fact) -> datetime | None:
        """Return the last instant that keeps it, as the version in force at the trigger says.

        A pause begun before it is due is added to what was promised; so the clock stands.
        """
        x = item.occurred_at
        version, promised = self._law.promising(x, self._deadline)
        within, business = promised.within, promised.clock == "business"
        site_zone = _zone(item, version)

        def due_in(budget: Duration) -> datetime:
            return limits.due(
                x,
                budget,
                clock=promised.clock,
                zone=version.zone,
                site_zone=site_zone,
                calendar=version.calendar,
            )

        due_at = due_in(within)
        pause = self._pause
        if pause is None or within.exact is None:
            return due_at
        stood = timedelta()
        for begin, end in self._standing(item, pause):
            if begin >= due_at:
                break
            if end is None:
                return None
            begin = max(begin, x)
            if business:
                stood += limits.elapsed(begin, end, calendar=version.calendar, zone=site_zone)
            else:
                stood += max(end - begin, timedelta())
            due_at = due_in(Exact(within.exact + stood))
        return due_at

    def _standing(self, item: Fact, pause: Pause) -> list[tuple[datetime, datetime | None]]:
        """Return from when until when the clock stands; what has ended by the trigger left out."""
        found: list[tuple[datetime, datetime | None]] = []
        begin: datetime | None = None
        for fact in self._pauses.of(item):
            if begin is None and fact.kind == pause.start:
                begin = fact.occurred_at
            elif begin is not None and fact.kind == pause.until:
                if fact.occurred_at > item.occurred_at:
                    found.append((begin, fact.occurred_at))
                begin = None
        if begin is not None:
            found.append((begin, None))
        return found


class Exact(Duration):
    """A duration to the microsecond: what was promised and what the clock stood."""

    def __init__(self, exact: timedelta) -> None:
        super().__init__(exact // timedelta(minutes=1), "minutes")
        object.__setattr__(self, "_exact", exact)

    @property
    def exact(self) -> timedelta:
        found: timedelta = self.__dict__["_exact"]
        return found


def judge(control: Deadline, version: Version, law: Law, sliced: Slice) -> Promises:
    return Promises(control, version, law, sliced)


def _zone(item: Fact, version: Version) -> ZoneInfo:
    """Return the zone in which the windows of the item's site are read."""
    name = item.body.get("zone")
    try:
        return ZoneInfo(name if isinstance(name, str) and name else version.sop.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(version.sop.timezone)
