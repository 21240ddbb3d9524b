"""The page about backups: what is there, how old and whole, making one now, reading one back."""

from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tertib.audit.models import Entry
from tertib.jobs import actions as jobs
from tertib.jobs.models import Job
from tertib.jobs.worker import run
from tertib.keep import backup, shelf
from tertib.people.actions import add_person, first_start

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
PAGE = "/pengaturan/backup"


@pytest.fixture
def admin(own_database: Any, client: Client) -> Client:
    client.force_login(_hire("admin"))
    return client


def _hire(role: str) -> Any:
    return add_person(
        full_name=f"Citra {role}",
        email=f"{role}@example.com",
        site=first_start(NEW_YEAR),
        role=role,
        by=None,
        now=NEW_YEAR,
    )


def page(client: Client) -> str:
    return " ".join(unescape(client.get(PAGE).content.decode()).split())


def work() -> None:
    while job := jobs.claim("heavy", worker="w", now=timezone.now()):
        assert run(job)


def test_without_a_backup_it_says_so_and_what_to_do(admin: Client) -> None:
    shown = page(admin)
    assert "Belum ada backup" in shown
    assert "Buat sekarang" in shown


def test_one_is_made_now_however_often_that_is_pressed(admin: Client) -> None:
    for _press in range(3):
        assert admin.post(f"{PAGE}/buat").status_code == 302
    assert Job.objects.filter(status=Job.Status.READY).count() == 1
    assert "Backup menunggu dibuat" in page(admin)
    work()
    [made] = shelf.kept()
    shown = page(admin)
    assert made.name in shown
    assert "dibaca kembali dan utuh" in shown
    assert f"./tertib keep restore {made.path}" in shown
    assert Entry.objects.filter(action="ask_for_backup").count() == 3


def test_making_one_tells_how_far_it_is(admin: Client) -> None:
    told: list[tuple[int, int]] = []
    backup.make(now=timezone.now(), tell=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert len(told) > 20
    assert told[-1][0] == told[-1][1] - 1  # what is left is reading it back


def test_a_backup_that_rotted_is_found_by_reading_it_back(admin: Client) -> None:
    made = backup.make(now=timezone.now())
    admin.post(f"{PAGE}/{made.name}/periksa")
    work()
    assert "Patuh" in page(admin)
    _spoil(made)
    admin.post(f"{PAGE}/{made.name}/periksa")
    work()
    shown = page(admin)
    assert "Backup terbaru rusak" in shown
    assert "Tidak patuh" in shown


def test_an_old_one_is_not_called_well(admin: Client) -> None:
    backup.make(now=timezone.now() - timedelta(days=3))
    assert "Tidak patuh" in page(admin)


def test_a_name_leads_nowhere_else(admin: Client) -> None:
    for name in ("..%2fkeyring", "keyring", "tertib-x.backup"):
        assert admin.post(f"{PAGE}/{name}/periksa").status_code in (404, 409)
    assert not Job.objects.exists()


def test_only_an_admin_opens_it(own_database: Any, client: Client) -> None:
    client.force_login(_hire("kepala_ti"))
    assert client.get(PAGE).status_code == 403
    assert client.post(f"{PAGE}/buat").status_code == 403


def _spoil(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
