"""Whose work is, from when its ladder counts, what may be put off. Values in, values out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

LATE = timedelta(minutes=5)  # later than that, a step was found late: the tick comes every minute
SNOOZE = timedelta(days=30)  # as long as work can be put off at once
UNDO = timedelta(minutes=10)
URGENT = timedelta(days=1)  # due within the day: told at once (semantics 7)


class Away(NamedTuple):
    """Until when somebody is away, and who was named to stand in."""

    until: datetime
    deputy: int | None


class Choice(NamedTuple):
    """person  None: nobody could be found
    why  holder, deputy, manager, head or nobody
    instead_of  who would have it, were they there
    """

    person: int | None
    why: str
    instead_of: int | None = None


def choose(
    holders: Sequence[int],
    heads: Iterable[Sequence[int]],
    *,
    away: Mapping[int, Away],
    managers: Mapping[int, int],
) -> Choice:
    """Return whose it is: a holder who is there; else the deputy; who is away too: the manager.

    holders  of the role, the first choice first
    heads  the holders of each role of the ladder, in its order
    """
    for person in holders:
        if person not in away:
            return Choice(person, "holder")
    for person in holders:
        deputy = away[person].deputy
        if deputy is not None and deputy not in away:
            return Choice(deputy, "deputy", person)
    for person in holders:
        manager = managers.get(person)
        if manager is not None and manager not in away:
            return Choice(manager, "manager", person)
    missing = holders[0] if holders else None
    for level in heads:
        for person in level:
            if person not in away and person not in holders:
                return Choice(person, "head", missing)
    if holders:  # away, and nobody else is there: it waits for whoever comes back first, of two
        # who come back at once always for the same, however much they have to do meanwhile
        first = min(holders, key=lambda person: (away[person].until, person))
        return Choice(first, "holder")
    everybody = [person for level in heads for person in level]
    return Choice(everybody[0], "head") if everybody else Choice(None, "nobody")


def known_at(since: datetime, known_from: Iterable[datetime]) -> datetime:
    """Return when a lapse was there for Tertib to know: it was, and what decides was recorded.

    known_from  when what decides was recorded, and when the subject was introduced
    """
    return max([since, *known_from])


def begins(known: datetime, opened_at: datetime, back_at: datetime | None) -> datetime:
    """Return from when on a promise counts: the lapse, or when somebody could first act on it.

    What was found late, because the house was off, counts from when its work was opened: nobody
    is late, and nothing climbs, for a time in which nobody could know.
    back_at  when the owner is back, if nobody stands in: an absence delays the ladder
    """
    start = opened_at if found_late(known, opened_at) else known
    return max(start, back_at) if back_at else start


def found_late(at: datetime, found_at: datetime) -> bool:
    return found_at - at > LATE


def may_snooze(until: datetime, now: datetime) -> bool:
    return now < until <= now + SNOOZE


def may_undo(done_at: datetime, now: datetime) -> bool:
    return now - done_at <= UNDO


def is_urgent(due_by: datetime, now: datetime) -> bool:
    return due_by <= now + URGENT


def reminder(due_by: datetime, opened_at: datetime) -> datetime | None:
    """Return when the owner is reminded before it is due; None: it is opened too late for that."""
    at = due_by - URGENT
    return at if at > opened_at else None
