"""What the slow reference knows at one t and one k: time, facts, who is in, conditions."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from copy import replace
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from tertib.compliance.records import Fact, Ref, Span, Waiver
from tertib.lib.limits import Calendar, Duration
from tertib.sop import format as sop

ORG = "org"
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
MISSING = object()
GOOD = ("compliant", "due_soon")
WORST = ("lapsed", "no_data", "waived", "due_soon", "compliant")


def add(day: date, d: Duration) -> date:
    match d.unit:
        case "days":
            return day + d.count * DAY
        case "weeks":
            return day + 7 * d.count * DAY
        case "months" | "years":
            months = d.count * (12 if d.unit == "years" else 1)
            year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
            return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    raise AssertionError(d)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def limit(x: datetime, d: Duration, zone: ZoneInfo, calendar: Calendar) -> datetime:
    if d.exact is not None:
        return x + d.exact
    day = x.astimezone(zone).date()
    if d.unit == "workdays":
        for _ in range(d.count):
            day += DAY
            while not calendar.windows(day):
                day += DAY
    else:
        day = add(day, d)
    return midnight(day + DAY, zone)


def back(t: datetime, d: Duration, zone: ZoneInfo) -> datetime:
    if d.exact is not None:
        return t - d.exact
    local = t.astimezone(zone)
    day = add(local.date(), replace(d, count=-d.count))
    return datetime.combine(day, local.timetz().replace(tzinfo=None), zone).astimezone(UTC)


def works(minute: datetime, zone: ZoneInfo, calendar: Calendar) -> bool:
    local = minute.astimezone(zone)
    clock = timedelta(hours=local.hour, minutes=local.minute)
    return any(a <= clock < b for a, b in calendar.windows(local.date()))


def look(body: Any, path: Sequence[str]) -> Any:
    """A null on the way counts as having the name, with null for its value."""
    for name in path:
        if body is None:
            return None
        if not isinstance(body, dict) or name not in body:
            return MISSING
        body = body[name]
    return body


def same(a: Any, b: Any) -> bool:
    return bool(isinstance(a, bool) == isinstance(b, bool) and a == b)


def full(value: Any) -> bool:
    return value is not MISSING and value not in (None, "", [], {}, ())


def listed(operand: Any) -> Iterable[Any]:
    return operand if isinstance(operand, list | tuple | frozenset | set) else [operand]


@dataclass
class World:
    """All that was ever written down. `kinds` tells what kind of subject each Ref is."""

    law: Sequence[sop.InForce]
    facts: list[Fact] = field(default_factory=list)
    retracted: dict[tuple[str, str], datetime] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)
    waivers: list[Waiver] = field(default_factory=list)
    merges: list[tuple[Ref, Ref, datetime]] = field(default_factory=list)  # absorbed, survivor
    about: dict[Ref, str] = field(default_factory=dict)
    unclaimed: frozenset[str] = frozenset()


@dataclass
class Known:
    world: World
    t: datetime
    k: datetime

    def at(self, t: datetime) -> Self:
        return type(self)(self.world, t, self.k)

    # -- who and what is known
    @property
    def version(self) -> sop.InForce:
        return [v for v in self.world.law if v.since <= self.t][-1]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.version.sop.timezone)

    @property
    def calendar(self) -> Calendar:
        return self.version.sop.calendar

    def limit(self, x: datetime, d: Duration) -> datetime:
        return limit(x, d, self.zone, self.calendar)

    def back(self, d: Duration) -> datetime:
        return back(self.t, d, self.zone)

    def who(self, ref: Ref) -> Ref:
        known = {a: s for a, s, recorded_at in self.world.merges if recorded_at <= self.k}
        while ref in known:
            ref = known[ref]
        return ref

    def facts(self, kinds: Iterable[str], *, ok: bool) -> list[Fact]:
        wanted = set(kinds)
        seen = [
            replace(f, subject=self.who(f.subject))
            for f in self.world.facts
            if f.kind in wanted
            and f.recorded_at <= self.k
            and f.occurred_at <= self.t
            and not self.world.retracted.get((f.source, f.id), self.k + DAY) <= self.k
            and (f.outcome == "ok" or not ok)
        ]
        return sorted(seen, key=lambda f: (f.occurred_at, f.recorded_at, f.source, f.id))

    def spans(self, population: str, subject: Ref) -> list[tuple[datetime, datetime | None]]:
        last: dict[tuple[Ref, datetime], Span] = {}
        for span in self.world.spans:
            if span.population == population and self.who(span.subject) == subject:
                own = (span.subject, span.began_at)
                if span.recorded_at <= self.k and (
                    own not in last or last[own].recorded_at <= span.recorded_at
                ):
                    last[own] = span
        return [(s.began_at, s.ended_at) for s in last.values()]

    def is_in(self, population: str, subject: Ref, t: datetime) -> bool:
        return any(a <= t and (b is None or t < b) for a, b in self.spans(population, subject))

    def joined(self, population: str, subject: Ref) -> datetime:
        """From when the current membership runs; records that join without a gap are one."""
        spans = self.spans(population, subject)
        began = min(a for a, b in spans if a <= self.t and (b is None or self.t < b))
        while True:
            earlier = [a for a, b in spans if a < began and (b is None or b >= began)]
            if not earlier:
                return began
            began = min(earlier)

    def members(self, population: str | None) -> list[Ref]:
        if population is None:
            return [ORG]
        everybody = {self.who(s.subject) for s in self.world.spans if s.population == population}
        return [s for s in everybody if self.is_in(population, s, self.t)]

    def waived(self, control: sop.Control, subject: Ref) -> bool:
        return any(
            w.control == control.id
            and w.recorded_at <= self.k
            and w.began_at <= self.t < w.ended_at
            and (w.subject is None or self.who(w.subject) == subject)
            for w in self.world.waivers
        )

    def holds(self, condition: sop.Condition, body: Any) -> bool:
        value, op, operand = look(body, condition.path), condition.op, condition.operand
        if op == "none_or_newer_than" and value is None:
            return True
        if value is MISSING or value is None:
            return False
        match op:
            case "eq":
                return same(value, operand)
            case "ne":
                return not same(value, operand)
            case "in":
                return any(same(value, one) for one in listed(operand))
            case "contains":
                return isinstance(value, list) and all(
                    any(same(one, wanted) for one in value) for wanted in listed(operand)
                )
            case "filled":
                if operand is True:
                    return full(value)
                return all(full(look(value, (name,))) for name in listed(operand))
            case "differs_from":
                other = look(body, operand)  # type: ignore[arg-type]
                return other is not MISSING and other is not None and not same(value, other)
            case "gte" | "lte" | "gt" | "lt":
                if isinstance(value, bool) or isinstance(value, str) != isinstance(operand, str):
                    return False
                compared: dict[str, bool] = {
                    "gte": value >= operand,
                    "lte": value <= operand,
                    "gt": value > operand,
                    "lt": value < operand,
                }
                return compared[op]
            case "newer_than" | "none_or_newer_than":
                v = self.instant(value)
                assert isinstance(operand, Duration)
                return v <= self.t + DAY and self.t < self.limit(v, operand)
            case "within_next":
                assert isinstance(operand, Duration)
                today = midnight(self.t.astimezone(self.zone).date(), self.zone)
                return today <= self.instant(value) < self.limit(self.t, operand)
            case "in_force":
                assert isinstance(operand, Duration)
                past = [v for v in self.world.law if v.since <= self.t]
                if value == past[-1].sop.version:
                    return True
                return (
                    len(past) > 1
                    and value == past[-2].sop.version
                    and self.t < self.limit(past[-1].since, operand)
                )
        raise AssertionError(op)

    def instant(self, value: Any) -> datetime:
        read = datetime.fromisoformat(value)
        return read if read.tzinfo else read.replace(tzinfo=self.zone).astimezone(UTC)
