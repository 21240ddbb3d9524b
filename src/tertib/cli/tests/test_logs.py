"""What a real server writes down of what it was asked: it names no key (decision 18)."""

import http.client
from urllib.parse import urlsplit

import pytest

from tertib.cli.tests.conftest import Start
from tertib.cli.tests.house import House, until

BLACKENED = "\N{HORIZONTAL ELLIPSIS}"
WRONG = (  # method, address, body: each is refused, and a refusal is logged
    ("POST", "{enrolment}", b"no report"),
    ("POST", "{enrolment}", b"<REQUEST><CONTENT>"),
    ("DELETE", "{enrolment}", b""),
    ("GET", "{enrolment}more", b""),
    ("POST", "{first}", b"full_name=x"),
    ("PUT", "{first}", b""),
    ("GET", "{first}/more?next={first}", b""),
    ("GET", "/tautan/{secret}", b""),
    ("PUT", "/tautan/{secret}", b""),
    ("POST", "/tautan/{secret}/", b""),
    ("POST", "/api/v1/facts", b"[1]"),
    ("POST", "/api/v1/facts?token={secret}", b"{"),
)


def ask(house: House, method: str, path: str, body: bytes, token: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=30)
    try:
        headers = {"Authorization": f"Bearer {token}", "Referer": f"http://x{path}"}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


@pytest.mark.long
@pytest.mark.once
def test_no_key_of_an_address_or_a_header_is_in_a_log(start_again: Start) -> None:
    house = start_again().wait()
    first = urlsplit(house.told("become the administrator")).path
    enrolment = urlsplit(house.told("Inventory agents")).path
    token = house.verb("tokens", "issue", "nas").stdout.split()[-1]
    keys = {first.split("/")[2], enrolment.split("/")[2], token}
    assert len(keys) == 3
    assert min(map(len, keys)) > 30
    for method, path, body in WRONG:
        address = path.format(first=first, enrolment=enrolment, secret=token)
        assert ask(house, method, address, body, token) >= 400, address
    log = house.folder / "log"
    until(lambda: "/tautan/" in (log / "web.log").read_text())
    house.stop()
    written = {file.name: file.read_text() for file in log.iterdir()}
    for shown in ("/agent/", "/mulai/", "/tautan/"):
        assert f"{shown}{BLACKENED}" in written["web.log"]
    assert [(name, key) for name, text in written.items() for key in keys if key in text] == []
