"""Notices that concern the whole house: a provisional SOP, a demonstration. Apps register them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

DEMO = "demo"  # the file that stamps a data folder as a demonstration, for ever (decision 15)


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
    if (settings.DATA / DEMO).exists():
        yield Notice(
            _("Demonstration."),
            _("People, machines and figures are invented; no new records come in by themselves."),
            icon="flask",
        )
    yield from (notice for teller in _tellers.values() if (notice := teller(now)))
