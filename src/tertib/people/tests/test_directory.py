"""The people come from a real OpenLDAP server: who joins, changes and leaves; what is refused."""

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tertib.audit.models import Entry as Audited
from tertib.evidence.models import Fact
from tertib.notify.models import Notice
from tertib.people import actions, directory
from tertib.people.actions import directory as looks
from tertib.people.directory import ACTIVE_DIRECTORY, OPENLDAP, Mapped
from tertib.people.ldap import ber, client, filters
from tertib.people.ldap.client import Entry, Server, Trouble
from tertib.people.models import Directory, DirectoryEntry, Site, User
from tertib.people.tests.conftest import hire
from tertib.people.tests.slapd import PASSWORD, PEOPLE, READER, Slapd, certify, person, slapd
from tertib.vault import keyring

NOW = datetime(2026, 6, 1, 2, tzinfo=UTC)
DAY = timedelta(days=1)
STAFF = ("ani", "citra", "eko", "fitri", "gita", "hadi", "indah", "joko")


@pytest.fixture(autouse=True)
def house(settings: Any, tmp_path: Path) -> None:
    settings.OUTGOING_ALLOWED = ["127.0.0.0/8"]
    settings.KEYRING = tmp_path / "keyring"
    keyring.create(settings.KEYRING)


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Slapd]:
    with slapd(tmp_path / "ldap") as running:
        running.fill(person(uid) for uid in STAFF)
        yield running


def told(there: Slapd, **more: Any) -> dict[str, Any]:
    said = {"host": "127.0.0.1", "port": there.tls_port, "security": "tls", "bind_dn": READER}
    said |= {"authority": there.authority, "base": PEOPLE, "daily": True}
    return {**said, **OPENLDAP, **more}


def set_up(there: Slapd, admin: User, **more: Any) -> Directory:
    looks.set_directory(told(there, **more), PASSWORD, by=admin, now=NOW)
    return Directory.objects.get()


@pytest.fixture
def known(there: Slapd, admin: User) -> Slapd:
    """An admin looked into the directory once and took what it says."""
    take(set_up(there, admin), NOW)
    return there


def take(found: Directory, now: datetime) -> looks.Look:
    seen = looks.look(found, by=None, now=now)
    assert not looks.take(seen, by=None, now=now).refused
    return seen


def kinds(email: str) -> list[str]:
    subject = User.objects.get(email=email).uuid
    facts = Fact.objects.filter(subject=subject).order_by("seq")
    return list(facts.values_list("kind", flat=True))


def working() -> set[str]:
    people = User.objects.filter(is_active=True).values_list("email", flat=True)
    return {email.partition("@")[0] for email in people}


def server(there: Slapd, **more: Any) -> Server:
    said = {"host": "127.0.0.1", "port": there.tls_port, "security": "tls", "user": READER}
    said |= {"password": PASSWORD, "authority": there.authority, "allowed": ["127.0.0.0/8"]}
    return Server(**{**said, **more})


def search(asked: Server, written: str = "(uid=*)", base: str = PEOPLE) -> list[str]:
    found = client.search(asked, base=base, written=written, attributes=["uid"])
    return sorted(entry.values["uid"][0].decode() for entry in found)


ldap = pytest.mark.service("slapd")


@ldap
def test_people_join_change_and_leave_by_the_directory(known: Slapd, office: Site) -> None:
    found = Directory.objects.get()
    assert working() == {*STAFF, "dewi"}
    assert kinds("ani@example.com") == []  # the first list makes no newcomers
    known.fill(
        [
            person("ani", name="Ani Wulandari", ou="Tim TI", l="KANTOR PUSAT"),
            *(person(uid) for uid in STAFF[2:]),
            person("kiki"),
        ]
    )
    seen = take(found, NOW + DAY)
    assert {(c.kind, c.email.partition("@")[0]) for c in seen.plan.changes} == {
        *(("change", "ani"), ("join", "kiki"), ("leave", "citra"))
    }
    ani = User.objects.get(email="ani@example.com")
    assert (ani.full_name, ani.team, ani.site) == ("Ani Wulandari", "tim_ti", office)
    assert kinds("citra@example.com") == ["person.left"]
    assert kinds("kiki@example.com") == ["person.joined"]
    assert take(found, NOW + 2 * DAY).plan.changes == []


@ldap
def test_who_never_was_in_it_does_not_leave_by_missing_from_it(
    there: Slapd, admin: User, office: Site
) -> None:
    hire(office, "Tamu", "pengguna")
    found = set_up(there, admin)
    take(found, NOW)
    there.fill(person(uid) for uid in STAFF)
    take(found, NOW + DAY)
    assert {"tamu", "dewi"} <= working()


@ldap
def test_somebody_with_another_address_stays_the_same_person(known: Slapd) -> None:
    ani = User.objects.get(email="ani@example.com")
    others = [person(uid) for uid in STAFF[1:]]
    known.fill([person("ani", mail="Ani.W@example.com"), *others])
    seen = take(Directory.objects.get(), NOW + DAY)
    assert (seen.moves, seen.plan.changes) == ({"ani@example.com": "ani.w@example.com"}, [])
    ani.refresh_from_db()
    assert (ani.email, ani.is_active) == ("ani.w@example.com", True)
    assert Audited.objects.filter(action="change_person", subject=ani.uuid).exists()
    # Her old address is given to somebody new: that is another person.
    known.fill([person("ani", mail="ani.w@example.com"), person("ani2", mail="ani@example.com")])
    seen = looks.look(Directory.objects.get(), by=None, now=NOW + 2 * DAY)
    assert [c.email for c in seen.plan.changes if c.kind == "join"] == ["ani@example.com"]


@ldap
def test_each_day_it_is_read_and_a_mass_leave_is_refused_and_told(
    known: Slapd, admin: User
) -> None:
    assert looks.read_daily(now=NOW + DAY) == "taken"
    known.fill(person(uid) for uid in STAFF[:6])  # two of eight: a company may lose two at once
    assert looks.read_daily(now=NOW + 2 * DAY) == "taken"
    assert len(working()) == 7
    known.fill(person(uid) for uid in STAFF[:3])  # three of six
    for _again in range(2):
        assert looks.read_daily(now=NOW + 3 * DAY) == "refused"
    assert len(working()) == 7
    outcome = Directory.objects.get().outcome
    assert outcome["trouble"] == looks.MANY_LEAVE
    notice = Notice.objects.get(topic="people.directory")
    assert notice.person == admin.uuid
    # Somebody looks and finds it right.
    take(Directory.objects.get(), NOW + 3 * DAY)
    assert len(working()) == 4


@ldap
def test_an_empty_answer_lets_nobody_leave(known: Slapd) -> None:
    known.fill([person("robot", mail=None)])
    assert looks.read_daily(now=NOW + DAY) == "refused"
    assert Directory.objects.get().outcome["trouble"] == looks.EMPTY
    assert len(working()) == len(STAFF) + 1


@ldap
def test_who_left_here_is_not_brought_back_by_an_open_account(known: Slapd) -> None:
    citra = User.objects.get(email="citra@example.com")
    actions.leave(citra, left_at=NOW + DAY, by=None, now=NOW + DAY)
    assert looks.read_daily(now=NOW + 2 * DAY) == "taken"
    assert "citra" not in working()
    seen = looks.look(Directory.objects.get(), by=None, now=NOW + 2 * DAY)
    assert [(c.kind, c.email) for c in seen.plan.changes] == [("back", "citra@example.com")]


@ldap
def test_entries_that_are_not_whole_are_told_and_let_nobody_leave(known: Slapd) -> None:
    known.fill(
        [
            person("ani", mail="bukan alamat"),
            person("citra", mail="joko@example.com"),
            person("joko"),
            *(person(uid) for uid in STAFF[2:7]),
            person("kiki", l="Bulan"),
            person("robot", mail=None),
        ]
    )
    seen = take(Directory.objects.get(), NOW + DAY)
    assert [fault.why for fault in seen.read.faults] == [
        "This is no e-mail address.",
        *["Several entries have this address."] * 2,
    ]
    assert (seen.read.nameless, seen.read.elsewhere) == (1, {"Bulan"})
    assert [change.email for change in seen.plan.changes] == ["kiki@example.com"]
    assert len(working()) == len(STAFF) + 2


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


@ldap
def test_away_changes_nobody_and_is_told(known: Slapd) -> None:
    known.stop()
    assert looks.read_daily(now=NOW + DAY) == "refused"
    assert Directory.objects.get().outcome["trouble"] == client.AWAY
    assert len(working()) == len(STAFF) + 1


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


@ldap
def test_the_pages_show_first_and_change_then(
    as_admin: Client, there: Slapd, settings: Any
) -> None:
    as_admin.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    form = {**told(there), "bind_password": PASSWORD, "daily": "on"}
    assert as_admin.post("/pengaturan/direktori", form).status_code == 302
    with connection.cursor() as cursor:
        cursor.execute("SELECT bind_password FROM people_directory")
        assert PASSWORD not in str(cursor.fetchall())
    assert PASSWORD not in as_admin.get("/pengaturan/direktori").content.decode()
    page = as_admin.post("/pengaturan/direktori/lihat").content.decode()
    assert "8 people would change" in page
    assert working() == {"dewi"}
    mark = page.split('name="fingerprint" value="')[1].split('"')[0]
    there.fill(person(uid) for uid in (*STAFF, "kiki"))
    page = as_admin.post("/pengaturan/direktori/lihat", {"fingerprint": mark}).content.decode()
    assert "9 people would change" in page  # it says something else by now
    mark = page.split('name="fingerprint" value="')[1].split('"')[0]
    page = as_admin.post("/pengaturan/direktori/lihat", {"fingerprint": mark}).content.decode()
    assert "9 joined" in page
    there.fill([person("ani")])
    page = as_admin.post("/pengaturan/direktori/lihat").content.decode()
    assert "More than a fifth of the people would leave at once" in page
    there.stop()
    page = as_admin.post("/pengaturan/direktori/lihat").content.decode()
    assert "The directory does not answer at present." in page
    as_admin.post("/pengaturan/direktori", {**form, "bind_password": "", "base": "ou=x"})
    assert Directory.objects.get().bind_password == PASSWORD
    as_admin.post("/pengaturan/direktori/hapus")
    assert not DirectoryEntry.objects.exists()


FORM = {
    "host": "ldap.example.com",
    "port": "636",
    "security": "tls",
    "bind_dn": "",
    "base": "dc=example",
    **OPENLDAP,
}


@pytest.mark.parametrize(
    "bent",
    [
        *({"filter": "uid=*"}, {"filter": "(uid=*"}, {"name": "c n"}, {"key": ""}),
        *({"authority": "PEM"}, {"security": "none"}, {"port": "0"}, {"bind_dn": "cn=x"}),
    ],
)
def test_settings_that_cannot_work_are_refused(as_admin: Client, bent: dict[str, str]) -> None:
    assert as_admin.post("/pengaturan/direktori", {**FORM, **bent}).status_code == 422
    assert not Directory.objects.exists()


def test_both_examples_can_be_saved(as_admin: Client) -> None:
    assert "entryUUID" in as_admin.get("/pengaturan/direktori").content.decode()
    page = as_admin.get("/pengaturan/direktori?contoh=ad").content.decode()
    assert "objectGUID" in page
    assert as_admin.post("/pengaturan/direktori", {**FORM, **ACTIVE_DIRECTORY}).status_code == 302


def test_what_active_directory_says_is_read() -> None:
    guid = UUID("12345678-9abc-def0-1234-56789abcdef0")
    values = {
        "objectguid": [guid.bytes_le],
        "displayname": [b"Siti  Rahma"],
        "mail": [b"Siti@Example.com"],
        "department": [b"Tim TI"],
    }
    mapped = Mapped(**{k: v for k, v in ACTIVE_DIRECTORY.items() if k != "filter"})
    found = directory.read([Entry("CN=Siti", values)], mapped, sites=[])
    [row] = found.rows
    assert (row.name, row.email, row.team) == ("Siti Rahma", "siti@example.com", "tim_ti")
    assert found.keys == {"siti@example.com": str(guid)}
    assert filters.encode(ACTIVE_DIRECTORY["filter"])


@pytest.mark.parametrize(
    ("leavers", "people", "so"),
    [(1, 1, False), (2, 4, False), (3, 15, False), (3, 14, True), (31, 150, True)],
)
def test_how_many_leavers_are_suspicious(leavers: int, people: int, so: bool) -> None:
    assert directory.suspicious(leavers, people) is so


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
