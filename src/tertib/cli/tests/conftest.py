import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import psycopg
import pytest
from django.db import connections

from tertib.cli.postgresql import free_port
from tertib.cli.tests.house import House

type Start = Callable[..., House]


class Installed(NamedTuple):
    """What a first start left behind."""

    folder: Path
    database: str  # its name on PostgreSQL


@pytest.fixture
def start(django_db_setup: None, tmp_path: Path) -> Iterator[Start]:
    """Start houses on one empty database of the kind that the suite runs on."""
    with _database() as name, _houses(tmp_path, _environ(name)) as up:
        yield up


@pytest.fixture
def elsewhere(django_db_setup: None) -> Iterator[dict[str, str]]:
    """Where another installation has its database: on PostgreSQL, an empty one."""
    with _database() as name:
        yield _environ(name)


@pytest.fixture
def start_again(installed: Installed, tmp_path: Path) -> Iterator[Start]:
    """Start houses where Tertib was started and stopped once before: no migration, no new law."""
    shutil.copytree(installed.folder, tmp_path / "data")
    with _database(installed.database) as name, _houses(tmp_path, _environ(name)) as up:
        yield up


@pytest.fixture(scope="session")
def installed(
    django_db_setup: None, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installed]:
    """An installation on the kind of database that the suite runs on. Copy it."""
    with _database() as name:
        if name:
            yield Installed(_first_start(tmp_path_factory, _environ(name)), name)
        else:
            yield Installed(request.getfixturevalue("installed_on_sqlite"), name)


@pytest.fixture(scope="session")
def installed_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation whose database is a file, whatever the suite runs on. Copy it."""
    return _first_start(tmp_path_factory, _environ(""))


def _first_start(factory: pytest.TempPathFactory, environ: dict[str, str]) -> Path:
    folder = factory.mktemp("first") / "data"
    first = House.up(folder, free_port(), environ)
    try:
        first.wait()
    finally:
        code = first.stop()
    assert code == 0, first.said
    return folder


@contextmanager
def _houses(below: Path, environ: dict[str, str]) -> Iterator[Start]:
    """Yield how to start a house below a folder; those still up are stopped afterwards."""
    houses: list[House] = []

    def up(folder: str = "data", port: int = 0, on: dict[str, str] = environ) -> House:
        houses.append(House.up(below / folder, port or free_port(), on))
        return houses[-1]

    try:
        yield up
    finally:
        for house in houses:
            if house.process.poll() is None:
                house.stop()


def _environ(database: str) -> dict[str, str]:
    return {"DATABASE_URL": f"{_place()}/{database}" if database else ""}


@contextmanager
def _database(template: str = "template1") -> Iterator[str]:
    """Yield the name of a new database on PostgreSQL; on SQLite each folder has its own: ""."""
    if connections["default"].vendor == "sqlite":
        yield ""
        return
    name = f"up_{uuid4().hex}"
    _run(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield name
    finally:
        _run(f"DROP DATABASE {name} WITH (FORCE)")


def _run(statement: Any) -> None:
    with psycopg.connect(f"{_place()}/postgres", autocommit=True) as server:
        server.execute(statement)


def _place() -> str:
    described = connections["default"].settings_dict
    return f"postgresql://{described['USER']}@{described['HOST']}:{described['PORT']}"
