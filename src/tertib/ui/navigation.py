"""The rooms that the menu offers. An app registers its own in `apps.ready`; a room that does not
exist is not there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

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
class Room:
    key: str  # what a page's `room` names to be marked as current
    label: str | Promise
    icon: str
    url: str  # name of the url
    permission: str
    group: str = ""
    order: int = 50
    letter: str = ""  # after G, that key goes there
    # How many things wait there, and whether that is bad; None: no number. Cheap: on every page.
    count: Callable[[datetime], tuple[int, bool] | None] | None = None


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
