"""The conditions of a `require` (semantics 4.3). A missing or null side fails nearly all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any, cast

from tertib.compliance.kinds.raw import earliest
from tertib.compliance.kinds.version import Version
from tertib.lib import limits
from tertib.lib.limits import DAY, Duration
from tertib.sop.format import Condition

MISSING = object()
YEARS = range(1900, 3000)


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether it holds at t, and when, after t, that may change with time alone (None: never)."""

    holds: bool
    next_at: datetime | None = None


YES, NO = Answer(True), Answer(False)


def ask(condition: Condition, body: Mapping[str, Any], t: datetime, version: Version) -> Answer:
    """Ask one body at t."""
    value = found(body, condition.path)
    if value is MISSING:
        value = None
    if timeless(condition):
        return YES if holds(condition, body, value) else NO
    operand = cast(Duration, condition.operand)
    match condition.op:
        case "newer_than":
            return _newer_than(value, operand, t, version)
        case "none_or_newer_than":
            return YES if value is None else _newer_than(value, operand, t, version)
        case "within_next":
            return _within_next(value, operand, t, version)
        case _:
            return _in_force(value, operand, t, version)


def timeless(condition: Condition) -> bool:
    return condition.op not in ("newer_than", "none_or_newer_than", "within_next", "in_force")


def holds(condition: Condition, body: Mapping[str, Any], value: object) -> bool:
    """Ask a condition that time does not change, of the value at its path."""
    operand = condition.operand
    if value is None:
        return False
    match condition.op:
        case "eq":
            return same(value, operand)
        case "ne":
            return not same(value, operand)
        case "gte" | "lte" | "gt" | "lt":
            return _compares(value, condition.op, operand)
        case "in":
            return any(same(value, one) for one in _several(operand))
        case "contains":
            inside = list(value) if isinstance(value, list | tuple) else []
            return all(any(same(one, it) for it in inside) for one in _several(operand))
        case "filled":
            if operand is True:
                return _filled(value)
            return isinstance(value, Mapping) and all(
                _filled(value.get(name)) for name in _several(operand)
            )
        case "differs_from":
            other = found(body, cast(Sequence[str], operand))
            return other is not MISSING and other is not None and not same(value, other)
    raise ValueError(f"no such condition: {condition.op}")


def found(body: Mapping[str, Any], path: Sequence[str]) -> object:
    """Return the value at the path. MISSING: not there. None: null, there or on the way."""
    value: object = body
    for name in path:
        if value is None:
            return None
        if not isinstance(value, Mapping) or name not in value:
            return MISSING
        value = value[name]
    return value


def same(one: object, other: object) -> bool:
    """Whether two values of JSON are equal: numbers exactly, and never equal to true or false."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if (left := number(one)) is not None and (right := number(other)) is not None:
        return left == right
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    return type(one) is type(other) and one == other


def number(value: object) -> Fraction | int | None:
    """Return what a number says in decimals: 0.95 is 95/100. None: no number."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Fraction):
        return value
    if isinstance(value, float) and value - value == 0:
        return Fraction(repr(value))
    return None


def instant(value: object) -> datetime | None:
    """Return the instant that a value names. None: it names none, or one beyond all calendars."""
    if not isinstance(value, str):
        return None
    try:
        named_at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return named_at.astimezone(UTC) if named_at.tzinfo and named_at.year in YEARS else None


def named(value: object) -> object:
    """Return something hashable that is equal for equal values. None: there is none."""
    if isinstance(value, bool):
        return ("truth", value)
    if (exact := number(value)) is not None:
        return ("number", exact)
    if isinstance(value, list | tuple):
        return ("list", tuple(map(named, value)))
    if isinstance(value, Mapping):
        return ("mapping", frozenset((name, named(it)) for name, it in value.items()))
    return value


def _several(operand: object) -> Sequence[Any]:
    return operand if isinstance(operand, list | tuple) else (operand,)


def _filled(value: object) -> bool:
    return value is not None and value != "" and not (hasattr(value, "__len__") and not value)


def _compares(value: object, op: str, operand: object) -> bool:
    left, right = number(value), number(operand)
    if left is None or right is None:
        return False
    match op:
        case "gte":
            return left >= right
        case "lte":
            return left <= right
        case "gt":
            return left > right
        case _:
            return left < right


def _newer_than(value: object, operand: Duration, t: datetime, version: Version) -> Answer:
    if (v := instant(value)) is None:
        return NO
    ends = version.limit(v, operand)
    begins = v - timedelta(days=1)
    return Answer(begins <= t < ends, earliest(t, begins if begins < ends else None, ends))


def _within_next(value: object, operand: Duration, t: datetime, version: Version) -> Answer:
    if (v := instant(value)) is None:
        return NO
    ends = version.midnight(version.day(v) + DAY)  # the day after v has begun: it is past
    if t >= ends:
        return NO
    if operand.exact is not None:
        begins = v - operand.exact + timedelta(microseconds=1)
    else:
        day = limits.moved(version.day(v), _at_most(operand), -1) - 2 * DAY
        while version.limit(version.midnight(day), operand) <= v:
            day += DAY
        begins = version.midnight(day)
    if begins >= ends:
        return NO
    return Answer(t >= begins, earliest(t, begins, ends))


def _at_most(duration: Duration) -> Duration:
    """A duration in calendar days that is not shorter: ten workdays never need five weeks."""
    if duration.unit != "workdays":
        return duration
    return Duration(duration.count * 7 + 60, "days")


def _in_force(value: object, operand: Duration, t: datetime, version: Version) -> Answer:
    if not isinstance(value, str):
        return NO
    if value in version.names:
        return YES
    before = version.acknowledged_before
    if before is None or value not in before.names:
        return NO
    ends = version.limit(version.named_since, operand)
    return Answer(t < ends, earliest(t, ends))
