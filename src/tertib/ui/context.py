"""What every page's frame needs. Nothing is asked of the database before a template asks for it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Any, Protocol, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from tertib.access import policy
from tertib.ui import bell, navigation, notices, search, settings_pages
from tertib.ui.rules import initials, known

THEMES = ("light", "dark")  # neither: what the system says
DENSITIES = ("tight",)
TABS = 5  # how many things fit under a thumb
OUTSIDE = {policy.ROLE + policy.AUDITOR: _("Auditor")}  # roles that the SOP does not name


@dataclass(frozen=True)
class Me:
    name: str
    initials: str
    role: str  # the first that the SOP names, of those that are held; else the auditor's


class Person(Protocol):
    """What the frame asks of whoever is signed in; who that is, a room above knows."""

    full_name: str

    def permissions(self, *, now: datetime) -> frozenset[str]: ...

    def roles(self, *, now: datetime) -> frozenset[str]: ...


class Shell:
    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    @property
    def language(self) -> str:
        return known(translation.get_language())

    @property
    def theme(self) -> str:
        return _one_of(THEMES, self.request.COOKIES.get("tertib_theme"))

    @property
    def density(self) -> str:
        return _one_of(DENSITIES, self.request.COOKIES.get("tertib_density"))

    @property
    def keys_off(self) -> bool:
        """Say whether this browser wants no single keys (WCAG 2.1.4)."""
        return self.request.COOKIES.get("tertib_keys") == "off"

    @property
    def languages(self) -> list[tuple[str, str]]:
        return settings.LANGUAGES

    @property
    def here(self) -> str:
        return self.request.get_full_path()

    @property
    def person(self) -> Person:
        return cast("Person", self.request.user)

    @cached_property
    def rooms(self) -> list[tuple[navigation.Room, navigation.Figure | None]]:
        permissions = self.person.permissions(now=self.now)
        found = navigation.rooms(permissions)
        figures = navigation.figures(found, permissions, self.person, self.now)
        return [(room, figures.get(room.key)) for room in found]

    @property
    def groups(self) -> list[tuple[Any, list[tuple[navigation.Room, navigation.Figure | None]]]]:
        by_group = groupby(self.rooms, key=lambda entry: entry[0].group)
        return [(navigation.GROUPS[group], list(entries)) for group, entries in by_group]

    @property
    def tabs(self) -> list[tuple[navigation.Room, navigation.Figure | None]]:
        """Return what stands under a thumb; beside it there is the way to everything."""
        return self.rooms[: TABS - 1]

    @property
    def letters(self) -> list[search.Destination]:
        """Return where a single key leads, besides the rooms that G and a letter open."""
        return search.by_letter(self.person.permissions(now=self.now))

    @property
    def settings(self) -> list[settings_pages.Page]:
        return settings_pages.pages(self.person.permissions(now=self.now))

    @cached_property
    def me(self) -> Me:
        name, held = self.person.full_name, self.person.roles(now=self.now)
        called = policy.names(self.language).items()
        role = next((word for role, word in called if policy.ROLE + role in held), "")
        role = role or next((str(word) for one, word in OUTSIDE.items() if one in held), "")
        return Me(name, initials(name), role)

    @property
    def bell(self) -> bell.Bell | None:
        return bell.registered()

    @property
    def notices(self) -> list[notices.Notice]:
        return list(notices.current(self.now, demo=getattr(self.person, "in_demo", False)))


def shell(request: HttpRequest) -> dict[str, Any]:
    return {"shell": Shell(request)}


def _one_of(allowed: tuple[str, ...], value: str | None) -> str:
    return value if value in allowed else ""
