"""Who people are and when they work. Rooms above know; here they register how to ask them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Addressee:
    email: str
    name: str
    language: str  # "id" or "en"
    zone: str  # IANA name, of the site


type LookUp = Callable[[Collection[UUID]], dict[UUID, Addressee]]

_look_up: LookUp | None = None
_home_zone: Callable[[], str] | None = None
_working_day: Callable[[date], bool] | None = None


def register(look_up: LookUp, home_zone: Callable[[], str]) -> None:
    """look_up: one query; only those who may be written to. home_zone: the company's."""
    global _look_up, _home_zone
    _look_up, _home_zone = look_up, home_zone


def register_calendar(working_day: Callable[[date], bool]) -> None:
    """Say on which days the company works: by the SOP in force."""
    global _working_day
    _working_day = working_day


def look_up(people: Collection[UUID]) -> dict[UUID, Addressee]:
    return _look_up(people) if _look_up and people else {}


def home_zone() -> ZoneInfo:
    return ZoneInfo(_home_zone() if _home_zone else "Asia/Jakarta")


def working_day(day: date) -> bool:
    return _working_day(day) if _working_day else day.weekday() < 5
