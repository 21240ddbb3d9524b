"""Beranda and the SOP page through the door that people use, on a company with a history."""

from typing import Any

import pytest
from django.test import Client

from conftest import Clock
from tertib.compliance.announcing import announce
from tertib.compliance.tests import house as houses
from tertib.compliance.tests.house import House
from tertib.evidence import ledger
from tertib.people.actions import add_person

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(scope="module")
def told(of_the_module: None) -> House:
    clock = Clock(houses.NOW)
    with ledger.clock(clock):
        return houses.lived_in(clock)


@pytest.fixture
def house(told: House, db: None, clock: Any) -> House:
    return houses.as_told(told, clock)


@pytest.fixture
def dewi(client: Client, house: House) -> Client:
    client.force_login(house.dewi)
    return client


@pytest.fixture
def english(dewi: Client) -> Client:
    dewi.cookies["django_language"] = "en"
    return dewi


def read(client: Client, address: str, **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_beranda_opens_with_the_score_and_what_lowers_it(dewi: Client) -> None:
    page = read(dewi, "/")
    assert "Selamat pagi, Dewi" in page
    assert "Selasa, 24 November 2026, 10.24 WIB" in page
    assert "/30</small>" in page
    assert page.count('class="cell ') == 30
    assert "4.1.1b Inventaris diperbarui tiap 6 bulan: Tidak patuh" in page
    assert "2 dari 10 perangkat keras tidak punya bukti baru lebih dari 6 bulan." in page


def test_the_worst_comes_first_and_what_never_spoke_last(dewi: Client) -> None:
    page = read(dewi, "/")
    rows = page[page.index("Perlu tindakan") :]
    assert rows.index("4.1.1b") < rows.index("4.1.2a")


def test_a_poll_answers_nothing_until_something_changes(dewi: Client, house: House) -> None:
    page = read(dewi, "/")
    cursor = page.split("?cursor=")[1].split('"')[0]
    same = dewi.get("/", {"cursor": cursor}, headers=HTMX)
    assert same.status_code == 204
    house.tell("inventory.observed", house.laptop("NB-KEU-011"), **houses.SEEN)
    house.judge()
    changed = dewi.get("/", {"cursor": cursor}, headers=HTMX)
    assert changed.status_code == 200
    assert "<html" not in changed.content.decode()
    assert 'id="live"' in changed.content.decode()


def test_the_sop_page_is_the_company_s_own_text(dewi: Client) -> None:
    page = read(dewi, "/sop")
    assert "4.2. Pengelolaan Jaringan dan Keamanan Sistem" in page
    assert "2. Keamanan Sistem" in page
    assert "Respon laporan dalam waktu maksimal 2 jam." in page
    assert 'id="k4.3.1b"' in page
    assert page.count('class="cl"') == 41


def test_a_clause_shows_the_number_of_what_makes_it_what_it_is(dewi: Client) -> None:
    page = read(dewi, "/sop")
    row = page[page.index('id="k7"') :]
    assert "0/4" in row  # not the 1/1 of its first control, of which nothing was heard
    assert "klausul" in row


def test_a_clause_that_is_found_says_how_it_stands(dewi: Client, house: House) -> None:
    announce(now=house.clock.now)
    found = read(dewi, "/cari?q=4.1.1b")
    assert "tidak patuh" in found.partition('href="/sop/4.1.1b"')[2]


def test_only_what_is_wrong_leaves_out_what_is_well(dewi: Client) -> None:
    everything, wrong = read(dewi, "/sop"), read(dewi, "/sop?hanya=bermasalah")
    assert 'id="k4.1.1b"' in wrong
    assert 'id="k4.1.1b"' in everything
    assert 'id="k4.3.1a"' not in wrong
    assert "Pengertian Teknologi Informasi</h2>" not in wrong


def test_why_shows_the_very_records(dewi: Client) -> None:
    why = read(dewi, "/sop/4.1.1b", **HTMX)
    assert "<html" not in why
    assert "2 dari 10 perangkat keras tidak punya bukti baru lebih dari 6 bulan." in why
    assert "1 dari 10 perangkat keras belum punya bukti." in why
    assert {"NB-KEU-008", "NB-KEU-009", "NB-KEU-010"} <= set(
        why.replace("<", " ").replace(">", " ").split()
    )
    assert "3 Feb 2026, 09.00 WIB" in why  # occurred
    assert "inventory.observed" in why
    assert "os_supported" in why
    assert "Membuka perintah kerja untuk Infrastruktur &amp; aset, tenggat 5 hari kerja" in why
    assert "7 bukti yang patuh" in why


def test_why_can_be_read_in_english(english: Client) -> None:
    why = read(english, "/sop/4.1.1b", **HTMX)
    assert "2 of 10 hardware devices have had nothing new for longer than 6 months." in why
    assert "Wed" not in why or "work order" in why


def test_a_late_answer_is_named_with_its_promise(dewi: Client) -> None:
    why = read(dewi, "/sop/4.3.1b", **HTMX)
    assert (
        "1 dari 3 kejadian dalam 30 hari terakhir tidak ditangani dalam 2 jam waktu kerja." in why
    )
    assert "TKT-1142" in why
    assert "Kemarin 11.00" in why


def test_a_clause_names_which_of_its_sources_are_silent(dewi: Client) -> None:
    why = read(dewi, "/sop/4.1.1a", **HTMX)
    assert "3 dari 5 sumber belum pernah melapor" in why


def test_a_clause_that_sums_up_others_names_them_with_their_states(dewi: Client) -> None:
    for page in (read(dewi, "/sop/3a", **HTMX), read(dewi, "/sop/3a/scope.infra")):
        lapsed, silent = (page.index(f'href="/sop/{one}"') for one in ("4.1.1b", "4.1.2b"))
        assert "Tidak patuh" in page[lapsed:silent]
        assert page.count('data-label="Status"') == 4


def test_what_asks_that_nothing_be_open_lists_what_is(dewi: Client, house: House) -> None:
    address = "/sop/7/end.dataloss"
    lost = house.thing("incident", "Resep produksi hilang")
    house.tell("incident.data_loss_unresolved", lost, "open")
    house.judge()
    page = read(dewi, address)
    assert "Resep produksi hilang" in page
    assert "Tidak ada yang terbuka." not in page


def test_persons_are_named_only_to_who_may_read_the_evidence(dewi: Client, house: House) -> None:
    house.later(days=40)
    ani = add_person(
        full_name="Ani Lestari",
        email="ani@contoh.test",
        site=house.site,
        role="pengguna",
        by=None,
        now=houses.NOW,
    )
    house.later(days=40)
    named = read(dewi, "/sop/5b")
    assert "Dewi Anggraini" in named.partition('id="main"')[2]
    assert "Ani Lestari" in named
    dewi.force_login(ani)
    for address in ("/sop/5b", "/sop/5b/usr.ack?keadaan=no_data", "/sop?buka=4.6.1a"):
        page = read(dewi, address)
        assert "Dewi Anggraini" not in page
        assert "hanya tampil bagi yang boleh membaca bukti" in page


def test_without_a_script_the_panel_opens_by_a_link(dewi: Client) -> None:
    page = read(dewi, "/sop?buka=4.1.1b")
    assert 'href="?buka=4.3.1b#k4.3.1b"' in page
    assert "NB-KEU-010" in page


def test_any_moment_of_the_past_can_be_shown(dewi: Client) -> None:
    march = read(dewi, "/sop/4.1.1b?pada=2026-03-01T10:00")
    assert "Keadaan pada <b>" in march
    assert "1 Mar 2026, 10.00 WIB" in march
    assert "9 bukti yang patuh" in march


def test_late_evidence_changes_as_known_now_and_leaves_as_known_then(
    dewi: Client, house: House
) -> None:
    moment = "pada=2026-11-24T09:00"
    before = read(dewi, f"/sop/4.1.1b?{moment}")
    assert "NB-KEU-008" in before
    house.tell_late("inventory.observed", "NB-KEU-008", days=9, **houses.SEEN)
    house.later(hours=1)
    assert "NB-KEU-008" not in read(dewi, f"/sop/4.1.1b?{moment}")
    assert "NB-KEU-008" in read(dewi, f"/sop/4.1.1b?{moment}&diketahui=2026-11-24T10:20")


def test_a_moment_that_has_not_come_is_refused_in_words(dewi: Client) -> None:
    page = read(dewi, "/sop/4.1.1b?pada=2027-01-01T10:00")
    assert 'role="alert"' in page


def test_what_is_well_can_be_listed_too(dewi: Client) -> None:
    page = read(dewi, "/sop/4.1.1b/inv.hw.fresh")
    assert "NB-KEU-001" in page
    assert "NB-KEU-010" not in page
    assert "NB-KEU-010" in read(dewi, "/sop/4.1.1b/inv.hw.fresh?keadaan=no_data")


@pytest.mark.parametrize("address", ["/sop/9z", "/sop/4.1.1b/nothing", "/sop/4.1.1b/inv.scan"])
def test_what_does_not_exist_is_not_found(dewi: Client, address: str) -> None:
    assert dewi.get(address).status_code == 404


def test_what_is_due_soon_is_shown_with_its_record(dewi: Client, house: House) -> None:
    house.clock.now = houses.NOW.replace(year=2027, month=5, day=10)
    house.judge()
    why = read(dewi, "/sop/4.1.1b", **HTMX)
    assert "Mendekati tenggat" in why
    assert "20 Nov 2026, 09.00 WIB" in why


def test_where_nothing_is_wrong_some_of_the_good_evidence_is_shown(dewi: Client) -> None:
    why = read(dewi, "/sop/4.2.2b", **HTMX) + read(dewi, "/sop/4.1.1a", **HTMX)
    assert "network.scan_done" in why


def test_a_clause_that_never_spoke_says_on_beranda_how_its_evidence_comes_about(
    dewi: Client,
) -> None:
    page = read(dewi, "/")
    rows = page[page.index("Perlu tindakan") :]
    assert "Belum pernah ada bukti" not in rows


def test_what_never_spoke_has_no_good_evidence_to_lead_to(dewi: Client) -> None:
    why = read(dewi, "/sop/4.1.1a", **HTMX)
    strangers = why.split('aria-label="Perangkat asing di jaringan"')[1].split("</section>")[0]
    assert "Belum pernah ada bukti" in strangers
    assert "bukti yang patuh" not in strangers
