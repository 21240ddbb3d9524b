"""Work that evidence alone does not end: somebody has yet to look, though nothing lapses any more.

A room says so of a control, and ends the item itself (`matters.end_ahead`) once that is done.
"""

from collections.abc import Callable
from datetime import datetime

type StillWaits = Callable[[datetime], bool]
_rooms: dict[str, StillWaits] = {}


def register(control: str, still_waits: StillWaits) -> None:
    """Let a control's item stay open while that says so, also without a line."""
    _rooms[control] = still_waits


def waits(control: str, now: datetime) -> bool:
    return control in _rooms and _rooms[control](now)
