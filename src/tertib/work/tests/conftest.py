from datetime import datetime

import pytest
from django.conf import settings

from tertib.evidence import subjects
from tertib.evidence.models import Subject
from tertib.people.actions import add_person, first_start
from tertib.people.models import Site, User
from tertib.sop.actions import publish_shipped
from tertib.vault import keyring
from tertib.work.actions import Lapse, open_lines
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
