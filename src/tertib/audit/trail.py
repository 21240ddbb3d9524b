"""How the audit trail is read: the words of each action, and the names of who and what it is about.

This room knows people and things by uuid only. A room that notes actions registers in its own
`trail.py` how they are called, and where its things have their pages.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

type Words = Mapping[str, str | Promise]

FOR_WHOM = "for_whom"  # among what changed: for whom, who was away, the actor did it
MOST = 200  # things that one text may mean


@dataclass(frozen=True)
class Thing:
    """Somebody or something that a line is about."""

    label: str
    url: str = ""  # "": it has no page
    erased: bool = False  # a person who was erased: the label is their number


type Told = Callable[[Collection[Any]], Mapping[Any, "Thing | str | Promise"]]
type Find = Callable[[Collection[UUID]], Mapping[UUID, Thing]]
type Seek = Callable[[str], Iterable[UUID]]

_actions: dict[str, str | Promise] = {}
_fields: dict[str, str | Promise] = {}
_told: dict[str, list[Told]] = {}
_inner: set[str] = set()
_rooms: list[tuple[int, Find, Seek | None]] = []
_people: list[Seek] = []


def register(
    *,
    actions: Words,
    fields: Words | None = None,
    find: Find | None = None,
    seek: Seek | None = None,
    told: Mapping[str, Told] | None = None,
    inner: Collection[str] = (),
    order: int = 50,
) -> None:
    """actions: by the names that are given to `note`. fields: of what changed, where it is said.

    find: one query for any number of uuids; it leaves out those of other rooms. seek: which of
    the room's things a text means. told: how the values of a field are called, for any number of
    them; it leaves out those of other rooms. inner: fields that mean something to the database
    alone. order: who is asked first.
    """
    _actions.update(actions)
    _fields.update(fields or {})
    _inner.update(inner)
    for name, one in (told or {}).items():
        _told.setdefault(name, []).append(one)
    if find:
        _rooms.append((order, find, seek))
        _rooms.sort(key=lambda room: room[0])


def register_people(seek: Seek) -> None:
    """Say how people are found by what somebody typed: of who has acted."""
    _people.append(seek)


def actions() -> Words:
    return _actions


def word(action: str) -> str:
    """Return how an action is called; one that no room knows any more keeps its name."""
    return str(_actions.get(action, action))


def field_word(name: str) -> str:
    return str(_fields.get(name, name))


def is_inner(field: str) -> bool:
    return field in _inner


def fields() -> Words:
    return _fields


def values(field: str, asked: Collection[Any]) -> dict[Any, Thing]:
    """Return how these values of a field are called; what no room knows is left out."""
    found: dict[Any, Thing] = {}
    for one in _told.get(field, ()):
        for value, called in one([value for value in asked if value not in found]).items():
            found[value] = called if isinstance(called, Thing) else Thing(str(called))
    return found


def words(known: Mapping[Any, str | Promise]) -> Told:
    """Return `told` for values of which each has a word."""
    return lambda asked: {value: known[value] for value in asked if value in known}


def names(uuids: Collection[UUID]) -> dict[UUID, Thing]:
    """Return what these are; each room is asked once, and only for what is still unknown."""
    found: dict[UUID, Thing] = {}
    missing = set(uuids)
    for _order, find, _seek in _rooms:
        if not missing:
            break
        found |= find(missing)
        missing -= found.keys()
    return found


def meant(text: str) -> list[UUID]:
    """Return which things somebody may mean, of every room."""
    if one := _uuid(text):
        return [one]
    seeks = [seek for _order, _find, seek in _rooms if seek]
    return [uuid for seek in seeks for uuid in seek(text)][:MOST]


def people(text: str) -> list[UUID]:
    if one := _uuid(text):
        return [one]
    return [uuid for seek in _people for uuid in seek(text)][:MOST]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
