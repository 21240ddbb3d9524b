"""One request each: what one was told (notices), how one wants to be told (choices), the channels
of the house (channels)."""

from typing import Protocol
from uuid import UUID

from django.http import HttpRequest


class Person(Protocol):
    """Whoever is signed in, as this room knows people."""

    uuid: UUID


class PersonRequest(HttpRequest):
    """The request behind @needs."""

    user: Person  # type: ignore[assignment]
