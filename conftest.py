"""What every room's tests share: the clock, a database of one's own, the services that are real."""

import gc
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from ctypes.util import find_library
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import hypothesis
import psycopg
import pytest
from django.db import connections, transaction
from django.test.utils import setup_databases, teardown_databases

from tertib.cli import postgresql as debian_postgresql
from tertib.evidence import ledger
from tertib.project import settings as in_use

# Random examples are looked for at the desk; a change is not judged by luck.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
if os.environ.get("CI") == "true":
    hypothesis.settings.load_profile("ci")

SRC = Path(__file__).parent / "src"
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
MONDAY_9AM = datetime(2026, 1, 5, 2, tzinfo=UTC)  # 09:00 in Jakarta


# --- Time ---------------------------------------------------------------------------------------


@dataclass
class Clock:
    """The ledger's clock in the hand of a test."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> datetime:
        """Let time pass (days=1, hours=2) and return what it is then."""
        self.now += timedelta(**by)
        return self.now


@pytest.fixture
def clock() -> Iterator[Clock]:
    """The ledger reads this clock, which stands at MONDAY_9AM until the test moves it."""
    told = Clock(MONDAY_9AM)
    with ledger.clock(told):
        yield told


@pytest.fixture
def usual_passwords(settings: Any) -> None:
    """A password takes the work that it takes in use, for those made from now on in this test."""
    settings.PASSWORD_HASHERS = in_use.PASSWORD_HASHERS


# --- Databases ----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """Prepare the database once, whichever tests were chosen: own_database copies it."""
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False)
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture(scope="module")
def of_the_module(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What a fixture of a module writes in this is there for each of its tests, which undo only
    what they do themselves. Not beside own_database.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@dataclass(frozen=True)
class OwnDatabase:
    """A copy of the prepared database that nobody else uses: commits, threads and kills allowed."""

    folder: Path  # its data folder
    environ: dict[str, str]  # for processes that shall use the same


@pytest.fixture
def own_database(
    django_db_setup: None, django_db_blocker: Any, tmp_path: Path, settings: Any
) -> Iterator[OwnDatabase]:
    """Stand in place of `django_db(transaction=True)`, whose flush the ledger's triggers refuse."""
    described = connections["default"].settings_dict
    prepared, copy = described["NAME"], _copy_name(tmp_path)
    settings.DATA, settings.MEDIA_ROOT = tmp_path, tmp_path / "files"
    settings.BACKUPS, settings.KEYRING = tmp_path / "backups", tmp_path / "keyring"
    environ = {**os.environ, "TERTIB_DATA": str(tmp_path), "PYTHONPATH": str(SRC)}
    environ["DJANGO_SETTINGS_MODULE"] = "tertib.project.settings"
    with django_db_blocker.unblock():
        connections["default"].close()
        if connections["default"].vendor == "sqlite":
            with sqlite3.connect(prepared) as source, sqlite3.connect(copy) as target:
                source.backup(target)
            source.close()
            target.close()
        else:
            _on_postgresql(described, f"{END_SESSIONS} = '{prepared}'")
            _on_postgresql(described, f'CREATE DATABASE "{copy}" TEMPLATE "{prepared}"')
            environ["DATABASE_URL"] = _url(described, copy)
        described["NAME"] = copy
        try:
            yield OwnDatabase(tmp_path, environ)
        finally:
            connections["default"].close()
            described["NAME"] = prepared
            if connections["default"].vendor == "postgresql":
                _on_postgresql(described, f'DROP DATABASE "{copy}" WITH (FORCE)')


# A database is copied only when nobody is in it: the last thread of a page's server may still be.
END_SESSIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname"


def _copy_name(folder: Path) -> str:
    sqlite = connections["default"].vendor == "sqlite"
    return str(folder / "db.sqlite3") if sqlite else f"copy_{uuid4().hex}"


def _url(described: dict[str, Any], name: str) -> str:
    password = f":{described['PASSWORD']}" if described["PASSWORD"] else ""
    place = f"{described['HOST']}:{described['PORT']}"
    return f"postgresql://{described['USER']}{password}@{place}/{name}"


def _on_postgresql(described: dict[str, Any], statement: str) -> None:
    with psycopg.connect(_url(described, "postgres"), autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a real PostgreSQL, whichever database the suite runs on. Mark: service("postgresql").

    Each test makes its own database in it.
    """
    folder = tmp_path_factory.mktemp("postgresql")
    for parent in [folder, *folder.parents[:3]]:
        parent.chmod(0o755)  # pytest's folders are for one user only, and PostgreSQL is another
    with debian_postgresql.server(folder, settings={"fsync": "off"}) as url:
        yield url


# --- Services that are real ---------------------------------------------------------------------


def _program(name: str) -> Callable[[], bool]:
    return lambda: shutil.which(name) is not None


def _mount_namespace() -> bool:
    probe = ["unshare", "--mount", "sh", "-c", "mount -t tmpfs -o size=1m none /mnt"]
    try:
        return subprocess.run(probe, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


SBIN = f"{os.environ.get('PATH', '')}:/usr/sbin"  # in no PATH of an ordinary user

# The shell draws without a window: half the work for the same pages.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")

SERVICES: dict[str, Callable[[], bool]] = {
    "postgresql": lambda: debian_postgresql.binaries() is not None,
    "chromium": lambda: CHROMIUM is not None,
    "fusioninventory-agent": _program("fusioninventory-agent"),
    "iproute2": _program("ip"),
    "mount-namespace": _mount_namespace,
    "slapd": lambda: bool(shutil.which("slapd", path=SBIN)),
    "pango": lambda: find_library("pangoft2-1.0") is not None,
}
MAY_BE_REFUSED = {"mount-namespace"}  # a machine's owner may forbid it, so CI skips it, too
_there: dict[str, bool] = {}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what says the same on the other database; begin with what takes long.

    On PostgreSQL that is what is marked `once`; what asks no database runs where TERTIB_NO_DATABASE
    says: `here` or `there`.
    """
    on_postgresql = bool(os.environ.get("DATABASE_URL"))
    usual = "there" if on_postgresql else "here"
    elsewhere = os.environ.get("TERTIB_NO_DATABASE", usual) == "there"
    left_out = [
        item
        for item in items
        if (on_postgresql and item.get_closest_marker("once") if _asks(item) else elsewhere)
    ]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in {*left_out}]
    # The last of two processes shall not be left with a test of half a minute.
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was loaded until now stays until the end: looking through it for garbage is a waste."""
    gc.collect()
    gc.freeze()


def _asks(item: pytest.Item) -> bool:
    """Whether a test gets the suite's database, be it through any fixture."""
    marked = item.get_closest_marker("django_db") is not None
    return marked or "django_db_setup" in getattr(item, "fixturenames", ())


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip and name a test whose service is missing; where CI=true it fails instead."""
    for mark in item.iter_markers("service"):
        for name in mark.args:
            if name not in _there:
                _there[name] = SERVICES[name]()
            if _there[name]:
                continue
            if os.environ.get("CI") == "true" and name not in MAY_BE_REFUSED:
                pytest.fail(f"{name} is missing here, and CI=true wants it")
            pytest.skip(f"{name} is missing here")
