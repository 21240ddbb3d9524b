"""The search behind the command palette. A room offers what it holds in its own `search.py`.

A source is asked only if the person has its permission, and shows only what that person may see:
where more than the permission decides, `find` has to know the person. One query each.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tertib.ui import navigation, settings_pages

LONGEST = 100  # characters that are looked for
FEW = 5  # hits of one source
ALL = 60  # without a word, every page is shown


@dataclass(frozen=True)
class Hit:
    title: str
    url: str
    icon: str
    meta: str = ""


type Find = Callable[[str, Any, datetime], Iterable[Hit]]  # what is looked for, by whom, now


@dataclass(frozen=True)
class Source:
    key: str
    label: str | Promise
    permission: str
    find: Find
    order: int = 50
    without_words: bool = False  # it has something to say before anybody has typed
    action: bool = False  # it does something with the words, and finds nothing


@dataclass(frozen=True)
class Destination:
    """A page that is no room of the menu, or something that can be begun."""

    label: str | Promise
    icon: str
    url: str  # name of the url
    permission: str
    letter: str = ""  # that key alone goes there, from any page
    begins: bool = False  # something is begun there: named by what is typed, it comes first
    takes: str = ""  # the query's key for what is typed after its name


_sources: dict[str, Source] = {}
_destinations: list[Destination] = []


def register(source: Source) -> None:
    _sources[source.key] = source


def offer(*destinations: Destination) -> None:
    """Let the palette go to these pages, too."""
    _destinations.extend(one for one in destinations if one not in _destinations)


def by_letter(permissions: frozenset[str]) -> list[Destination]:
    """Return where a single key leads whoever has these permissions."""
    return [one for one in _destinations if one.letter and one.permission in permissions]


def asked(text: str) -> str:
    """Return what somebody typed as it is looked for."""
    return " ".join(text.replace("\0", " ").split())[:LONGEST]


def holds(text: str, *words: str) -> bool:
    """Say whether each word that is looked for stands somewhere in these words."""
    there = " ".join(words).casefold()
    return all(word in there for word in text.casefold().split())


def groups(text: str, person: Any, now: datetime) -> Iterator[tuple[Source, list[Hit]]]:
    """Yield what each source has for that person, in the order of the sources; empty ones not."""
    permissions: frozenset[str] = person.permissions(now=now)
    for source in sorted(_sources.values(), key=lambda one: (one.order, one.key)):
        if source.permission not in permissions or not (text or source.without_words):
            continue
        found = list(islice(source.find(text, person, now), FEW if text else ALL))
        if found:
            yield source, found


def rest(text: str, label: str) -> str:
    """Return what is typed after the name of an action; "": something else is typed."""
    begins = text.casefold().startswith(f"{label} ".casefold())
    return text[len(label) + 1 :] if begins else ""


def _actions(text: str, person: Any, now: datetime) -> Iterator[Hit]:
    """Yield what is begun, called by its name: "new task", or "new task paper for floor two"."""
    permissions: frozenset[str] = person.permissions(now=now)
    for one in _destinations:
        if not one.begins or one.permission not in permissions:
            continue
        label = str(one.label)
        if holds(text, label):
            yield Hit(label, reverse(one.url), one.icon)
        elif one.takes and (words := rest(text, label)):
            url = f"{reverse(one.url)}?{urlencode({one.takes: words})}"
            yield Hit(f"{label} “{words}”", url, one.icon)


def _pages(text: str, person: Any, now: datetime) -> Iterator[Hit]:
    permissions: frozenset[str] = person.permissions(now=now)
    for room in navigation.rooms(permissions):
        group = str(navigation.GROUPS[room.group])
        if holds(text, str(room.label), group):
            meta = group if group != str(room.label) else ""
            yield Hit(str(room.label), reverse(room.url), room.icon, meta)
    for page in settings_pages.pages(permissions):
        if holds(text, str(page.label), str(SETTINGS)):
            yield Hit(str(page.label), reverse(page.url), page.icon, str(SETTINGS))
    for one in _destinations:
        listed = not (text and one.begins)  # then it stands among the actions
        if listed and one.permission in permissions and holds(text, str(one.label)):
            yield Hit(str(one.label), reverse(one.url), one.icon)


SETTINGS = _("Settings")
ACTIONS = Source("actions", pgettext_lazy("palette", "Actions"), "account.own", _actions, order=1)
PAGES = Source("pages", _("Go to"), "account.own", _pages, order=10, without_words=True)
