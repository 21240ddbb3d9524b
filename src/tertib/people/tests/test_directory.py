"""The people come from a real OpenLDAP server: who joins, changes and leaves; what is refused."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from tertib.audit.models import Entry as Audited
from tertib.evidence.models import Fact
from tertib.notify.models import Notice
from tertib.people import actions, directory
from tertib.people.actions import directory as looks
from tertib.people.directory import ACTIVE_DIRECTORY, OPENLDAP, Mapped
from tertib.people.ldap import client, filters
from tertib.people.ldap.client import Entry
from tertib.people.models import Directory, DirectoryEntry, Site, User
from tertib.people.tests.conftest import hire
from tertib.people.tests.slapd import PASSWORD, PEOPLE, READER, Slapd, person, slapd
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
def test_away_changes_nobody_and_is_told(known: Slapd) -> None:
    known.stop()
    assert looks.read_daily(now=NOW + DAY) == "refused"
    assert Directory.objects.get().outcome["trouble"] == client.AWAY
    assert len(working()) == len(STAFF) + 1


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
    there.start()
    page = as_admin.post("/pengaturan/direktori/lihat").content.decode()
    assert "The directory does not answer at present." not in page
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
