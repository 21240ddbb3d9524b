"""Exceptions as they were known: of one subject or of everybody, in one control, until an end."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from tertib.evidence import dialect, reading


class WaiverRow(NamedTuple):
    """In the order of `compliance.records.Waiver`'s fields."""

    control: str
    subject: UUID | None
    began_at: datetime
    ended_at: datetime
    recorded_at: datetime


def granted(
    controls: Collection[str] | None = None,
    *,
    known_at: datetime | None = None,
    folded: dict[UUID, UUID] | None = None,
) -> list[WaiverRow]:
    """Return the waivers of some controls, or of all, in the order in which they were recorded."""
    sql, values = ["1 = 1"], list[Any]()
    if controls is not None:
        those, values = dialect.among("w.control", controls)
        sql = [those]
    if known_at is not None:
        sql, values = [*sql, "w.recorded_at <= %s"], [*values, dialect.instant(known_at)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT w.control, w.subject_id, w.began_at, w.ended_at, w.recorded_at,"  # noqa: S608
            " EXISTS (SELECT 1 FROM evidence_merge m WHERE m.absorbed_id = w.subject_id)"
            f" FROM evidence_waiver w WHERE {' AND '.join(sql)} ORDER BY w.recorded_at, w.seq",
            values,
        )
        rows = cursor.fetchall()
    if folded is None:
        folded = reading.survivors(known_at) if any(absorbed for *_, absorbed in rows) else {}
    found = []
    for control, subject, *instants, _ in rows:
        uuid = dialect.as_uuid(subject) if subject else None
        began_at, ended_at, recorded_at = map(dialect.as_instant, instants)
        survivor = folded.get(uuid, uuid) if uuid else None
        found.append(WaiverRow(control, survivor, began_at, ended_at, recorded_at))
    return found
