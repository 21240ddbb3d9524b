"""The benchmarks run, and what they load is what the product would have written."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from tertib.cli.bench import BENCHES, company
from tertib.cli.bench.company import Happening
from tertib.evidence import ledger, subjects
from tertib.evidence.models import Alias, Fact, Inbox, Membership, Subject
from tertib.evidence.vocabulary import kind

# It sets up a checkout of its own, with what registries hold: by hand, in `tertib bench up_first`.
NOT_HERE = {"up_first"}
LABELS = ("NB-1", "Nb  Dua", " nb-3 ")
UUIDS = tuple(UUID(int=number) for number in (7, 8, 9))
SEEN: dict[str, object] = {"source_kind": "agent", "os_supported": True}


@pytest.mark.long
@pytest.mark.once
@pytest.mark.usefixtures("django_db_setup")
def test_every_benchmark_says_its_figure_beside_another_of_the_same_run(tmp_path: Path) -> None:
    here = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
    names = [name for name, bench in BENCHES.items() if connection.vendor in bench.on]
    told, asked = tmp_path / "rows.json", [name for name in names if name not in NOT_HERE]
    command = [sys.executable, "-m", "tertib.cli", "bench", *asked]
    done = subprocess.run(
        [*command, "--quick", "--on", connection.vendor, "--json", str(told)],
        env={**os.environ, "PYTHONPATH": "src"},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
    rows = json.loads(told.read_text())
    assert {row["name"] for row in rows} >= set(asked)
    assert {row["database"] for row in rows} <= {here, "none"}
    for row in rows:
        assert row["figure"] > 0, row
        assert row["name"] in done.stdout
        if row["name"] != "escalate_1k":  # beside it stands what the writers then wait for
            assert row["ratio"] == pytest.approx(row["figure"] / row["reference"])


def test_a_benchmark_that_does_not_exist_is_named() -> None:
    command = [sys.executable, "-m", "tertib.cli", "bench", "no_such"]
    environ = {**os.environ, "PYTHONPATH": "src"}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no benchmark no_such" in done.stderr


@pytest.mark.django_db
def test_the_loader_writes_what_the_actions_write(clock: Any) -> None:
    began, seen = clock.now - timedelta(days=9), clock.now - timedelta(hours=3)
    with transaction.atomic():
        for uuid, label in zip(UUIDS, LABELS, strict=True):
            made = subjects.introduce("asset", label=label, now=began, uuid=uuid)
            ledger.record_membership("hardware", made, began_at=began)
        for uuid in UUIDS:
            ledger.record(
                kind("inventory.observed"),
                Subject.objects.get(pk=uuid),
                occurred_at=seen,
                body=SEEN,
                source_id=f"seen {uuid}",
            )
        by_actions = written()
        transaction.set_rollback(True)
    assert not Subject.objects.filter(pk__in=UUIDS).exists()
    company.subjects("asset", LABELS, now=began, uuids=UUIDS)
    company.members("hardware", UUIDS, began_at=began, inbox=True)
    told = (Happening("inventory.observed", uuid, seen, SEEN, id=f"seen {uuid}") for uuid in UUIDS)
    assert company.facts(told, inbox=True) == len(UUIDS)
    assert written() == by_actions
    assert [len(rows) for rows in by_actions.values()] == [3, 3, 3, 3, 6]


def written() -> dict[str, list[Any]]:
    """Return what is stored of these subjects, without the numbers of rows."""
    found: dict[str, list[Any]] = {
        "subjects": rows(Subject.objects.filter(pk__in=UUIDS)),
        "names": rows(Alias.objects.filter(subject__in=UUIDS), "id"),
        "members": rows(Membership.objects.filter(subject__in=UUIDS), "seq"),
        "facts": rows(Fact.objects.filter(subject__in=UUIDS), "seq"),
    }
    digests = {
        ("fact", fact.seq): fact.digest for fact in Fact.objects.filter(subject__in=UUIDS)
    } | {
        ("membership", row.seq): row.digest for row in Membership.objects.filter(subject__in=UUIDS)
    }
    heard = Inbox.objects.filter(subject__in=UUIDS)
    found["inbox"] = sorted(
        (row.entry, digests[row.entry, row.seq], row.name, str(row.subject), row.since)
        for row in heard
    )
    return found


def rows(found: Any, without: str = "") -> list[dict[str, Any]]:
    each = [
        {name: value for name, value in row.items() if name != without} for row in found.values()
    ]
    return sorted(each, key=str)
