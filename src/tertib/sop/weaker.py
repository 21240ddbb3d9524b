"""Whether a changed value asks for less than the one before."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tertib.lib.durations import length
from tertib.lib.limits import Duration
from tertib.sop.faults import N_
from tertib.sop.format import Before, Condition, Control, Lapse, OfItems, Population, Sop


def longer(old: Duration | None, new: Duration | None) -> bool:
    return (length(new) if new else timedelta()) > (length(old) if old else timedelta())


def fewer(old: tuple[Any, ...], new: tuple[Any, ...]) -> bool:
    """Something is no longer among them."""
    return bool(set(old) - set(new))


def narrower(old: Population, new: Population) -> bool:
    """Somebody may be in no longer: an attribute more, or a value less."""
    if old.of != new.of:
        return True
    return any(
        name not in old.where or set(old.where[name]) - set(values)
        for name, values in new.where.items()
    )


def older(control: Control, old: Duration, new: Duration) -> bool:
    """Misses are forgotten sooner. A longer share of time (threshold) is neither more nor less."""
    return isinstance(control, OfItems) and longer(new, old)


def _within(role: str, above: str, sop: Sop) -> bool:
    """Whether who holds the role holds the one above, too: it is that one, or below it."""
    for _step in sop.roles:
        if role == above:
            return True
        parent = sop.roles[role].parent
        if parent is None:
            return False
        role = parent
    return False


def _conditions(old: tuple[Condition, ...], new: tuple[Condition, ...]) -> bool:
    left = list(new)
    for condition in old:
        same = [one for one in left if (one.path, one.op) == (condition.path, condition.op)]
        if not same or all(_asks_less(condition, one) for one in same):
            return True
    return False


def _asks_less(old: Condition, new: Condition) -> bool:
    one, other = old.operand, new.operand
    if one == other:
        return False
    match old.op:
        case "gte" | "gt":
            return bool(other < one)  # type: ignore[operator]
        case "lte" | "lt":
            return bool(other > one)  # type: ignore[operator]
        case "newer_than" | "none_or_newer_than" | "within_next" | "in_force":
            return longer(one, other)  # type: ignore[arg-type]
        case "filled" | "contains":
            return fewer(_many(one), _many(other))
        case "in":
            return fewer(_many(other), _many(one))
    return True


def _many(operand: object) -> tuple[object, ...]:
    return operand if isinstance(operand, tuple) else (operand,)


def _before(old: tuple[Before, ...], new: tuple[Before, ...]) -> bool:
    later = {entry.event: entry for entry in new}
    return any(entry.event not in later or _lets_pass(entry, later[entry.event]) for entry in old)


def _lets_pass(old: Before, new: Before) -> bool:
    return (
        (old.since_previous and not new.since_previous)
        or (old.same_artifact and not new.same_artifact)
        or (old.by is not None and old.by != new.by)
        or fewer(old.items, new.items)
    )


def _lapse(old: Lapse | None, new: Lapse | None) -> bool:
    if old is None or new is None:
        return old is not None
    return longer(old.due, new.due)


type Weaker = Callable[[Any, Any, Sop], bool]

UNTOLD: Weaker = lambda _old, _new, _sop: True  # noqa: E731
NEVER: Weaker = lambda _old, _new, _sop: False  # noqa: E731
LONGER: Weaker = lambda old, new, _sop: longer(old, new)  # noqa: E731
LESS: Weaker = lambda old, new, _sop: new < old  # noqa: E731
MORE_NAMES: Weaker = lambda old, new, _sop: fewer(new, old)  # noqa: E731
FEWER_NAMES: Weaker = lambda old, new, _sop: fewer(old, new)  # noqa: E731
GIVEN_UP: Weaker = lambda old, _new, _sop: old is not None  # noqa: E731


def _population(old: str | None, new: str | None, sop: Sop) -> bool:
    """Two populations of one kind can be compared; of others nobody can tell."""
    if not old or not new or old not in sop.populations or new not in sop.populations:
        return True
    return narrower(sop.populations[old], sop.populations[new])


# Field of a control: what it is in words, and what asks for less.
FIELDS: dict[str, tuple[str, Weaker]] = {
    "title": (N_("the title"), NEVER),
    "unit": (N_("the unit"), NEVER),
    "because": (N_("the reason for being off"), NEVER),
    "weight": (N_("the weight"), NEVER),  # by its part in the clause
    "target": (N_("the target"), LESS),
    "lapse": (N_("the work that a lapse opens"), lambda old, new, _sop: _lapse(old, new)),
    "empty": (N_("what an empty set means"), lambda _old, new, _sop: new != "no_data"),
    "alive": (N_("whose silence counts"), GIVEN_UP),
    "alive_share": (N_("the share that must speak"), LESS),
    "population": (N_("the population"), _population),
    "settle": (N_("the time to settle"), LONGER),
    "evidence": (
        N_("the evidence"),
        lambda old, new, _sop: fewer(new, old) if isinstance(new, tuple) else True,
    ),
    "level": (N_("the level"), GIVEN_UP),
    "topics": (N_("the topics"), FEWER_NAMES),
    "within": (N_("the time allowed"), LONGER),
    "warn": (N_("the early notice"), NEVER),
    "every": (N_("the interval"), LONGER),
    "grace": (N_("the grace"), LONGER),
    "window": (N_("the window"), NEVER),  # by the kind
    "require": (N_("the condition"), lambda old, new, _sop: _conditions(old, new)),
    "max_age": (N_("the longest age of evidence"), LONGER),
    "metric": (N_("the metric"), UNTOLD),
    "share": (N_("the share of time"), LESS),
    "by": (N_("who attests"), lambda old, new, sop: not _within(new, old, sop)),
    "statement": (N_("the statement"), UNTOLD),
    "void": (N_("what removes an item"), MORE_NAMES),
    "match": (N_("what must match"), GIVEN_UP),
    "trigger": (N_("the trigger"), UNTOLD),
    "until": (N_("what answers"), MORE_NAMES),
    "early": (N_("how early an answer counts"), LONGER),
    "pause": (N_("what stops the clock"), lambda _old, new, _sop: new is not None),
    "clock": (N_("the clock"), lambda _old, new, _sop: new == "business"),
    "event": (N_("the event"), UNTOLD),
    "before": (N_("what must come before"), lambda old, new, _sop: _before(old, new)),
    "record": (N_("the record"), UNTOLD),
    "min": (N_("the smallest number"), LESS),
    "tolerate": (N_("the time tolerated"), LONGER),
    "of": (N_("the clauses summed up"), FEWER_NAMES),
    "method": (N_("how they are summed up"), lambda _old, new, _sop: new == "mean"),
}
