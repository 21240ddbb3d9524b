"""A disk of 32 MB, in a mount namespace of its own, filled to the last byte under real processes:
what cannot be stored is refused in words, nothing is damaged, and with room it goes on."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from tertib.agents.tests.machines import machine
from tertib.cli.postgresql import free_port
from tertib.cli.tests.house import House, children, until

pytestmark = [pytest.mark.long, pytest.mark.service("mount-namespace")]
SIZE = 32 * 2**20
ASK = """
import json, sqlite3, sys
print(json.dumps(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0]))
"""
ENQUEUE = """
import django
django.setup()
from tertib.keep.tasks import back_up_nightly
back_up_nightly.enqueue()
"""


@dataclass
class Disk:
    folder: Path  # as who is inside sees it
    root: Path  # the same, seen from outside
    inside: list[str]  # the command that runs another one inside

    @property
    def ballast(self) -> Path:
        return self.root / "ballast"

    def fill(self, *, but: int = 0) -> None:
        """Leave that many bytes free."""
        with self.ballast.open("ab", buffering=0) as file:
            for piece in (2**20, 2**12, 1):
                try:
                    while file.write(bytes(piece)):
                        pass
                except OSError:
                    continue
        if but:
            with self.ballast.open("rb+") as file:
                file.truncate(self.ballast.stat().st_size - but)

    def make_room(self) -> None:
        self.ballast.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = f"mount -t tmpfs -o size={SIZE} none {folder} && echo there && exec sleep 600"
    keeper = subprocess.Popen(
        ["unshare", "--mount", "sh", "-c", mount],  # noqa: S607
        stdout=subprocess.PIPE,
        text=True,
    )
    assert keeper.stdout
    assert keeper.stdout.readline() == "there\n"
    enter = ["nsenter", f"--mount=/proc/{keeper.pid}/ns/mnt"]
    yield Disk(folder, Path(f"/proc/{keeper.pid}/root{folder}"), enter)
    keeper.kill()
    keeper.communicate()


@pytest.fixture
def house(installed_on_sqlite: Path, disk: Disk) -> Iterator[House]:
    """That installation on the small disk."""
    shutil.copytree(installed_on_sqlite, disk.root / "data")
    up = House.up(disk.folder / "data", free_port(), {"DATABASE_URL": ""}, inside=disk.inside)
    try:
        yield up.wait()
    finally:
        if up.process.poll() is None:
            up.stop()


def backed_up(*, id_: str) -> dict[str, Any]:
    at = datetime.now(UTC) - timedelta(minutes=1)
    return {
        "fact": "backup.run_ok",
        "subject": {"kind": "dataset", "key": f"set {id_}"},
        "at": at.isoformat(),
        "body": {"for": f"{at:%Y-%m-%d}"},
        "id": id_,
    }


@dataclass
class Doors:
    """The ways in, each with what it answers."""

    house: House
    file: Path
    enrolment: str
    token: str

    def report(self, n: int) -> tuple[int, str]:
        body = machine(deviceid=f"pc-{n}", serial=f"SN-{n}", name=f"pc{n}")
        return self.house.post(self.enrolment, body, GLPI_Agent_ID="")

    def facts(self, *ids: str) -> tuple[int, str]:
        body = json.dumps([backed_up(id_=id_) for id_ in ids]).encode()
        bearer = {"Authorization": f"Bearer {self.token}", "Content_Type": "application/json"}
        return self.house.post("/api/v1/facts", body, **bearer)

    def imported(self, *ids: str) -> "subprocess.CompletedProcess[str]":
        self.file.write_text("".join(f"{json.dumps(backed_up(id_=id_))}\n" for id_ in ids))
        return self.house.verb("facts", "import", str(self.file))

    def page(self, path: str) -> tuple[int, str]:
        try:
            with urlopen(f"http://127.0.0.1:{self.house.port}{path}", timeout=10) as page:
                return page.status, page.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()


@pytest.fixture
def doors(house: House, disk: Disk, tmp_path: Path) -> Doors:
    issued = house.verb("tokens", "issue", "nas")
    enrolment = urlsplit(house.told("Inventory agents")).path
    return Doors(house, tmp_path / "facts.ndjson", enrolment, issued.stdout.split()[-1])


def ask(disk: Disk, sql: str) -> Any:
    """Return the first value. Asked from inside: SQLite resolves the path, which leads there."""
    asked = subprocess.run(
        [*disk.inside, sys.executable, "-c", ASK, str(disk.folder / "data" / "db.sqlite3"), sql],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(asked.stdout)


def is_whole(disk: Disk) -> bool:
    return bool(ask(disk, "PRAGMA integrity_check") == "ok")


def processes(house: House) -> set[int]:
    """Return the pids of the web server and the worker, with those below them."""
    parts = [house.part("web"), house.part("worker")]
    return {*parts, *(pid for part in parts for pid in children(part))}


def one_line(done: "subprocess.CompletedProcess[str]") -> str:
    """Return what a verb that was refused said: a line, not a traceback."""
    assert done.returncode == 1, done
    [line] = done.stderr.splitlines()
    return line


def test_what_cannot_be_stored_is_refused_in_words_and_goes_on_when_there_is_room(
    doors: Doors, disk: Disk
) -> None:
    assert doors.report(1)[0] == 200
    assert doors.facts("1")[0] == 200
    servers = processes(doors.house)
    disk.fill()
    told = ask(disk, "SELECT count(*) FROM evidence_fact")
    answers = [doors.report(n) for n in range(2, 30)] + [doors.facts("2")]
    refused = [answer for answer in answers if answer[0] != 200]
    assert refused
    assert {status for status, _said in refused} == {503}
    assert [said for _status, said in refused if "disk is full" not in said] == []
    assert json.loads(doors.facts("2")[1])["detail"].startswith("Tertib's disk is full.")
    line = one_line(doors.imported("3"))
    assert line.startswith(f"tertib: No room is left in {disk.folder / 'data'}.")
    status, page = doors.page(urlsplit(doors.house.told("become the administrator")).path)
    assert status == 200, page
    assert doors.page("/health") == (200, "ok")
    assert is_whole(disk)
    disk.make_room()
    assert {doors.report(n)[0] for n in range(1, 30)} == {200}
    assert doors.facts("1", "2")[0] == 200
    assert doors.imported("3").returncode == 0
    assert ask(disk, "SELECT count(*) FROM inventory_asset") == 29
    assert ask(disk, "SELECT count(*) FROM evidence_fact WHERE kind = 'backup.run_ok'") == 3
    assert ask(disk, "SELECT count(*) FROM evidence_fact") > told
    until(lambda: not ask(disk, "SELECT count(*) FROM evidence_inbox"), within=20)
    assert processes(doors.house) == servers  # nobody died of it
    assert is_whole(disk)
    for verb in (("ledger", "verify"), ("recompute",)):
        done = doors.house.verb(*verb)
        assert done.returncode == 0, done


def test_a_start_on_a_full_disk_says_so_and_works_once_there_is_room(
    house: House, disk: Disk
) -> None:
    house.stop()
    (disk.root / "data" / "db.sqlite3-shm").unlink(missing_ok=True)  # SQLite makes it again
    disk.fill()
    again = House.up(disk.folder / "data", house.port, {"DATABASE_URL": ""}, inside=disk.inside)
    length = len(house.said)
    assert again.process.wait(timeout=30) == 1
    assert again.said[length:].splitlines()[-1].startswith("tertib: No room is left in")
    assert "Traceback" not in again.said
    disk.make_room()
    again = House.up(disk.folder / "data", house.port, {"DATABASE_URL": ""}, inside=disk.inside)
    try:
        again.wait()
        assert again.verb("recompute").returncode == 0
    finally:
        again.stop()


def kept(disk: Disk) -> dict[str, str]:
    """Return what stands where backups are kept, each by its content."""
    folder = disk.root / "data" / "backups"
    return {file.name: sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}


def test_a_backup_without_room_is_refused_and_what_is_kept_stays(house: House, disk: Disk) -> None:
    assert house.verb("keep", "backup").returncode == 0
    before = kept(disk)
    disk.fill(but=2**20)
    assert one_line(house.verb("keep", "backup")).startswith("tertib: There is no room for a backu")
    assert kept(disk) == before
    disk.fill()
    assert one_line(house.verb("keep", "backup", "--to", str(disk.folder / "new" / "a.backup")))
    assert kept(disk) == before
    disk.make_room()
    assert house.verb("keep", "check", *kept_files(disk)).returncode == 0


def kept_files(disk: Disk) -> list[str]:
    return [str(disk.folder / "data" / "backups" / name) for name in kept(disk)]


def test_a_backup_that_breaks_off_half_way_leaves_nothing_behind(house: House, disk: Disk) -> None:
    stored = disk.root / "data" / "files" / "photo"
    stored.write_bytes(os.urandom(3 * 2**20))
    limited = replace(house, inside=[*house.inside, "prlimit", f"--fsize={2 * 2**20}"])
    line = one_line(limited.verb("keep", "backup"))
    assert line == "tertib: The backup could not be written: File too large. Nothing was changed."
    assert kept(disk) == {}
    assert house.verb("keep", "backup").returncode == 0
    assert len(kept(disk)) == 1


def test_what_a_killed_backup_left_is_cleared_away_by_the_next(house: House, disk: Disk) -> None:
    backups = disk.root / "data" / "backups"
    for left in (".tertib-snapshot.sqlite3", ".tertib-20260101-000000.backup.part"):
        (backups / left).write_bytes(bytes(1000))
    assert house.verb("keep", "backup").returncode == 0
    assert [name for name in kept(disk) if name.startswith(".")] == []


@pytest.mark.alone  # the worker has other work, which fills the room that is left
def test_a_nightly_backup_without_room_is_shown_as_not_done(house: House, disk: Disk) -> None:
    ask(disk, "PRAGMA wal_checkpoint(RESTART)")  # so that the worker's own log need not grow
    disk.fill(but=2**20)
    enqueue = [*disk.inside, sys.executable, "-c", ENQUEUE]
    subprocess.run(enqueue, env=house.environ, check=True)
    task = "task = 'tertib.keep.tasks.back_up_nightly'"
    errors = f"SELECT errors FROM jobs_job WHERE {task}"  # noqa: S608 fixed words
    until(lambda: json.loads(ask(disk, errors)), within=180)
    [shown] = [line for line in house.verb("jobs", "list").stdout.splitlines() if "nightly" in line]
    assert "Tidak ada ruang untuk backup" in shown
    assert shown.split()[1] == "ready"  # to be tried again
    assert ask(disk, f"SELECT attempts FROM jobs_job WHERE {task}") == 1  # noqa: S608
    assert kept(disk) == {}


def test_a_restore_without_room_leaves_what_was_there(house: House, disk: Disk) -> None:
    assert house.verb("keep", "backup").returncode == 0
    house.stop()
    facts = ask(disk, "SELECT count(*) FROM evidence_fact")
    disk.fill(but=300_000)
    line = one_line(house.verb("keep", "restore", "--replace", *kept_files(disk)))
    assert line.startswith("tertib: The backup could not be restored: ")
    assert line.endswith("What was there before is back.")
    assert ask(disk, "SELECT count(*) FROM evidence_fact") == facts
    assert is_whole(disk)
    disk.make_room()
    assert house.verb("keep", "restore", "--replace", *kept_files(disk)).returncode == 0
