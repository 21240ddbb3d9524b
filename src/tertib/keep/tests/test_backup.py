"""A backup is one file that holds all, and what is not whole is never restored."""

import json
import random
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from tertib.evidence import append_only, ledger, subjects
from tertib.evidence.models import Fact, Subject
from tertib.evidence.vocabulary import kind
from tertib.keep import backup, rows
from tertib.keep.archive import Reader
from tertib.keep.restore import restore
from tertib.lib.errors import Refused
from tertib.people.actions import add_person, add_site, first_start
from tertib.people.models import Company, User
from tertib.sop.actions import publish_shipped
from tertib.vault import keyring

OBSERVED = kind("inventory.observed")


@pytest.fixture
def company(own_database: Any, clock: Any, settings: Any) -> Any:
    """A folder with an asset that was seen a few times, and a stored file."""
    add_site(name="Gudang", zone="Asia/Jakarta", by=None, now=clock())
    asset = subjects.introduce("asset", label="AST-1", now=clock())
    for n in range(25):
        body = {"source_kind": "agent", "os_supported": n % 2 == 0}
        ledger.record(OBSERVED, asset, occurred_at=clock.move(minutes=1), body=body)
    stored = Path(settings.MEDIA_ROOT) / "ab" / "cdef"
    stored.parent.mkdir(parents=True)
    stored.write_bytes(random.Random(1).randbytes(300_000))  # noqa: S311 - no secret
    return own_database


def everything() -> dict[str, tuple[int, str]]:
    models = rows.tables("default", rows.applied("default"))
    tallies = {
        name: rows.tally(model, rows.columns(model), "default") for name, model in models.items()
    }
    return {name: (tally.rows, tally.sum) for name, tally in tallies.items()}


def clear(folder: Path, settings: Any) -> None:
    """Stand on an empty machine with the same kind of database."""
    machine, connection = folder / "machine", connections["default"]
    machine.mkdir()
    settings.MEDIA_ROOT = machine / "files"
    if connection.vendor == "sqlite":
        connection.close()
        connection.settings_dict["NAME"] = str(machine / "db.sqlite3")
    else:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def on_postgresql() -> bool:
    return connections["default"].vendor == "postgresql"


def test_all_that_was_there_comes_back_on_an_empty_machine(
    company: Any, clock: Any, tmp_path: Path, settings: Any
) -> None:
    before, path = everything(), backup.make(now=clock())
    assert before["evidence.fact"][0] >= 25
    clear(tmp_path, settings)
    done = restore(path, now=clock())
    assert everything() == before
    assert done.files == 1
    assert (Path(settings.MEDIA_ROOT) / "ab" / "cdef").stat().st_size == 300_000
    asset = Subject.objects.get(label="AST-1")
    ledger.record(OBSERVED, asset, occurred_at=clock(), body={})  # rows are numbered on
    assert Fact.objects.filter(kind="inventory.observed").count() == 26


@pytest.mark.parametrize("invented", [True, False])
def test_a_demonstration_stays_one_wherever_it_is_restored_and_nothing_else_becomes_one(
    own_database: Any, clock: Any, tmp_path: Path, settings: Any, invented: bool
) -> None:
    site = first_start(clock(), demo=invented)
    ani = add_person(
        full_name="Ani", email="ani@contoh.test", site=site, role="pengguna", by=None, now=clock()
    )
    publish_shipped(clock())
    path = backup.make(now=clock())
    clear(tmp_path, settings)
    settings.DATA = tmp_path  # of somebody whose demonstration an older Tertib stamped
    (tmp_path / "demo").touch()
    restore(path, now=clock())
    assert Company.objects.get().is_demo is invented
    client = Client()
    client.force_login(User.objects.get(uuid=ani.uuid))
    page = client.get("/akun").content.decode()
    assert ("Demonstrasi." in page) is invented


def test_the_restored_ledger_is_append_only_again(
    company: Any, clock: Any, tmp_path: Path, settings: Any
) -> None:
    path = backup.make(now=clock())
    clear(tmp_path, settings)
    restore(path, now=clock())
    assert append_only.missing() == []


@pytest.mark.parametrize("part", [0.02, 0.3, 0.6, 0.9, 0.999])
def test_a_truncated_file_is_refused_before_anything_is_touched(
    company: Any, clock: Any, part: float
) -> None:
    path = backup.make(now=clock())
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * part)])
    before = everything()
    with pytest.raises(Refused, match=r"backup|cadangan|rusak|utuh"):
        restore(path, now=clock(), replace=True)
    assert everything() == before


def test_every_flipped_byte_is_found(company: Any, clock: Any) -> None:
    path = backup.make(now=clock())
    whole, chance = path.read_bytes(), random.Random(7)  # noqa: S311 - no secret
    noticed = 0
    for _try in range(60):
        at = chance.randrange(len(whole))
        path.write_bytes(
            whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :]
        )
        try:
            Reader.open(path).check()
        except Refused:
            noticed += 1
        else:  # a byte that means nothing (a time stamp in a header): all the rows are still right
            Reader.open(path).check()
    assert noticed >= 50


def test_a_changed_row_with_a_fresh_checksum_of_its_own_is_found(company: Any, clock: Any) -> None:
    path = backup.make(now=clock())
    forged = path.with_suffix(".forged")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(forged, "w") as target:
        for info in source.infolist():
            content = source.read(info)
            if info.filename == "rows/evidence.fact":
                content = content.replace(b'"os_supported":true', b'"os_supported":null')
            target.writestr(info.filename, content)
        target.comment = source.comment
    with pytest.raises(Refused, match=r"evidence\.fact"):
        Reader.open(forged).check()


def test_a_newer_backup_is_refused_with_what_to_do(company: Any, clock: Any) -> None:
    path = backup.make(now=clock())
    newer = path.with_suffix(".newer")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(newer, "w") as target:
        for info in source.infolist():
            content = source.read(info)
            if info.filename == "manifest.json":
                manifest = json.loads(content)
                manifest["migrations"].append(["evidence", "0099_of_tomorrow"])
                content = json.dumps(manifest).encode()
                target.comment = sha256(content).hexdigest().encode()
            target.writestr(info.filename, content)
    before = everything()
    with pytest.raises(Refused, match="0099_of_tomorrow"):
        restore(newer, now=clock(), replace=True)
    assert everything() == before


def test_data_that_stands_there_is_never_written_over_unasked(company: Any, clock: Any) -> None:
    path, before = backup.make(now=clock()), everything()
    with pytest.raises(Refused):
        restore(path, now=clock())
    assert everything() == before


def test_replace_puts_aside_what_was_there(company: Any, clock: Any) -> None:
    path, before = backup.make(now=clock()), everything()
    if on_postgresql():
        with pytest.raises(Refused):  # nothing is put aside there: the database has to be empty
            restore(path, now=clock(), replace=True)
        return
    ledger.record(OBSERVED, Subject.objects.get(label="AST-1"), occurred_at=clock(), body={})
    done = restore(path, now=clock(), replace=True)
    assert everything() == before
    assert done.aside
    assert (done.aside / "db.sqlite3").exists()


def test_a_failure_half_way_brings_back_what_was_there(
    company: Any,
    clock: Any,
    tmp_path: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path, before = backup.make(now=clock()), everything()

    def full(_reader: Reader) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tertib.keep.restore._unpack", full)
    if on_postgresql():
        clear(tmp_path, settings)
    with pytest.raises(Refused, match="No space left"):
        restore(path, now=clock(), replace=True)
    if on_postgresql():
        assert connections["default"].introspection.table_names() == []
    else:
        assert everything() == before
        assert (Path(settings.MEDIA_ROOT) / "ab" / "cdef").exists()


def test_backups_are_kept_two_weeks_and_the_newest_for_ever(company: Any, clock: Any) -> None:
    made = []
    for _night in range(4):
        made.append(backup.make(now=clock()))
        clock.move(days=6)
    assert backup.forget_old(now=clock()) == made[:2]
    assert backup.forget_old(now=clock() + timedelta(days=400)) == [made[2]]
    assert made[3].exists()


def test_no_secret_key_is_in_a_backup(company: Any, clock: Any, settings: Any) -> None:
    if not Path(settings.KEYRING).exists():
        keyring.create(Path(settings.KEYRING))
    path = backup.make(now=clock())
    with zipfile.ZipFile(path) as archive:
        assert not [name for name in archive.namelist() if "keyring" in name]


def test_one_who_writes_meanwhile_does_not_wait(
    company: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy is what is read: a fact recorded while the backup runs is kept, not in it."""
    asset = Subject.objects.get(label="AST-1")
    seen: list[Fact] = []
    lines = rows.lines

    def slowly(*given: Any) -> Iterator[bytes]:
        if not seen and not on_postgresql():
            seen.append(ledger.record(OBSERVED, asset, occurred_at=clock(), body={}))
        return lines(*given)

    monkeypatch.setattr(rows, "lines", slowly)
    path = backup.make(now=clock())
    assert Reader.open(path).manifest.tables["evidence.fact"].rows >= 25
    Reader.open(path).check()
