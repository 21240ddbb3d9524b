"""The conditions of a `require` (semantics 4.3). A missing or null side fails nearly all.

Those that time changes are in `timed`.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, cast

from tertib.sop.format import Condition

MISSING = object()
YEARS = range(1900, 3000)


def holds(condition: Condition, body: Mapping[str, Any]) -> bool:
    """Ask a condition that time does not change (`timed` has the others)."""
    operand = condition.operand
    value = found(body, condition.path)
    if value is None or value is MISSING:
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
