"""How SQLite and PostgreSQL write and read the values of the ledger's own SQL."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection


@cache
def sqlite() -> bool:
    return connection.vendor == "sqlite"


def marks(values: Collection[Any]) -> str:
    return ", ".join(["%s"] * len(values)) or "NULL"


def among(column: str, values: Collection[Any]) -> tuple[str, list[Any]]:
    """Return the condition that a column is one of these, and its values.

    To PostgreSQL many go as one array: a mark for each takes its driver longer than the server.
    """
    if not values:
        return "1 = 0", []
    if sqlite() or len(values) == 1:
        return f"{column} IN ({marks(values)})", [*values]
    return f"{column} = ANY(%s)", [[*values]]


def json() -> str:
    """Return the mark in a statement where JSON goes in as text."""
    return "%s" if sqlite() else "%s::jsonb"


def uuid(uuid: UUID) -> Any:
    return uuid.hex if sqlite() else uuid


def uuids(uuids: Iterable[UUID]) -> list[Any]:
    return [uuid.hex if sqlite() else uuid for uuid in uuids]


def instant(at: datetime) -> Any:
    return str(at.astimezone(UTC).replace(tzinfo=None)) if sqlite() else at


def as_uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def as_instant(value: Any) -> datetime:
    if isinstance(value, str) and "+" not in value:
        return datetime.fromisoformat(value + "Z")  # twice as quick as giving it its zone later
    at: datetime = datetime.fromisoformat(value) if isinstance(value, str) else value
    if at.tzinfo is UTC:
        return at
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def code_points() -> str:
    """Return the collation that sorts text as Python does, whatever the database's own is."""
    return "BINARY" if sqlite() else "C"


def one_at_a_time(what: str) -> None:
    """Wait, in a transaction, until no other one that asked for the same is open.

    SQLite has one writer at a time anyway.
    """
    if not sqlite():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [what])
