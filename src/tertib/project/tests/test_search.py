"""The search of every page: what it finds, for whom, and what it costs."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tertib.agents.actions import enrol
from tertib.agents.tests.machines import FULL, packed
from tertib.evidence import ledger
from tertib.people.actions import add_person, first_start
from tertib.people.models import User
from tertib.sop.actions import publish_shipped
from tertib.vault import keyring
from tertib.work.actions import open_task

pytestmark = pytest.mark.django_db
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
MOST = 12  # statements: who asks and their roles, the law, one for each source
PEOPLE = {
    "Siti Rahmawati": "pengguna",
    "Bayu Prasetyo": "helpdesk",
    "Dewi Anggraini": "kepala_ti",
    "Citra Halim": "admin",
}


@pytest.fixture
def office(db: None) -> dict[str, User]:
    if not settings.KEYRING.exists():
        keyring.create(settings.KEYRING)
    site, now = first_start(NEW_YEAR), ledger.now()
    publish_shipped(NEW_YEAR)
    people = {
        name.split()[0]: add_person(
            full_name=name,
            email=f"{name.split()[0].lower()}@example.com",
            site=site,
            role=role,
            by=None,
            now=NEW_YEAR,
        )
        for name, role in PEOPLE.items()
    }
    address = enrol(site, now)
    Client().post(address, packed(FULL), content_type="application/x-compress-zlib")
    open_task(
        title="Ganti printer lantai dua",
        due_by=now + timedelta(days=3),
        owner=people["Bayu"],
        by=people["Dewi"],
        now=now,
    )
    return people


def search(person: User, text: str, *, palette: bool = False) -> str:
    client = Client()
    client.force_login(person)
    headers = {"HX-Request": "true"} if palette else {}
    answer = client.get("/cari", {"q": text}, headers=headers)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_it_finds_pages_clauses_assets_people_and_work(office: dict[str, User]) -> None:
    dewi = office["Dewi"]
    assert 'href="/aset"' in search(dewi, "aset")
    assert 'href="/sop/4.1.1b"' in search(dewi, "4.1.1b")
    assert 'href="/sop/4.1.1b"' in search(dewi, "inv.hw.fresh")
    assert 'href="/aset/AST-1"' in search(dewi, "ast-1")
    assert f'href="/orang/{office["Siti"].uuid}"' in search(dewi, "rahma")
    assert 'href="/tugas/TGS-1"' in search(dewi, "printer lantai")
    assert 'href="/tugas/TGS-1"' in search(dewi, "tgs-1")


def test_an_action_that_is_named_stands_first_and_takes_the_words_after_it(
    office: dict[str, User],
) -> None:
    def urls(text: str) -> list[str]:
        return re.findall(r'href="(/[a-z][^"#]*)"', search(office["Bayu"], text, palette=True))

    assert urls("buat")[0] == "/tugas/baru"
    assert urls("Buat tugas kertas A4") == ["/tugas/baru?judul=kertas+A4"]
    assert urls("printer")[0] == "/tugas/TGS-1"  # Enter opens what was found
    assert urls("printer")[-1] == "/tugas/baru?judul=printer"
    assert "1 tugas Anda terbuka" in search(office["Bayu"], "")  # beside the room, in the menu


def test_an_employee_finds_only_what_an_employee_may_see(office: dict[str, User]) -> None:
    for text in ("", "aset", "ast-1", "rahma", "dewi", "tgs-1", "printer", "pengaturan", "jejak"):
        found = search(office["Siti"], text, palette=True)
        for closed in ('href="/aset', 'href="/orang', 'href="/tugas/TGS', 'href="/pengaturan'):
            assert closed not in found, text
    assert 'href="/sop/4.1.1b"' in search(office["Siti"], "4.1.1b")
    assert 'href="/tugas/TGS-1"' in search(office["Bayu"], "printer")


def test_settings_are_found_by_who_may_open_them(office: dict[str, User]) -> None:
    assert 'href="/pengaturan/saluran"' in search(office["Citra"], "saluran")
    assert 'href="/pengaturan/saluran"' not in search(office["Dewi"], "saluran")


def test_without_a_word_it_shows_every_page_and_asks_no_source(office: dict[str, User]) -> None:
    everything = search(office["Dewi"], "", palette=True)
    assert 'href="/tugas/papan"' in everything
    assert "4.1.1b" not in everything


def test_the_palette_gets_options_and_a_page_gets_links(office: dict[str, User]) -> None:
    options = search(office["Dewi"], "4.1.1b", palette=True)
    assert "<html" not in options
    assert 'role="option"' in options
    page = search(office["Dewi"], "4.1.1b")
    assert 'value="4.1.1b"' in page
    assert 'role="option"' not in page.split("<main")[1].split("</main>")[0]


def test_what_is_typed_is_shown_as_text_and_looked_for_literally(office: dict[str, User]) -> None:
    dewi = Client()
    dewi.force_login(office["Dewi"])
    page = dewi.get("/cari", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page
    assert dewi.get("/cari", {"q": "\0'%_" + "x" * 5000}).status_code == 200
    assert "Ganti printer" not in search(office["Dewi"], "%")


def test_it_stays_within_its_statements(office: dict[str, User]) -> None:
    client = Client()
    client.force_login(office["Dewi"])
    for text in ("a", "tgs-1", ""):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get("/cari", {"q": text}, headers={"HX-Request": "true"})
        assert len(asked) <= MOST, [one["sql"] for one in asked]


def test_the_settings_lead_to_the_first_page_that_somebody_may_open(
    office: dict[str, User], client: Client
) -> None:
    client.force_login(office["Citra"])
    page = client.get("/pengaturan", follow=True)
    assert page.status_code == 200
    assert 'aria-current="page"' in page.content.decode()
    client.force_login(office["Siti"])
    assert client.get("/pengaturan").status_code == 403
