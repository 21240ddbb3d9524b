"""The database refuses to change what was written, whoever asks."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.checks import run_checks
from django.db import DatabaseError, connection, models, transaction

from tertib.audit.actions import note
from tertib.audit.models import Entry
from tertib.evidence import append_only, ledger, populations, seals, subjects
from tertib.evidence.models import (
    Attributes,
    Definition,
    Fact,
    Membership,
    Merge,
    Retraction,
    Seal,
    SealEntry,
    Waiver,
)
from tertib.evidence.vocabulary import kind

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
DAY = timedelta(days=1)
WRITTEN: list[tuple[type[models.Model], str]] = [
    (Fact, "actor"),
    (Retraction, "actor"),
    (Membership, "ended_at"),
    (Merge, "actor"),
    (Waiver, "actor"),
    (Attributes, "began_at"),
    (Definition, "since"),
    (Seal, "horizon"),
    (SealEntry, "place"),
    (Entry, "actor"),
]


@pytest.fixture
def everything() -> None:
    """A row in every table that may never change."""
    a, b = (subjects.introduce("asset", label=name, now=NOON) for name in "ab")
    where = {"hardware": ("asset", {"class": ("hardware",)})}
    populations.define("v1", NOON, where)
    populations.describe(a, {"class": "hardware"}, at=NOON)
    fact = ledger.record(kind("inventory.observed"), a, occurred_at=NOON)
    ledger.retract(fact, actor=None)
    ledger.merge(a, b, actor=None)
    ledger.waive("inv.hw.fresh", None, began_at=NOON, ended_at=NOON + DAY, actor=None)
    note("tidy", uuid4(), actor=None, now=NOON, reason="because")
    seals.seal(ledger.now() + DAY)


def test_every_table_is_in_the_list() -> None:
    assert {written._meta.db_table for written, _column in WRITTEN} == set(append_only.TABLES)


@pytest.mark.parametrize(("written", "column"), WRITTEN)
def test_the_database_refuses_to_change_what_was_written(
    everything: None, written: type[models.Model], column: str
) -> None:
    table = written._meta.db_table
    before = list(written._default_manager.values())
    assert before
    statements = [f"UPDATE {table} SET {column} = NULL", f"DELETE FROM {table}"]  # noqa: S608
    if connection.vendor == "postgresql":
        statements.append(f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {table} CASCADE")
    else:
        statements.append(f"REPLACE INTO {table} SELECT * FROM {table}")  # noqa: S608
    for statement in statements:
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert list(written._default_manager.values()) == before


def test_a_missing_trigger_is_named_and_comes_back_with_the_next_migrate() -> None:
    assert append_only.missing() == []
    assert run_checks(databases=["default"]) == []
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER evidence_fact_no_update")
        else:
            cursor.execute("DROP TRIGGER evidence_fact_append_only ON evidence_fact")
    [name] = append_only.missing()
    [error] = run_checks(databases=["default"])
    assert name.startswith("evidence_fact_")
    assert name in error.msg
    append_only.protect(using="default")
    assert append_only.missing() == []
