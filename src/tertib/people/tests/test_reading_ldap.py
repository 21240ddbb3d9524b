"""The LDAP reader against a real OpenLDAP server, one that is away, and ones that talk nonsense."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertib.people.ldap import ber, client, filters
from tertib.people.ldap.client import Server, Trouble
from tertib.people.tests.slapd import PASSWORD, PEOPLE, READER, Slapd, certify, person, slapd

STAFF = ("ani", "citra", "eko", "fitri", "gita", "hadi", "indah", "joko")
ldap = pytest.mark.service("slapd")


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Slapd]:
    with slapd(tmp_path / "ldap") as running:
        running.fill(person(uid) for uid in STAFF)
        yield running


def server(there: Slapd, **more: Any) -> Server:
    said = {"host": "127.0.0.1", "port": there.tls_port, "security": "tls", "user": READER}
    said |= {"password": PASSWORD, "authority": there.authority, "allowed": ["127.0.0.0/8"]}
    return Server(**{**said, **more})


def search(asked: Server, written: str = "(uid=*)", base: str = PEOPLE) -> list[str]:
    found = client.search(asked, base=base, written=written, attributes=["uid"])
    return sorted(entry.values["uid"][0].decode() for entry in found)


@ldap
def test_many_people_come_page_by_page(there: Slapd, monkeypatch: pytest.MonkeyPatch) -> None:
    there.fill(person(f"orang{number:03}") for number in range(40))
    monkeypatch.setattr(client, "PAGE", 5)
    assert len(search(server(there))) == 40
    monkeypatch.setattr(client, "ENTRIES", 30)
    with pytest.raises(Trouble) as raised:
        search(server(there))
    assert raised.value.words == client.MANY


@ldap
@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("(&(objectClass=inetOrgPerson)(uid=ani))", ["ani"]),
        ("(|(uid=ani)(uid=eko))", ["ani", "eko"]),
        ("(&(uid=*i*)(!(uid=a*)))", ["citra", "fitri", "gita", "hadi", "indah"]),
        ("(uid=f*r*)", ["fitri"]),
        ("(uid=*ra)", ["citra"]),
        (r"(cn=\41ni)", ["ani"]),
        ("(uid:caseIgnoreMatch:=ANI)", ["ani"]),
        ("(cn~=Ani)", ["ani"]),
        ("(uid=siapa)", []),
    ],
)
def test_filters_mean_what_the_server_takes_them_for(
    there: Slapd, written: str, found: list[str]
) -> None:
    assert search(server(there), written) == found


@ldap
def test_starttls_is_as_good(there: Slapd) -> None:
    assert search(server(there, port=there.port, security="starttls")) == sorted(STAFF)


def trouble(asked: Server, **how: Any) -> str:
    with pytest.raises(Trouble) as raised:
        search(asked, **how)
    assert PASSWORD not in raised.value.detail
    return raised.value.words


@ldap
def test_a_wrong_password_base_or_filter_is_said_so(there: Slapd) -> None:
    assert trouble(server(there, password="salah")) == client.LOGIN
    assert trouble(server(there, password="")) == client.LOGIN
    assert trouble(server(there, user="cn=nobody,dc=example,dc=com")) == client.LOGIN
    assert trouble(server(there), base="ou=moon,dc=example,dc=com") == client.NOWHERE
    assert trouble(server(there), base="nonsense") == client.REFUSED
    assert trouble(server(there), written="(uid=") == client.NO_FILTER


@ldap
def test_a_certificate_that_does_not_hold_ends_it_before_the_password_is_told(
    there: Slapd, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = certify(tmp_path / "other", "127.0.0.1")
    for security, port in (("tls", there.tls_port), ("starttls", there.port)):
        asked = server(there, authority=other, security=security, port=port)
        assert trouble(asked) == client.TLS
        assert trouble(server(there, authority="", security=security, port=port)) == client.TLS
    with slapd(tmp_path / "named", name="ldap.example.org") as named:
        named.fill([person("ani")])
        assert trouble(server(named)) == client.TLS
    with slapd(tmp_path / "plain", certified=False) as plain:
        plain.fill([person("ani")])
        assert trouble(server(plain, port=plain.port, security="starttls")) == client.NO_TLS
        assert trouble(server(plain, port=plain.port)) in (client.TLS, client.AWAY)


@ldap
def test_a_server_that_is_away_is_said_so(there: Slapd) -> None:
    there.stop()
    assert trouble(server(there)) == client.AWAY


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (None, client.AWAY),  # it hangs
        (b"", client.AWAY),  # it hangs up
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", client.NONSENSE),
        (b"0\x84\x7f\xff\xff\xff", client.NONSENSE),  # two gigabytes to come
        (b"0\x0c\x02\x01\x00x\x07\n\x01\x004\x004\x00", client.AWAY),  # "I hang up"
        (b"0\x0c\x02\x01\x02x\x07\n\x01\x00\x04\x00\x04\x00", client.NONSENSE),
        (b"0\x0c\x02\x01\x01x\x07\n\x01\x02\x04\x00\x04\x00", client.NO_TLS),
    ],
)
def test_a_server_that_hangs_or_talks_nonsense(
    said: bytes | None, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "STEP", 0.3)
    listening = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []

    def answer() -> None:
        caller, _address = listening.accept()
        held.append(caller)
        caller.recv(1000)
        if said is not None:
            caller.sendall(said)
            caller.shutdown(socket.SHUT_WR)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    port = listening.getsockname()[1]
    asked = Server("127.0.0.1", port, "starttls", allowed=["127.0.0.0/8"])
    assert trouble(asked) == words
    thread.join()
    for one in (listening, *held):
        one.close()


def test_a_directory_inside_is_asked_only_where_that_is_allowed() -> None:
    assert trouble(Server("127.0.0.1", 636, "tls")) == client.INSIDE
    assert trouble(Server("169.254.169.254", 636, "tls")) == client.INSIDE


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    try:
        found = list(ber.elements(data))
    except ber.Malformed:
        return
    assert b"".join(ber.tlv(tag, content) for tag, content in found)[:1] == data[:1]


@given(st.text(alphabet="()&|!=*\\abc:;.<>~ 0", max_size=40))
def test_no_filter_breaks_the_reader(written: str) -> None:
    try:
        encoded = filters.encode(written)
    except filters.Wrong:
        return
    assert len(list(ber.elements(encoded))) == 1


@given(st.integers(-(2**40), 2**40))
def test_numbers_come_back(number: int) -> None:
    [(_tag, content)] = ber.elements(ber.number(number))
    assert ber.value(content) == number
