"""Rows as lines of JSON and back, with the models as they were at some set of migrations."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import batched
from typing import Any
from uuid import UUID

from django.core.management.color import no_style
from django.db import connections, models
from django.db.migrations.executor import MigrationExecutor
from django.db.models.functions import Cast
from django.utils.duration import duration_iso_string

from tertib.keep.archive import Tally

# Made again by every migrate, or worth nothing after a restore: who is signed in signs in again.
LEFT_OUT = {"auth", "contenttypes", "sessions", "migrations"}
LEFT_OUT_TABLES = {"people.session"}
BATCH = 500

type Model = type[models.Model]


def applied(using: str) -> list[tuple[str, str]]:
    """Return the migrations that the database has seen; empty: it has no tables yet."""
    return sorted(MigrationExecutor(connections[using]).loader.applied_migrations)


def tables(using: str, migrations: Iterable[tuple[str, str]]) -> dict[str, Model]:
    """Return the models as those migrations leave them, by label: not as the code is today."""
    loader = MigrationExecutor(connections[using]).loader
    known = [node for node in migrations if node in loader.graph.nodes]
    migrated = {app for app, _name in known}
    found = loader.project_state(known).apps.get_models(include_auto_created=True)
    return {
        model._meta.label_lower: model
        for model in sorted(found, key=lambda model: model._meta.label_lower)
        if model._meta.app_label in migrated - LEFT_OUT
        and model._meta.label_lower not in LEFT_OUT_TABLES
        and model._meta.managed
    }


def columns(model: Model) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def lines(model: Model, using: str, written: Sequence[str] = ()) -> Iterator[bytes]:
    """Yield every row as one line, in the order of the key; equal rows give equal lines.

    written: the columns, in their order; empty: all, as `columns` names them.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields}
    # A secret leaves as the text that is stored: its key is in the keyring, never in a backup.
    read = [
        Cast(name, models.TextField()) if holds_secret(fields[name]) else name
        for name in written or fields
    ]
    rows = model._base_manager.using(using).order_by("pk").values_list(*read)
    for row in rows.iterator(chunk_size=2000):
        yield _line(row)


def tally(model: Model, written: Sequence[str], using: str) -> Tally:
    """Count and add up what the table holds now."""
    found = Tally()
    for line in lines(model, using, written):
        found.add(line)
    return found


def holds_secret(field: Any) -> bool:
    return bool(getattr(field, "holds_secret", False))


def _line(row: Sequence[object]) -> bytes:
    return json.dumps(
        row, default=_plain, separators=(",", ":"), sort_keys=True, ensure_ascii=False
    ).encode()


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date() | time():
            return value.isoformat()
        case timedelta():
            return duration_iso_string(value)
        case UUID() | Decimal():
            return str(value)
        case bytes() | memoryview():
            return b64encode(value).decode()
    raise TypeError(f"No line holds a {type(value).__name__}")


def load(model: Model, written: Sequence[str], source: Iterable[bytes], using: str) -> Tally:
    """Insert the lines and return what they were. Raise KeyError for a column that is unknown."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    own = [fields[name] for name in written]
    connection, tally = connections[using], Tally()
    quoted = ", ".join(connection.ops.quote_name(field.column or field.attname) for field in own)
    places = ", ".join(["%s"] * len(own))
    table = connection.ops.quote_name(model._meta.db_table)
    insert = f"INSERT INTO {table} ({quoted}) VALUES ({places})"  # noqa: S608 - names of our models
    with connection.cursor() as cursor:
        for batch in batched(source, BATCH):
            rows = []
            for line in batch:
                tally.add(line)
                values = zip(own, json.loads(line), strict=True)
                rows.append([_stored(field, value, connection) for field, value in values])
            cursor.executemany(insert, rows)
    return tally


def _stored(field: Any, value: Any, connection: Any) -> Any:
    if value is None or holds_secret(field):
        return value
    if isinstance(field, models.BinaryField):
        return connection.Database.Binary(b64decode(value))
    return field.get_db_prep_save(field.to_python(value), connection)


def set_sequences(models_: Iterable[Model], using: str) -> None:
    """Let new rows be numbered after the ones that were loaded."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models_)):
            cursor.execute(statement)
