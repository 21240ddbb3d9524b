"""A page says so where it cannot have judged everything, or where the past may still change."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tertib.compliance import board, overdue
from tertib.compliance.explain import explain
from tertib.compliance.tests import house as houses
from tertib.compliance.tests.house import House
from tertib.evidence import seals

pytestmark = pytest.mark.django_db
BEHIND = "masih dinilai: belum semuanya terhitung di sini."
OPEN = "Ini belum final"


@pytest.fixture
def house(clock: Any) -> House:
    return houses.lived_in(clock)


@pytest.fixture
def dewi(client: Client, house: House) -> Client:
    client.force_login(house.dewi)
    return client


def read(client: Client, address: str, **headers: str) -> str:
    return " ".join(client.get(address, headers=headers).content.decode().split())


def test_what_is_overdue_is_judged_for_the_page_up_to_a_bound_and_the_rest_is_admitted(
    dewi: Client, house: House, monkeypatch: Any
) -> None:
    """The worker has been away for ten months, and all seven laptops lapse."""
    now = house.clock.move(days=300)
    whole = explain("inv.hw.fresh", now=now)
    assert whole["counts"]["lapsed"] == 9
    assert whole["computed_at"] == now
    pages = ("/", "/sop", "/sop/4.1.1b", "/sop/4.1.1b/inv.hw.fresh")
    for page in pages:
        assert BEHIND not in read(dewi, page)
    monkeypatch.setattr(overdue, "LIMIT", 2)
    some = explain("inv.hw.fresh", now=now)
    assert some["computed_at"] < now
    assert 2 <= some["counts"]["lapsed"] < 9
    assert board.board(now).computed_at < now
    for page in pages:
        assert BEHIND in read(dewi, page)
    assert BEHIND in read(dewi, "/sop/4.1.1b", **{"HX-Request": "true"})
    house.judge()
    assert explain("inv.hw.fresh", now=now)["subjects"] == whole["subjects"]
    for page in pages:
        assert BEHIND not in read(dewi, page)


def test_the_past_of_the_board_counts_what_is_overdue_by_then(house: House) -> None:
    now = house.clock.move(days=300)
    t = now - timedelta(days=10)
    before = board.at(t, now=now).controls["inv.hw.fresh"]
    house.judge()
    after = board.at(t, now=now).controls["inv.hw.fresh"]
    assert (before.counts, before.state) == (after.counts, after.state)


def test_as_known_then_is_final_once_it_is_sealed(dewi: Client, house: House) -> None:
    """On SQLite at once: writers come one after the other. On PostgreSQL a seal waits for them."""
    k, now = house.clock.now, house.clock.move(minutes=3)
    page = "/sop/4.1.1b?pada=2026-11-24T10:00&diketahui=2026-11-24T10:24"
    at_once = connection.vendor == "sqlite"
    assert explain("inv.hw.fresh", known_at=k, now=now)["final"] is at_once
    assert (OPEN in read(dewi, page)) is not at_once
    assert explain("inv.hw.fresh", now=now)["final"] is at_once
    while seals.seal(now, pause=lambda: None):
        pass
    assert explain("inv.hw.fresh", known_at=k, now=now)["final"] is True
    assert explain("inv.hw.fresh", now=now)["final"] is at_once
    assert OPEN not in read(dewi, page)
    assert OPEN not in read(dewi, "/sop/4.1.1b")


def test_an_empty_house_shows_the_first_steps(client: Client, clock: Any) -> None:
    client.force_login(houses.empty(clock).dewi)
    home = client.get("/").content.decode()
    assert "Langkah pertama" in home
    assert "Perlu tindakan" not in home
    said = " ".join(home.split())
    assert said.count('<a class="btn small" href="/lokasi"') == 1  # once, whatever agents bring
    assert "SOP ini masih sementara" in said
    assert 'href="/versi">Lihat caranya' in said
    assert "0<small>/30</small>" in " ".join(home.split()).replace("> <", "><")
    why = client.get("/sop/4.1.1b", headers={"HX-Request": "true"})
    assert "Belum pernah ada bukti" in why.content.decode()
