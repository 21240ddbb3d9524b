"""A backup is of the company, not of its database: the verb restores it on the other one."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tertib.evidence import ledger, subjects
from tertib.evidence.vocabulary import kind
from tertib.keep import backup
from tertib.keep.archive import Reader


def keep(*arguments: str, environ: dict[str, str]) -> str:
    command = [sys.executable, "-m", "tertib.cli", "keep", *arguments]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.once
@pytest.mark.service("postgresql")
def test_there_and_back_every_row_is_the_same(
    own_database: Any, clock: Any, postgresql: str, tmp_path: Path
) -> None:
    asset = subjects.introduce("asset", label="AST-1", now=clock())
    for n in range(5):
        body = {"source_kind": "agent", "os_supported": None if n else True}
        at = clock.move(minutes=1) + timedelta(microseconds=n)
        ledger.record(kind("inventory.observed"), asset, occurred_at=at, body=body)
    first = backup.make(now=clock())
    name = f"restored_{uuid4().hex}"
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    plain = {**os.environ, "PYTHONPATH": own_database.environ["PYTHONPATH"]}
    plain["DJANGO_SETTINGS_MODULE"] = "tertib.project.settings"
    there = {**plain, "TERTIB_DATA": str(tmp_path / "there"), "LANG": "en"}
    there["DATABASE_URL"] = f"{postgresql.rpartition('/')[0]}/{name}"
    assert "are back, counted and added up" in keep("restore", str(first), environ=there)
    second = tmp_path / "second.backup"
    keep("backup", "--to", str(second), environ=there)
    home = {**plain, "TERTIB_DATA": str(tmp_path / "home"), "DATABASE_URL": ""}
    keep("restore", str(second), environ=home)
    third = tmp_path / "third.backup"
    keep("backup", "--to", str(third), environ=home)
    told = [Reader.open(path).manifest.tables for path in (first, second, third)]
    assert told[0]["evidence.fact"].rows == 5
    for table in ("evidence.fact", "evidence.subject", "evidence.alias", "evidence.inbox"):
        assert told[0][table] == told[1][table] == told[2][table]
