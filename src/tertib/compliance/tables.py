"""Standings and transitions by the hundred, written as plain rows.

As objects they would take most of the time of a judgement, under the lock that every other writer
waits for. Whoever calls this holds the turn (`writing`).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from tertib.compliance.changes import Stand, Turn
from tertib.compliance.models import Standing, Transition
from tertib.evidence import dialect

_STAND = Stand._fields[1:]  # without the item, which belongs to the key
_TURN = ("control", "subject", "item", *Turn._fields, "found_at")


def put(rows: Iterable[tuple[int, str, UUID, Stand]]) -> None:
    """Write standings by (primary key, control, subject, how it stands); primary key 0: a new one.

    Not an upsert: that would go through every index for a row that is there.
    """
    known, new = list[Sequence[Any]](), list[Sequence[Any]]()
    for pk, control, subject, stand in rows:
        columns = _columns(stand)
        if pk:
            known.append((*columns, pk))
        else:
            new.append((control, dialect.uuid(subject), stand.item, *columns))
    names = ("control", "subject", "item", *_STAND)
    marks = dict.fromkeys(names, "%s") | {"deciding": dialect.json()}
    _insert(Standing._meta.db_table, marks, new)
    if known:
        which = ", ".join(f"{name} = {marks[name]}" for name in _STAND)
        update = f"UPDATE {Standing._meta.db_table} SET {which} WHERE id = %s"  # noqa: S608 names
        with connection.cursor() as cursor:
            cursor.executemany(update, known)


def add(rows: Iterable[tuple[str, UUID, int, Turn]], found_at: datetime) -> None:
    """Write transitions by (control, subject, item, turn)."""
    found = dialect.instant(found_at)
    _insert(
        Transition._meta.db_table,
        dict.fromkeys(_TURN, "%s"),
        [
            (control, dialect.uuid(subject), item, dialect.instant(turn.at), *turn[1:], found)
            for control, subject, item, turn in rows
        ],
    )


def _columns(stand: Stand) -> tuple[Any, ...]:
    return (
        stand.state,
        stand.bare,
        dialect.instant(stand.since),
        dialect.instant(stand.turned_at),
        stand.next_at and dialect.instant(stand.next_at),
        stand.falls_at and dialect.instant(stand.falls_at),
        json.dumps(stand.deciding),
        stand.decided_at and dialect.instant(stand.decided_at),
        stand.numerator,
        stand.denominator,
    )


def _insert(table: str, marks: Mapping[str, str], rows: list[Sequence[Any]]) -> None:
    if rows:
        names, values = ", ".join(marks), ", ".join(marks.values())
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({values})", rows)  # noqa: S608
