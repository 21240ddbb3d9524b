"""Who may report: a site's enrolment, in the address or as a password, and nobody else."""

from base64 import b64encode
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tertib.agents.actions import enrol, first_enrolment, revoke
from tertib.agents.models import Enrolment
from tertib.agents.tests.machines import FULL, PROLOG, packed
from tertib.evidence import ledger
from tertib.inventory.models import Asset
from tertib.people.models import Site

pytestmark = pytest.mark.django_db
OTHERS = [
    "/",
    "/front/inventory.php",
    "/plugins/fusioninventory/",
    "/plugins/fusioninventory",
    "/plugins/glpiinventory/",
    "/marketplace/glpiinventory",
    "/ocsinventory",
    "/ocsinventory/",
]


def basic(secret: str, user: str = "tertib") -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{user}:{secret}".encode()).decode()}


def secret_of(address: str) -> str:
    return address.split("/")[2]


@pytest.mark.parametrize("path", OTHERS)
def test_another_servers_address_takes_the_enrolment_as_a_password(
    client: Client, address: str, path: str
) -> None:
    told = client.post(
        path, PROLOG, content_type="application/xml", headers=basic(secret_of(address))
    )
    assert told.status_code == 200
    assert b"<RESPONSE>SEND</RESPONSE>" in told.content


class Unread(BytesIO):
    """A body that may not be read."""

    def read(self, *_: Any) -> bytes:
        raise AssertionError("the body was read")


@pytest.mark.parametrize("path", [*OTHERS, "/agent/guess/", "/agent/guess"])
@pytest.mark.parametrize("headers", [{}, basic("guess"), {"Authorization": "Basic %%%"}])
def test_a_stranger_is_refused_before_the_body_is_read(
    client: Client, path: str, headers: dict[str, str]
) -> None:
    body: dict[str, Any] = {"wsgi.input": Unread(), "CONTENT_LENGTH": "1000000"}
    told = client.generic("POST", path, b"", headers=headers, **body)
    assert told.status_code == 401
    assert told.headers["WWW-Authenticate"] == 'Basic realm="Tertib"'


def test_our_own_address_works_with_and_without_a_slash(client: Client, address: str) -> None:
    for path in (address, address.rstrip("/")):
        told = client.post(path, packed(FULL), content_type="application/x-compress-zlib")
        assert told.status_code == 200


def test_an_agent_needs_no_csrf_token(address: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    for path in (address, "/front/inventory.php", "/"):
        told = strict.post(
            path, PROLOG, content_type="application/xml", headers=basic(secret_of(address))
        )
        assert told.status_code == 200


def test_a_revoked_enrolment_lets_nobody_in(client: Client, office: Site) -> None:
    address, other = enrol(office, ledger.now()), enrol(office, ledger.now())
    first = Enrolment.objects.order_by("pk")[0]
    assert revoke(first, by=None, now=ledger.now())
    assert not revoke(first, by=None, now=ledger.now())
    statuses = [
        client.post(path, packed(FULL), content_type="application/x-compress-zlib").status_code
        for path in (address, other)
    ]
    assert statuses == [401, 200]


def test_the_first_enrolment_can_be_printed_again(office: Site) -> None:
    address = first_enrolment(office, ledger.now())
    assert first_enrolment(office, ledger.now()) == address
    assert secret_of(address).encode() not in raw_database()


def test_who_opens_the_address_in_a_browser_is_told_what_it_is(
    client: Client, address: str
) -> None:
    told = client.get(address)
    assert (told.status_code, told.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert client.put(address).status_code == 405
    assert not Asset.objects.exists()


def test_the_address_is_in_no_log(
    client: Client, office: Site, caplog: pytest.LogCaptureFixture, capfd: Any
) -> None:
    address = enrol(office, ledger.now())
    client.post(address, b"{broken", content_type="application/json")
    client.post(address + "nothing", b"", content_type="application/json")
    out = "".join(capfd.readouterr())
    assert secret_of(address) not in out


def raw_database() -> bytes:
    files = settings.DATA.glob("**/*") if hasattr(settings.DATA, "glob") else ()
    return b"".join(file.read_bytes() for file in files if file.is_file())
