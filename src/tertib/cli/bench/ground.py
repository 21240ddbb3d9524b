"""Where a benchmark runs: a process of its own, on its own copy of a database prepared once."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from tertib.cli import postgresql
from tertib.cli.bench.child import PREPARE
from tertib.cli.bench.rows import Row

SRC = Path(__file__).resolve().parents[3]
PREPARED, HERE = "prepared", "here"


class FailedError(Exception):
    """A benchmark ended with an error; it says which."""


@dataclass(frozen=True)
class Ground:
    """An installation on one database, made fresh for each benchmark.

    server  of PostgreSQL; None: SQLite
    """

    folder: Path  # data: what the processes use; prepared: what it is a copy of
    server: str | None
    children: "subprocess.Popen[str]"

    def run(self, name: str, size: int) -> list[Row]:
        self._renew()
        return [Row.of(told) for told in self._tell(name, size)]

    def prepare(self) -> None:
        if self.server:
            _on(self.server, "CREATE DATABASE {}", HERE)
        self._tell(PREPARE, 0)
        (self.folder / "data").rename(self.folder / PREPARED)
        if self.server:
            _on(self.server, "ALTER DATABASE {} RENAME TO {}", HERE, PREPARED)

    def _renew(self) -> None:
        shutil.rmtree(self.folder / "data", ignore_errors=True)
        shutil.copytree(self.folder / PREPARED, self.folder / "data")
        if self.server:
            _on(self.server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", HERE)
            _on(self.server, "CREATE DATABASE {} TEMPLATE {}", HERE, PREPARED)

    def _tell(self, name: str, size: int) -> list[dict[str, object]]:
        file = self.folder / "said"
        asked, ended = self.children.stdin, self.children.stdout
        assert asked is not None  # noqa: S101 a pipe, as asked for
        assert ended is not None  # noqa: S101
        asked.write(f"{name} {size} {file}\n")
        asked.flush()
        code = ended.readline().strip()
        said = file.read_text() if file.exists() else ""
        file.unlink(missing_ok=True)
        if code != "0":
            raise FailedError(f"{name} {size} ended ({code}): {said[-2000:]}")
        rows: list[dict[str, object]] = json.loads(said)
        return rows


@contextmanager
def grounds(databases: set[str]) -> Iterator[dict[str, Ground]]:
    """Prepare the databases of these that can be had: "sqlite", "postgresql"."""
    with tempfile.TemporaryDirectory(prefix="tertib-bench-") as base, ExitStack() as stack:
        Path(base).chmod(0o755)  # PostgreSQL is another user
        servers: dict[str, str | None] = {}
        if "sqlite" in databases:
            servers["sqlite"] = None
        if "postgresql" in databases and postgresql.binaries():
            servers["postgresql"] = stack.enter_context(postgresql.server(Path(base) / "server"))
        found = {}
        for name, server in servers.items():
            folder = Path(base) / name
            folder.mkdir()
            children = stack.enter_context(_children(folder / "data", _named(server, HERE)))
            found[name] = Ground(folder, server, children)
            found[name].prepare()
        yield found


@contextmanager
def _children(data: Path, url: str) -> Iterator["subprocess.Popen[str]"]:
    """Start the process that forks for each benchmark; it ends with its input."""
    with subprocess.Popen(
        [sys.executable, "-m", "tertib.cli.bench.child"],
        env={
            **os.environ,
            "TERTIB_DATA": str(data),
            "TERTIB_URL": "",
            "DATABASE_URL": url,
            "PYTHONPATH": str(SRC),
            "DJANGO_SETTINGS_MODULE": "tertib.project.settings",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process


def _named(server: str | None, database: str) -> str:
    return server.rsplit("/", 1)[0] + "/" + database if server else ""


def _on(server: str, statement: str, *names: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
