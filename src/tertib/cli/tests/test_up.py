"""`up` as people meet it: it starts, says where, survives kills, and refuses in plain words."""

import os
import signal
import socket
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tertib.cli.tests.conftest import Start
from tertib.cli.tests.house import House, children, is_alive, until

pytestmark = pytest.mark.long

LATER = (
    "INSERT INTO django_migrations (app, name, applied) VALUES ('sop', '9999_later', '2030-01-01')"
)


def change(house: House, sql: str) -> None:
    if url := house.environ["DATABASE_URL"]:
        with psycopg.connect(url) as connection:
            connection.execute(sql)
    else:
        with closing(sqlite3.connect(house.folder / "db.sqlite3")) as file:
            file.execute(sql)
            file.commit()


def test_an_empty_folder_becomes_an_installation_and_stops_cleanly(start: Start) -> None:
    house = start().wait()
    until(lambda: "Tertib answers at" in house.said)
    assert f"http://127.0.0.1:{house.port}/mulai/" in house.said
    assert f"http://127.0.0.1:{house.port}/agent/" in house.said
    assert "Recovery words" in house.said
    assert (house.folder / "keyring").stat().st_mode & 0o777 == 0o600
    assert house.folder.stat().st_mode & 0o777 == 0o700
    everybody = house.everybody()
    started = time.monotonic()
    house.process.send_signal(signal.SIGINT)
    assert house.process.wait(timeout=30) == 0
    assert time.monotonic() - started < 10
    assert house.said.rstrip().endswith("Stopped.")
    until(lambda: not any(map(is_alive, everybody)))


def test_a_second_start_keeps_what_was_there_and_shows_no_secret_again(start: Start) -> None:
    first = start().wait()
    before = first.query("SELECT uuid FROM people_site")
    first.stop()
    length = len(first.said)
    second = start().wait()
    until(lambda: "Tertib answers at" in second.said[length:])
    assert second.query("SELECT uuid FROM people_site") == before
    assert "Recovery words" not in second.said[length:]
    assert len(second.query("SELECT 1 FROM evidence_subject WHERE kind = 'org'")) == 1


@pytest.mark.once
@pytest.mark.parametrize("part", ["web", "worker"])
def test_a_killed_part_comes_back_and_leaves_nobody_behind(start_again: Start, part: str) -> None:
    house = start_again().wait()
    before = until(lambda: house.part(part))
    below = until(lambda: children(before))
    os.kill(before, signal.SIGKILL)
    after = until(lambda: house.part(part) not in (0, before) and house.part(part))
    assert after != before
    until(lambda: not any(map(is_alive, below)))
    until(house.answers)
    assert f"{part} ended (-9)" in house.said


@pytest.mark.once
def test_a_killed_process_of_the_web_server_comes_back_alone(start_again: Start) -> None:
    house = start_again().wait()
    web = house.part("web")
    before = until(lambda: children(web))
    os.kill(before[0], signal.SIGKILL)
    until(lambda: len(children(web)) == len(before) and before[0] not in children(web))
    assert house.part("web") == web
    until(house.answers)


@pytest.mark.once
def test_a_killed_supervisor_leaves_nobody_and_the_next_one_goes_on(start_again: Start) -> None:
    house = start_again().wait()
    everybody = house.everybody()
    house.process.kill()
    house.process.wait()
    until(lambda: not any(map(is_alive, everybody)))
    assert start_again(port=house.port).wait().answers()


@pytest.mark.once
def test_a_second_up_on_the_same_folder_is_refused(start_again: Start) -> None:
    house = start_again().wait()
    second = start_again()
    assert second.process.wait(timeout=30) == 1
    assert f"Tertib runs on {house.folder} already (process {house.process.pid})" in second.said
    assert "Traceback" not in second.said
    assert house.answers()


@pytest.mark.once
def test_a_port_that_is_taken_is_named(start: Start) -> None:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        house = start(port=other.getsockname()[1])
        assert house.process.wait(timeout=30) == 1
        assert f"Can't listen on 127.0.0.1 port {house.port}" in house.said
        assert "Traceback" not in house.said


@pytest.mark.once
def test_a_folder_that_cannot_be_written_is_named(start: Start, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "file.txt").touch()
    house = start(folder="file")
    assert house.process.wait(timeout=30) == 1
    assert f"Can't write to the data folder {tmp_path / 'file'}" in house.said
    assert "Traceback" not in house.said


def test_a_database_of_a_newer_tertib_is_refused_and_not_touched(start_again: Start) -> None:
    house = start_again().wait()
    house.stop()
    change(house, LATER)
    again = start_again()
    assert again.process.wait(timeout=30) == 1
    assert "A newer Tertib made this database (sop.9999_later)" in again.said


def test_a_later_migration_is_preceded_by_a_backup(start_again: Start) -> None:
    house = start_again().wait()
    house.stop()
    change(house, "DELETE FROM django_migrations WHERE app = 'auth' AND name LIKE '0012%'")
    again = start_again().wait()
    [backup] = (again.folder / "backups").glob("*.backup")
    assert f"Backed up before the update: {backup}" in again.said
