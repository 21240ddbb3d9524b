import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.test import Client

from conftest import OwnDatabase
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
    def post(body: bytes, *, packed: bool = True, **headers: str) -> Any:
        sent = {"GLPI-Agent-ID": AGENT_ID, "User-Agent": "GLPI-Agent_v1.12-dev"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return client.post(
            address,
            pack(body) if packed else body,
            content_type="application/x-compress-zlib",
            headers={name: value for name, value in sent.items() if value},
        )

    return post


@dataclass(frozen=True)
class House:
    """A real web server of its own on a private port."""

    url: str
    secret: str  # of the enrolment
    pids: list[int]  # of its processes that answer
    log: Path


@pytest.fixture
def house(own_database: OwnDatabase) -> Iterator[House]:
    keyring.create(settings.KEYRING)
    address = enrol(first_start(ledger.now()), ledger.now())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = own_database.folder / "web.log"
    argv = [sys.executable, "-m", "tertib.cli", "web", "--port", str(port)]
    with log.open("wb") as out:
        web = subprocess.Popen(argv, env=own_database.environ, stdout=out, stderr=out)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_it_answers(f"{url}/health", web, log)
        children = Path(f"/proc/{web.pid}/task/{web.pid}/children").read_text()
        yield House(url, address.split("/")[2], [int(pid) for pid in children.split()], log)
    finally:
        web.terminate()
        web.wait(20)


def _wait_until_it_answers(url: str, web: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(600):
        assert web.poll() is None, log.read_text()
        try:
            with urlopen(url, timeout=5) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    pytest.fail(log.read_text())
