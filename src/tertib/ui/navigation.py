"""The rooms that the menu offers. An app registers its own in `apps.ready`; a room that does not
exist is not there."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The groups mirror the SOP's sections, so that people find things by the SOP they know.
GROUPS: dict[str, str | Promise] = {
    "": "",
    "work": _("Work"),
    "infrastructure": _("Infrastructure"),
    "people": _("People"),
    "management": _("Management"),
}


@dataclass(frozen=True)
class Count:
    """How many things wait in a room. Cheap: on every page, all rooms are asked in one query.

    rows  query sets of (key of the room, how many, how many of these are bad), added up
    words  what the two numbers mean, for who hears them
    permission  who is told; "": whoever may enter
    """

    rows: Callable[[Any, datetime], Sequence[Any]]  # of that person, now
    words: Callable[[int, int], str]
    permission: str = ""


@dataclass(frozen=True)
class Figure:
    """The number beside a room in the menu."""

    number: int
    bad: bool
    words: str


@dataclass(frozen=True)
class Room:
    key: str  # what a page's `room` names to be marked as current
    label: str | Promise
    icon: str
    url: str  # name of the url
    permission: str
    group: str = ""
    order: int = 50
    letter: str = ""  # after G, that key goes there
    short: str | Promise = ""  # what fits under a thumb, where the label does not
    count: Count | None = None


_rooms: dict[str, Room] = {}


def register(room: Room) -> None:
    if room.group not in GROUPS:
        raise ValueError(f"There is no group {room.group} for {room.key}")
    _rooms[room.key] = room


def rooms(permissions: frozenset[str]) -> list[Room]:
    """Return what somebody with these permissions may enter, in the order of the menu."""
    order = list(GROUPS)
    allowed = [room for room in _rooms.values() if room.permission in permissions]
    return sorted(allowed, key=lambda room: (order.index(room.group), room.order, room.key))


def figures(
    rooms: Iterable[Room], permissions: frozenset[str], person: Any, now: datetime
) -> dict[str, Figure]:
    """Return what waits in these rooms, by their keys; where nothing does there is no figure."""
    counts = {room.key: room.count for room in rooms if room.count}
    told = {key: one for key, one in counts.items() if one.permission in {"", *permissions}}
    asked = [rows for count in told.values() for rows in count.rows(person, now)]
    if not asked:
        return {}
    sums: dict[str, tuple[int, int]] = {}
    for key, many, bad in asked[0].union(*asked[1:], all=True):
        before = sums.get(key, (0, 0))
        sums[key] = before[0] + many, before[1] + (bad or 0)
    return {
        key: Figure(many, bool(bad), told[key].words(many, bad))
        for key, (many, bad) in sums.items()
        if many
    }
