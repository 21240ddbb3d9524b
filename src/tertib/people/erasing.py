"""What the rooms hold of a person: what goes with their erasure, what stays, and why.

Rooms register in `apps.ready`; people itself speaks for the rooms below it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils.functional import Promise

from tertib.people.models import User

type Words = str | Promise


@dataclass(frozen=True, slots=True)
class Part:
    """Rows about a person. erase None: they stay, and `why` says why."""

    label: Words
    count: Callable[[User], int]
    why: Words = ""
    erase: Callable[[User], object] | None = None


@dataclass(frozen=True, slots=True)
class Texts:
    """Words that anybody may have written, and a name stand in. Masked; the rows stay.

    stamp: a column that says when this was done last.
    """

    model: type[models.Model]
    fields: tuple[str, ...]
    stamp: str = ""

    @property
    def rows(self) -> models.QuerySet[Any]:
        return self.model._default_manager.order_by("pk")


@dataclass(frozen=True, slots=True)
class Stays:
    """Where a name stays whatever happens, in the words of the page: a backup, a signed report."""

    words: Callable[[], Words]


_parts: list[Part] = []
_texts: list[Texts] = []
_stays: list[Stays] = []


def hanging(on_delete: object) -> list[tuple[type[models.Model], str]]:
    """Return each model and its key that points at a person, with CASCADE say: theirs alone.

    Those that Django makes by itself, for a review's participants say, belong to what they join.
    """
    relations = User._meta.get_fields(include_hidden=True)  # most have no name backwards
    return [
        (relation.related_model, relation.field.name)
        for relation in relations
        if isinstance(relation, ForeignObjectRel)
        and relation.field.concrete
        and not relation.related_model._meta.auto_created
        and getattr(relation, "on_delete", None) is on_delete
    ]


def register(*told: Part | Texts | Stays) -> None:
    for one in told:
        if isinstance(one, Part):
            _parts.append(one)
        elif isinstance(one, Texts):
            _texts.append(one)
        else:
            _stays.append(one)


def parts() -> list[Part]:
    return list(_parts)


def texts() -> list[Texts]:
    return list(_texts)


def stays() -> list[Words]:
    return [one.words() for one in _stays]
