"""From the steps of a walk to what is stored: values in, values out.

The inbox, the tick and the recompute all come through here, so they cannot disagree about how a
verdict is written down.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from tertib.compliance.records import Key, Slice, Step

type Look = tuple[str, str]  # state and bare; both empty: it counts nowhere

NOWHERE: Look = ("", "")


class Turn(NamedTuple):
    """One transition of one key."""

    at: datetime
    state: str
    bare: str
    was: str
    was_bare: str
    deciding: int | None


class Stand(NamedTuple):
    """One standing of one (control, subject)."""

    item: int
    state: str
    bare: str
    since: datetime
    turned_at: datetime
    next_at: datetime | None
    falls_at: datetime | None
    deciding: tuple[int, ...]
    decided_at: datetime | None
    numerator: int | None
    denominator: int | None

    @property
    def look(self) -> Look:
        return self.state, self.bare


class Row(NamedTuple):
    """A standing with whom it is about."""

    subject: UUID
    stand: Stand


class Past(NamedTuple):
    """How a key stood just before some instant, and since when."""

    look: Look
    since: datetime | None
    turned_at: datetime | None


UNKNOWN = Past(NOWHERE, None, None)


def by_item(slice_: Slice, walked: Mapping[Key, Sequence[Step]]) -> dict[int, Sequence[Step]]:
    """Name the keys of a walk by what is stored: the seq of the item's fact, 0 without one."""
    seqs = {(fact.source, fact.id): fact.seq for fact in slice_.facts}
    return {seqs[key.item] if key.item else 0: steps for key, steps in walked.items()}


def past(turns: Iterable[Turn], x: datetime) -> Past:
    """Return how the key stood just before x, from its transitions in order of time."""
    look, since, turned_at = UNKNOWN
    for turn in turns:
        if turn.at >= x:
            break
        if turn.state != look[0]:
            since = turn.at
        look, turned_at = (turn.state, turn.bare), turn.at
    return Past(look, since, turned_at)


def turns(before: Past, steps: Sequence[Step], x: datetime) -> list[Turn]:
    """Return the transitions from x on. No steps: from x on it counts nowhere."""
    look, found = before.look, list[Turn]()
    for step in steps or (Step(x, None),):
        verdict = step.verdict
        now = (verdict.state, verdict.bare) if verdict else NOWHERE
        if now != look:
            opened = step.opened or verdict
            deciding = opened.deciding[0].seq if opened and opened.deciding else None
            found.append(Turn(step.at, *now, *look, deciding))
            look = now
    return found


def stand(item: int, before: Past, found: Sequence[Turn], steps: Sequence[Step]) -> Stand | None:
    """Return how it stands after those turns; None: it counts nowhere and never will.

    Who counts nowhere but may do so later gets a row with an empty state, which is its timer.
    """
    if not steps:
        return None
    verdict, next_at = steps[-1].verdict, steps[-1].next_at
    since, turned_at = before.since, before.turned_at
    for turn in found:
        if turn.state != turn.was:
            since = turn.at
        turned_at = turn.at
    if verdict is None:
        if next_at is None:
            return None
        since, turned_at = since or next_at, turned_at or next_at
        return Stand(item, "", "", since, turned_at, next_at, None, (), None, None, None)
    numerator, denominator = verdict.share or (None, None)
    return Stand(
        item,
        verdict.state,
        verdict.bare,
        since or steps[0].at,
        turned_at or steps[0].at,
        verdict.next_at,
        verdict.falls_at,
        tuple(fact.seq for fact in verdict.deciding),
        verdict.deciding[0].occurred_at if verdict.deciding else None,
        numerator,
        denominator,
    )


def bucket(state: str, bare: str) -> str | None:
    """Return the column of `Counts` where that look is counted; None: nowhere."""
    return f"waived_{bare}" if state == "waived" else state or None
