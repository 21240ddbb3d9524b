"""Notices that concern the whole house: a provisional SOP, a demonstration. Apps register them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Notice:
    title: str
    text: str
    icon: str = "info-circle"


type Teller = Callable[[datetime], Notice | None]  # cheap: asked on every page
_tellers: dict[str, Teller] = {}


def register(key: str, teller: Teller) -> None:
    _tellers[key] = teller


def current(now: datetime) -> Iterator[Notice]:
    return (notice for teller in _tellers.values() if (notice := teller(now)))
