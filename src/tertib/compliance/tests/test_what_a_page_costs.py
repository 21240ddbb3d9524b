"""However many controls a page explains, it asks the database a handful of questions."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tertib.compliance.explain import every, explain, several
from tertib.compliance.tests import house as houses
from tertib.compliance.tests.house import House
from tertib.evidence import ledger, subjects
from tertib.people.actions import add_person, issue_token
from tertib.sop import versions

pytestmark = pytest.mark.django_db
MOST = 15
THEN = "pada=2026-11-24T09:00&diketahui=2026-11-24T10:20"


@pytest.fixture
def house(clock: Any) -> House:
    """Lived in, with links that are probed and an exception that is granted."""
    house = houses.lived_in(clock)
    links = [house.thing("link", f"Tautan {n}", kind="internet", status="in_use") for n in (1, 2)]
    laptop = subjects.find("asset", "NB-KEU-008", at=clock.now)
    ledger.waive(
        "inv.hw.fresh",
        laptop,
        began_at=clock.now,
        ended_at=clock.now + timedelta(days=9),
        actor=None,
    )
    for _ in range(3):
        house.later(minutes=4)
        for link in links:
            house.tell("net.probe.up", link, value=1)
    house.later(minutes=2)
    return house


@pytest.fixture
def dewi(client: Client, house: House) -> Client:
    client.force_login(house.dewi)
    return client


@pytest.fixture
def clauses(house: House) -> list[str]:
    return [clause.id for clause in versions.current(house.clock.now).clauses]


@pytest.mark.once
def test_no_page_asks_more_than_fifteen_questions(
    dewi: Client, clauses: list[str], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    pages = ["/", "/sop", "/sop?hanya=bermasalah"]
    pages += [f"/sop?buka={clause}" for clause in clauses]
    pages += [f"/sop/{clause}" for clause in clauses]
    pages += ["/sop/4.1.1b/inv.hw.fresh", "/sop/4.1.1b/inv.hw.fresh?keadaan=no_data"]
    dewi.get("/sop")
    for page in pages:
        with django_assert_max_num_queries(MOST, info=page):
            assert dewi.get(page).status_code == 200


@pytest.mark.once
def test_nor_does_any_moment_of_the_past_as_known_now_or_then(
    dewi: Client, clauses: list[str], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    pages = [f"/sop/{clause}?{THEN}" for clause in clauses]
    pages += [f"/sop/{clause}?pada=2026-11-24T09:00" for clause in clauses]
    pages += [f"/sop/4.1.1b/inv.hw.fresh?{THEN}"]
    dewi.get("/sop")
    for page in pages:
        with django_assert_max_num_queries(MOST, info=page):
            assert dewi.get(page).status_code == 200


def test_a_machine_that_asks_why_costs_no_more(
    house: House, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    now = house.clock.now
    boss = add_person(
        full_name="Ani", email="ani@contoh.test", site=house.site, role="admin", by=None, now=now
    )
    secret = issue_token(
        name="why",
        scope="compliance.read",
        expires_at=now + timedelta(days=30),
        by=boss,
        now=now,
    )
    headers = {"Authorization": f"Bearer {secret}"}
    house.later(minutes=1)
    for control in ("inv.hw.fresh", "net.up", "desk.first_response", "obj.sec"):
        for asked in ({}, {"as_of": now.isoformat(), "known_at": now.isoformat()}):
            with django_assert_max_num_queries(MOST, info=control):
                told = client.get(
                    f"/api/v1/controls/{control}/explain", asked, headers=headers
                ).json()
            assert told["control"] == control


def test_several_controls_cost_no_more_than_one_and_say_the_same(
    house: House, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    now = house.clock.now
    clause = next(one for one in versions.current(now).clauses if one.id == "4.1.1a")
    ids = [control.id for control in clause.active]
    moments: list[dict[str, Any]] = [
        {},
        {"limit": 2, "states": ("lapsed", "no_data")},
        {"limit": 2, "offset": 1},
        {"as_of": now - timedelta(days=3)},
        {"as_of": now - timedelta(days=3), "known_at": now - timedelta(days=1), "limit": 1},
    ]
    for moment in moments:
        alone = {control: explain(control, now=now, **moment) for control in ids}
        with django_assert_max_num_queries(MOST):
            assert several(ids, now=now, **moment) == alone


def test_every_control_is_explained_in_as_few_and_as_if_it_were_asked_for_alone(
    house: House, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    now = house.clock.now
    for moment in ({}, {"as_of": now - timedelta(days=3), "known_at": now - timedelta(days=1)}):
        with django_assert_max_num_queries(30):
            told = {one["control"]: one for one in every(now=now, **moment)}
        for control in ("inv.hw.fresh", "net.up", "inv.unknown", "desk.channels", "obj.sec"):
            assert told[control] == explain(control, now=now, **moment)
        assert len(told) > 70
