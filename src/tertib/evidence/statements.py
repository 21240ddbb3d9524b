"""What `reading` asks, as SQL in both dialects: conditions, columns, and rows as they come."""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from tertib.evidence import dialect

ROWS_AT_ONCE = 1_000
REMEMBERED = 10_000  # bodies; most facts of a kind say the same


class Where:
    """Conditions on a fact `f`, put together with AND."""

    def __init__(
        self,
        known_at: datetime | None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        retracted: bool = False,
    ) -> None:
        self.parts: list[str] = []
        self.values: list[Any] = []
        bounds = [("f.occurred_at >=", since), ("f.occurred_at <=", until)]
        for condition, instant in [*bounds, ("f.recorded_at <=", known_at)]:
            if instant is not None:
                self.parts.append(f"{condition} %s")
                self.values.append(dialect.instant(instant))
        if not retracted:
            known = "" if known_at is None else " AND r.recorded_at <= %s"
            self.parts.append(
                "NOT EXISTS (SELECT 1 FROM evidence_retraction r"  # noqa: S608
                f" WHERE r.fact_id = f.seq{known})"
            )
            self.values += [dialect.instant(known_at)] if known_at else []

    def among(self, column: str, values: Collection[Any]) -> "Where":
        part, of = dialect.among(column, values)
        self.parts.append(part)
        self.values += of
        return self

    @property
    def sql(self) -> str:
        return " AND ".join(self.parts)


def rows(sql: str, values: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a statement; Django's own way to go through them takes each by itself."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        while some := cursor.fetchmany(ROWS_AT_ONCE):
            yield from some


def instants() -> str:
    """As text, so that SQLite's driver does not guess types, which takes longer than the rest."""
    if dialect.sqlite():
        return "f.occurred_at || '', f.recorded_at || ''"
    return "f.occurred_at, f.recorded_at"


def body() -> str:
    return "f.body || ''" if dialect.sqlite() else "f.body::text"


def bodies() -> Callable[[str], dict[str, Any]]:
    """Return what reads bodies; it reads the same text once."""
    known: dict[str, dict[str, Any]] = {"{}": {}}

    def told(text: str) -> dict[str, Any]:
        found = known.get(text)
        if found is None:
            found = json.loads(text)
            if len(known) < REMEMBERED:
                known[text] = found
        return found

    return told
