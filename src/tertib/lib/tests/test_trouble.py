"""What the drivers themselves raise: is it the storage's fault, or ours?"""

import errno
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tertib.lib.errors import Refused, Trouble, trouble


def raised(path: Path | str, *statements: str) -> sqlite3.Error:
    try:
        with closing(sqlite3.connect(path, timeout=0)) as connection:
            for statement in statements:
                connection.execute(statement)
    except sqlite3.Error as error:
        return error
    pytest.fail("nothing was raised")


def test_a_full_disk_is_told_from_everything_else(tmp_path: Path) -> None:
    few = ("CREATE TABLE t (x)", "PRAGMA max_page_count = 2")
    full = raised(":memory:", *few, "INSERT INTO t VALUES (zeroblob(100000))")
    assert trouble(full) is Trouble.FULL
    assert trouble(OSError(errno.ENOSPC, "No space left on device")) is Trouble.FULL
    assert trouble(psycopg.errors.DiskFull()) is Trouble.FULL
    assert trouble(raised(tmp_path / "no" / "folder")) is Trouble.AWAY
    assert trouble(psycopg.errors.AdminShutdown()) is Trouble.AWAY
    with pytest.raises(psycopg.OperationalError) as unreached:
        psycopg.connect("postgresql://nobody@127.0.0.1:1/none", connect_timeout=2)
    assert trouble(unreached.value) is Trouble.AWAY


def test_a_wrong_statement_is_a_bug() -> None:
    assert trouble(raised(":memory:", "SELECT x FROM nowhere")) is None
    assert trouble(psycopg.errors.UndefinedTable()) is None
    assert trouble(OSError(errno.ENOENT, "No such file or directory")) is None
    assert trouble(None) is None


def test_the_cause_of_what_was_raised_counts() -> None:
    with pytest.raises(Refused) as refused:  # noqa: PT012 raised from the other one
        try:
            raise OSError(errno.ENOSPC, "No space left on device")
        except OSError as error:
            raise Refused("no room") from error
    assert trouble(refused.value) is Trouble.FULL
