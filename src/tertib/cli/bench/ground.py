"""Where a benchmark runs: a process of its own, on its own copy of a database prepared once."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tertib.cli import postgresql
from tertib.cli.bench.rows import Row

SRC = Path(__file__).resolve().parents[3]
PREPARED = "prepared"
LONGEST_S = 1800


class FailedError(Exception):
    """A benchmark ended with an error; it says which."""


@dataclass(frozen=True)
class Ground:
    """A prepared installation on one database. server: of PostgreSQL; None is SQLite."""

    folder: Path
    server: str | None = None

    def run(self, name: str, size: int) -> list[Row]:
        with self._copy() as environ:
            return [Row(**row) for row in child(name, size, environ)]

    @contextmanager
    def _copy(self) -> Iterator[Mapping[str, str]]:
        with tempfile.TemporaryDirectory(prefix="tertib-bench-") as own:
            data = Path(own) / "data"
            shutil.copytree(self.folder, data)
            if self.server is None:
                yield environment(data)
                return
            name = Path(own).name
            template, copy = sql.Identifier(PREPARED), sql.Identifier(name)
            make = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(copy, template)
            _on(self.server, make)
            try:
                yield environment(data, _named(self.server, name))
            finally:
                _on(self.server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(copy))


@contextmanager
def grounds(databases: set[str]) -> Iterator[dict[str, Ground]]:
    """Prepare the databases of these that can be had: "sqlite", "postgresql"."""
    with tempfile.TemporaryDirectory(prefix="tertib-bench-") as base, ExitStack() as stack:
        Path(base).chmod(0o755)  # PostgreSQL is another user
        found = {}
        if "sqlite" in databases:
            found["sqlite"] = Ground(Path(base) / "sqlite")
            child("prepare", 0, environment(found["sqlite"].folder))
        if "postgresql" in databases and postgresql.binaries():
            url = stack.enter_context(postgresql.server(Path(base) / "server"))
            found["postgresql"] = Ground(Path(base) / "postgresql", url)
            _on(url, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(PREPARED)))
            child("prepare", 0, environment(found["postgresql"].folder, _named(url, PREPARED)))
        yield found


def environment(data: Path, url: str = "") -> dict[str, str]:
    return {
        **os.environ,
        "TERTIB_DATA": str(data),
        "TERTIB_URL": "",
        "DATABASE_URL": url,
        "PYTHONPATH": str(SRC),
        "DJANGO_SETTINGS_MODULE": "tertib.project.settings",
    }


def child(name: str, size: int, environ: Mapping[str, str]) -> Any:
    """Run a benchmark, or a part of one, and return what it printed last."""
    done = subprocess.run(  # noqa: S603 ourselves
        [sys.executable, "-m", "tertib.cli.bench.child", name, str(size)],
        env=dict(environ),
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_S,
    )
    if done.returncode:
        raise FailedError(f"{name} {size}: {done.stderr.strip()[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _named(server: str, database: str) -> str:
    return server.rsplit("/", 1)[0] + "/" + database


def _on(server: str, statement: sql.Composed) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)
