from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tertib.evidence import subjects
from tertib.evidence.models import Subject
from tertib.people.actions import add_person, first_start
from tertib.people.models import Site, User
from tertib.sop.actions import publish_shipped
from tertib.vault import keyring
from tertib.work.actions import Lapse, open_lines, open_task
from tertib.work.models import Item


def hire(site: Site, name: str, role: str, now: datetime) -> User:
    return add_person(
        full_name=name,
        email=f"{name.split()[0].lower()}@contoh.test",
        site=site,
        role=role,
        by=None,
        now=now,
    )


@pytest.fixture
def office(db: None, clock) -> Site:  # type: ignore[no-untyped-def]
    """A company with the shipped SOP, at nine on a Monday in Jakarta."""
    if not settings.KEYRING.exists():
        keyring.create(settings.KEYRING)
    site = first_start(clock.now)
    publish_shipped(clock.now)
    return site


@pytest.fixture
def dewi(office: Site, clock) -> User:  # type: ignore[no-untyped-def]
    return hire(office, "Dewi Anggraini", "kepala_ti", clock.now)


@pytest.fixture
def budi(office: Site, clock) -> User:  # type: ignore[no-untyped-def]
    """Of infrastructure: what lapses in the inventory is his."""
    return hire(office, "Budi Santoso", "infra", clock.now)


@pytest.fixture
def hadi(office: Site, clock) -> User:  # type: ignore[no-untyped-def]
    return hire(office, "Hadi Wijaya", "manajemen", clock.now)


@pytest.fixture
def laptop(office: Site, clock) -> Subject:  # type: ignore[no-untyped-def]
    return subjects.introduce("asset", label="LPT-7", now=clock.now)


def lapse(subject: Subject, at: datetime, *, control: str = "inv.hw.fresh") -> Item:
    """Let a subject lapse and return the control's open item."""
    open_lines(control, [Lapse(subject.uuid, 0, at, None)], now=at)
    return Item.objects.get(control=control, closed_at=None)


@pytest.fixture
def ani(office: Site, clock: Any) -> User:
    """An employee: sees her own work and nobody else's."""
    return hire(office, "Ani Lestari", "pengguna", clock.now)


def task(owner: User, clock: Any, title: str = "Ganti UPS", days: float = 3) -> Item:
    due_by = clock.now + timedelta(days=days)
    return open_task(title=title, due_by=due_by, owner=owner, by=owner, now=clock.now)


def seen_by(person: User, client: Client, address: str) -> str:
    client.force_login(person)
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()
