"""A backup that is older than an erasure brings a name back, and Tertib takes it away again."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tertib.audit.models import Entry
from tertib.cli.main import main
from tertib.evidence import seals
from tertib.keep import backup
from tertib.keep.tests.test_backup import clear
from tertib.people import actions, erased
from tertib.people.actions import erasing
from tertib.people.models import User
from tertib.project.tests.test_a_person_is_erased import TRACES, Office, everything
from tertib.vault import keyring


@pytest.fixture
def office(own_database: Any, clock: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A company with a data folder of its own, in which somebody works who is erased later."""
    monkeypatch.setattr(settings, "DATA", tmp_path)
    monkeypatch.setenv("LANG", "en")
    if not Path(settings.KEYRING).exists():
        keyring.create(Path(settings.KEYRING))
    return Office(clock)


def erase(office: Office) -> None:
    now = office.clock.move(days=1)
    actions.leave(office.zoe, left_at=now, by=office.admin, now=now)
    actions.erase_person(office.zoe, by=office.admin, now=now)


def restore(path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert main(["keep", "restore", str(path)]) in (0, None)
    return capsys.readouterr().out


def traces() -> list[str]:
    return [trace for trace in TRACES if trace in everything()]


def test_the_restore_erases_again_by_itself_and_every_seal_holds(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever still worked here when the backup was made has left by the day of the erasure."""
    seals.seal(now=office.clock.now)
    path = backup.make(now=office.clock.now)
    erase(office)
    told = erased.path().read_text()
    assert told.startswith(f"{office.zoe.uuid} ")
    assert not [trace for trace in TRACES if trace in told.lower()]
    assert erased.path().stat().st_mode & 0o77 == 0
    clear(tmp_path, settings)
    said = restore(path, capsys)
    assert f"erased again: {erasing.pseudonym(office.zoe)}" in said
    assert "does not know" not in said
    assert traces() == []
    zoe = User.objects.get(uuid=office.zoe.uuid)
    assert (zoe.is_active, zoe.roles(now=office.clock.now)) == (False, frozenset())
    assert Entry.objects.get(action="erase_again").subject == zoe.uuid
    office.clock.move(days=1)
    seals.seal(now=office.clock.now)
    assert not seals.verify().faults
    assert not actions.erase_again(now=office.clock.now).erased  # once is enough


def test_a_machine_that_does_not_know_says_what_has_to_be_checked_and_up_does_the_rest(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = backup.make(now=office.clock.now)
    erase(office)
    kept = erased.path().read_text()
    erased.path().unlink()
    clear(tmp_path, settings)
    said = restore(path, capsys)
    assert "this machine does not know: their names are back" in said
    assert str(erased.path()) in said
    assert traces() != []
    erased.path().write_text(kept)  # the old data folder is found again; what `up` does at start:
    assert len(actions.erase_again(now=office.clock.now).erased) == 1
    assert traces() == []


def test_the_only_admin_of_a_backup_is_left_alone_and_told(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    actions.give_role(office.zoe, "admin", by=office.admin, now=office.clock.now)
    actions.leave(office.admin, left_at=office.clock.now, by=None, now=office.clock.now)
    path = backup.make(now=office.clock.now)
    now = office.clock.move(days=1)
    actions.give_role(office.head, "admin", by=office.zoe, now=now)
    actions.leave(office.zoe, left_at=now, by=office.head, now=now)
    actions.erase_person(office.zoe, by=office.head, now=now)
    clear(tmp_path, settings)
    said = restore(path, capsys)
    assert f"/orang/{office.zoe.uuid} had been erased, but is the only administrator" in said
    assert User.objects.get(uuid=office.zoe.uuid).is_active


def test_the_list_is_made_up_for_from_the_database_and_a_torn_line_harms_nobody(
    office: Office,
) -> None:
    erase(office)
    erased.path().write_text("6b0c")  # the disk was full in the middle of a line
    assert erased.listed() == {}
    assert erased.write_down() == 1
    assert erased.write_down() == 0
    assert list(erased.listed()) == [office.zoe.uuid]
    connection.close()
