"""The first page of who sees only their own work: what waits for them, and nothing else."""

from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tertib.evidence import ledger
from tertib.people.actions import add_person, first_start
from tertib.people.models import User
from tertib.sop.actions import approve, publish_shipped
from tertib.vault import keyring
from tertib.work.actions import open_task

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
MOST = 15


@pytest.fixture
def house(db: None) -> dict[str, User]:
    if not settings.KEYRING.exists():
        keyring.create(settings.KEYRING)
    site = first_start(NEW_YEAR)
    publish_shipped(NEW_YEAR)
    return {
        role: add_person(
            full_name=f"Siti {role}",
            email=f"{role}@example.com",
            site=site,
            role=role,
            by=None,
            now=NEW_YEAR,
        )
        for role in ("pengguna", "kepala_ti", "manajemen")
    }


def home(person: User) -> str:
    client = Client()
    client.force_login(person)
    return " ".join(unescape(client.get("/").content.decode()).split())


def give(house: dict[str, User]) -> Any:
    now = ledger.now()
    return open_task(
        title="Serahkan laptop lama",
        due_by=now + timedelta(days=2),
        owner=house["pengguna"],
        by=house["kepala_ti"],
        now=now,
    )


def test_with_nothing_to_do_it_says_so(house: dict[str, User]) -> None:
    shown = home(house["pengguna"])
    assert "Tidak ada yang menunggu Anda" in shown
    assert "hero-n" not in shown  # the score is not what an employee comes for


def test_own_work_what_is_to_be_acknowledged_and_notices_stand_there(
    house: dict[str, User],
) -> None:
    approve(publish_shipped(NEW_YEAR), by=house["manajemen"].uuid, now=ledger.now())
    give(house)
    shown = home(house["pengguna"])
    assert 'href="/tugas/TGS-1"' in shown
    assert 'href="/pernyataan"' in shown
    assert "Pemberitahuan belum dibaca" in shown
    assert "Tidak ada yang menunggu Anda" not in shown


def test_the_head_of_it_still_gets_the_board(house: dict[str, User]) -> None:
    assert "hero-n" in home(house["kepala_ti"])


def test_it_stays_within_its_statements(house: dict[str, User]) -> None:
    approve(publish_shipped(NEW_YEAR), by=house["manajemen"].uuid, now=ledger.now())
    give(house)
    client = Client()
    client.force_login(house["pengguna"])
    with CaptureQueriesContext(connection) as asked:
        client.get("/")
    assert len(asked) <= MOST
