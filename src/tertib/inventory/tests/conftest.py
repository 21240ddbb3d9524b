from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from tertib.agents.actions import enrol
from tertib.agents.tests.machines import packed
from tertib.evidence import ledger
from tertib.people.actions import add_person, first_start
from tertib.people.models import Site, User
from tertib.vault import keyring

type Report = Callable[..., int]


@pytest.fixture
def office(db: None) -> Site:
    if not settings.KEYRING.exists():
        keyring.create(settings.KEYRING)
    return first_start(ledger.now())


@pytest.fixture
def report(client: Client, office: Site) -> Report:
    """Let an agent of the office send a report; return the status of the answer."""
    address = enrol(office, ledger.now())

    def post(body: bytes, *, agent: str = "", **headers: str) -> int:
        told = {"GLPI-Agent-ID": agent} if agent else {}
        response = client.post(
            address, packed(body), content_type="application/x-compress-zlib", headers=told
        )
        return response.status_code

    return post


@pytest.fixture
def budi(office: Site) -> User:
    """Somebody of the infrastructure team."""
    return add_person(
        full_name="Budi Santoso",
        email="budi@contoh.test",
        site=office,
        role="infra",
        by=None,
        now=ledger.now(),
    )


@pytest.fixture
def ani(office: Site) -> User:
    return add_person(
        full_name="Ani Lestari",
        email="ani@contoh.test",
        site=office,
        role="pengguna",
        by=None,
        now=ledger.now(),
    )
