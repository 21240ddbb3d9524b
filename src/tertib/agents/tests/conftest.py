import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from tertib.agents.actions import enrol
from tertib.agents.tests.machines import AGENT_ID, Send
from tertib.agents.tests.machines import packed as pack
from tertib.evidence import ledger
from tertib.people.actions import first_start
from tertib.people.models import Site
from tertib.vault import keyring


@pytest.fixture
def office(db: None) -> Site:
    if not settings.KEYRING.exists():
        keyring.create(settings.KEYRING)
    return first_start(ledger.now())


@pytest.fixture
def address(office: Site) -> str:
    return enrol(office, ledger.now())


@pytest.fixture
def send(client: Client, address: str) -> Send:
    def post(body: bytes, *, packed: bool = True, **headers: str) -> HttpResponse:
        sent = {"GLPI-Agent-ID": AGENT_ID, "User-Agent": "GLPI-Agent_v1.12-dev"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return client.post(
            address,
            pack(body) if packed else body,
            content_type="application/x-compress-zlib",
            headers={name: value for name, value in sent.items() if value},
        )

    return post
