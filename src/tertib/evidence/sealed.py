"""What a seal holds of each table: the row as plain JSON, names outside the ledger left out."""

from datetime import UTC, datetime
from uuid import UUID

from django.db import models

from tertib.evidence.models import Fact, Membership, Merge, Retraction, Waiver

type Sealed = Fact | Retraction | Membership | Waiver | Merge
ENTRIES: dict[type[models.Model], str] = {
    Fact: "fact",
    Retraction: "retraction",
    Membership: "membership",
    Waiver: "waiver",
    Merge: "merge",
}
TABLES: dict[str, type[Sealed]] = {name: model for model, name in ENTRIES.items()}  # type: ignore[misc]
COLUMNS = {
    model: [
        (field.name, field.attname)
        for field in model._meta.concrete_fields
        if field.name not in ("seq", "digest")
    ]
    for model in ENTRIES
}


def row(entry: Sealed) -> dict[str, object]:
    """Return every column but seq, which the seal names, and the digest itself."""
    return {name: plain(getattr(entry, column)) for name, column in COLUMNS[type(entry)]}


def plain(value: object) -> object:
    """Write uuids and instants as text: UTC, always with microseconds."""
    match value:
        case UUID():
            return str(value)
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return value
