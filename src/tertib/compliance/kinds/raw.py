"""What a kind says of one key at one instant, before membership, settle and waivers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tertib.compliance.records import Fact, State


@dataclass(slots=True)
class Raw:
    """state None: nowhere (not begun, removed, out of the window). Else as `records.Verdict`.

    turns_at  the next instant at which the state may change, if `drifts`: where facts and figures
              change much oftener than the state, a walk leaps from turn to turn
    """

    state: State | None
    next_at: datetime | None = None
    falls_at: datetime | None = None
    deciding: tuple[Fact, ...] = ()
    share: tuple[int, int] | None = None
    turns_at: datetime | None = None
    drifts: bool = False


def earliest(t: datetime, *instants: datetime | None) -> datetime | None:
    """Return the first of them after t. None: none is."""
    found: datetime | None = None
    for instant in instants:
        if instant is not None and instant > t and (found is None or instant < found):
            found = instant
    return found


def sooner(one: datetime | None, other: datetime | None) -> datetime | None:
    """Return the earlier of the two; None stands for never."""
    if one is None or (other is not None and other < one):
        return other
    return one


def newest_first(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Return each of them once, by the order of facts."""
    several = sorted({id(fact): fact for fact in facts}.values(), key=lambda fact: fact.order)
    return tuple(reversed(several))
