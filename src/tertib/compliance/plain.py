"""Standings as plain rows.

As Django reads them, its converters take longer than the database and all that is made of them.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from tertib.compliance.changes import Row, Stand
from tertib.compliance.models import Standing
from tertib.evidence import dialect


def standings(rows: QuerySet[Standing]) -> Iterator[tuple[str, Row]]:
    """Yield (control, row) in the order that is asked for."""
    instants: dict[Any, datetime | None] = {None: None}  # most limits are midnights

    def instant(value: Any) -> datetime | None:
        found = instants.get(value)
        if found is None and value is not None:
            found = instants[value] = dialect.as_instant(value)
        return found

    for (
        control,
        subject,
        item,
        state,
        bare,
        since,
        turned_at,
        next_at,
        falls_at,
        deciding,
        decided_at,
        numerator,
        denominator,
    ) in rows.values_list(*_columns()):
        stand = Stand(
            item,
            state,
            bare,
            dialect.as_instant(since),
            dialect.as_instant(turned_at),
            instant(next_at),
            instant(falls_at),
            tuple(orjson.loads(deciding)),
            instant(decided_at),
            numerator,
            denominator,
        )
        yield control, Row(dialect.as_uuid(subject), stand)


def _columns() -> list[Any]:
    text = TextField()
    own = {"subject", "since", "turned_at", "next_at", "falls_at", "decided_at"}
    as_text = {"deciding"} | (own if dialect.sqlite() else set())  # PostgreSQL's driver is quick
    names = ("control", "subject", *Stand._fields)
    return [Cast(name, text) if name in as_text else name for name in names]
