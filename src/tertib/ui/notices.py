"""Notices that concern the whole house: a provisional SOP, a demonstration. Apps register them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Notice:
    title: str
    text: str
    icon: str = "info-circle"
    prints: bool = False  # it stands on paper, too
    key: str = ""  # by which a room offers the way to what ends it: links.offer("notice", …)


type Teller = Callable[[datetime], Notice | None]  # cheap: asked on every page
_tellers: dict[str, Teller] = {}


def register(key: str, teller: Teller) -> None:
    _tellers[key] = teller


def current(now: datetime, *, demo: bool) -> Iterator[Notice]:
    """demo: whether this company is invented, which its database says for ever (decision 15)."""
    if demo:
        yield Notice(
            _("Demonstration."),
            _(
                "People, machines and figures are invented. While Tertib runs, invented sensors go"
                " on telling what they told last."
            ),
            icon="flask",
            prints=True,
        )
    yield from (notice for teller in _tellers.values() if (notice := teller(now)))
