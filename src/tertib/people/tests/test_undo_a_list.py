"""The last people list is undone as a whole, while nothing was built upon it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tertib.audit.models import Entry
from tertib.evidence import ledger, seals
from tertib.evidence.models import Fact, Membership, Retraction, Subject
from tertib.lib.errors import Refused
from tertib.people import actions
from tertib.people.actions import roster as lists
from tertib.people.actions import undoing
from tertib.people.evidence import JOINED
from tertib.people.models import Absence, InTeam, ListLoad, Reporting, Site, User
from tertib.people.roster import Plan
from tertib.people.tests.conftest import NEW_YEAR, hire
from tertib.sop.actions import publish_shipped

NOW = datetime(2026, 6, 1, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
HEAD = "nama;email;peran;tim;lokasi;status;mulai;keluar;atasan\n"


@pytest.fixture
def house(office: Site, clock: Any) -> Site:
    clock.now = NOW
    publish_shipped(NEW_YEAR)
    return office


@pytest.fixture
def everybody_there(house: Site, admin: User) -> dict[str, User]:
    """Ani reports to Budi, who is away next week with Citra in his place; Eko has left."""
    there = {name: hire(house, name, "pengguna") for name in ("Ani", "Budi", "Citra", "Eko")}
    for name in ("Ani", "Budi"):
        actions.change_person(
            there[name], full_name=name, site=house, team="tim_ti", by=admin, now=NEW_YEAR
        )
    actions.set_manager(there["Ani"], there["Budi"], by=admin, now=NEW_YEAR)
    week = timedelta(days=7)
    actions.be_away(
        there["Budi"],
        began_at=NOW + week,
        ended_at=NOW + 2 * week,
        deputy=there["Citra"],
        by=admin,
        now=NOW,
    )
    actions.leave(there["Eko"], left_at=NOW - week, by=admin, now=NOW)
    return there


LIST = (
    HEAD + "Gita;gita@example.com;helpdesk;Jaringan;;;2026-05-04;;budi2@example.com\n"
    "Budi Dua;budi2@example.com;kepala_ti;;;;2026-05-04;;\n"
    "Ani Wulandari;ani@example.com;infra;Jaringan;;;;;gita@example.com\n"
    "Budi;budi@example.com;;;;keluar;;31/05/2026;\n"
    "Eko;eko@example.com;helpdesk;;;;;;\n"
)


def load(text: str, *, by: User | None = None, now: datetime = NOW) -> None:
    plan = lists.compare(text, now=now, by=by)
    assert isinstance(plan, Plan), plan
    assert lists.take(plan, by=by, now=now).refused == []


def state() -> dict[str, Any]:
    """Return all that counts of people, as known now."""
    spans = (InTeam, Reporting, Absence)
    return {
        "people": sorted(User.objects.values_list("email", "full_name", "team", "is_active")),
        "left": sorted(User.objects.values_list("email", "left_at", "joined_at")),
        "members": members(),
        "spans": [sorted(map(str, one._default_manager.values_list())) for one in spans],
        "facts": sorted(Fact.objects.filter(retraction=None).values_list("kind", "subject")),
        "labels": sorted(
            Subject.objects.filter(kind="person", pk__in=User.objects.values("uuid")).values_list(
                "label", flat=True
            )
        ),
    }


def members() -> list[str]:
    found: dict[Any, datetime | None] = {}
    for row in Membership.objects.order_by("seq"):
        found[row.population, row.subject_id, row.began_at] = row.ended_at
    return sorted(str((*key, end)) for key, end in found.items() if end != key[2])


def test_a_list_of_every_kind_is_undone_and_all_is_as_before(
    everybody_there: dict[str, User], as_admin: Client, admin: User, clock: Any
) -> None:
    were, facts = state(), Fact.objects.count()
    load(LIST, by=admin)
    assert state() != were
    assert Reporting.objects.filter(person__email="ani@example.com", ended_at=None).get().manager
    clock.now = NOW + HOUR
    last = ListLoad.objects.get()
    assert undoing.look(last).against == []
    assert undoing.undo_list(last, by=admin, now=NOW + HOUR) == 5
    assert state() == were
    assert Fact.objects.count() > facts  # nothing was deleted from the ledger
    assert Retraction.objects.count() == Fact.objects.count() - facts
    seals.seal(ledger.now() + HOUR)
    assert seals.verify().faults == ()
    assert "gita" not in str(list(Entry.objects.values()) + list(Subject.objects.values())).lower()
    assert Entry.objects.filter(action="undo_list", actor=admin.uuid).count() == 1


def test_it_is_undone_once_and_the_same_list_can_be_loaded_again(
    everybody_there: dict[str, User], admin: User
) -> None:
    load(LIST, by=admin)
    last = ListLoad.objects.get()
    undoing.undo_list(last, by=admin, now=NOW + HOUR)
    with pytest.raises(Refused):
        undoing.undo_list(last, by=admin, now=NOW + HOUR)
    load(LIST, by=admin, now=NOW + 2 * HOUR)
    assert User.objects.get(email="gita@example.com").is_active


@pytest.mark.parametrize("what", ["a role", "a sign-in", "a fact", "a leaving", "a report"])
def test_what_was_built_upon_the_list_keeps_it(
    what: str, everybody_there: dict[str, User], admin: User
) -> None:
    load(LIST, by=admin)
    gita, later = User.objects.get(email="gita@example.com"), NOW + HOUR
    if what == "a role":
        actions.give_role(everybody_there["Ani"], "data", by=admin, now=later)
    elif what == "a sign-in":
        actions.set_password(gita, "tujuh ikan berenang", by=gita, now=later)
    elif what == "a fact":
        subject = Subject.objects.get(pk=gita.uuid)
        ledger.record(JOINED, subject, occurred_at=later)
    elif what == "a leaving":
        actions.leave(gita, left_at=later, by=admin, now=later)
    else:
        actions.set_manager(everybody_there["Citra"], gita, by=admin, now=later)
    were = state()
    with pytest.raises(Refused, match=r"built upon|bergantung"):
        undoing.undo_list(ListLoad.objects.get(), by=admin, now=later)
    assert state() == were


def test_after_a_day_and_after_another_list_it_is_too_late(
    everybody_there: dict[str, User], admin: User
) -> None:
    load(LIST, by=admin)
    first = ListLoad.objects.get()
    assert undoing.last(NOW + timedelta(hours=23)) == first
    assert undoing.last(NOW + timedelta(hours=25)) is None
    load(HEAD + "Hadi;hadi@example.com;;;;;;;\n", by=admin, now=NOW + HOUR)
    assert undoing.last(NOW + HOUR) != first
    with pytest.raises(Refused):
        undoing.undo_list(first, by=admin, now=NOW + HOUR)
    assert undoing.forget(now=NOW + timedelta(hours=26)) > 0
    assert not ListLoad.objects.filter(pk=first.pk).exists()


def test_a_list_that_changed_nothing_hides_none_that_did(
    everybody_there: dict[str, User], admin: User
) -> None:
    load(LIST, by=admin)
    first = ListLoad.objects.get()
    load(HEAD + "Citra;citra@example.com;;;;;;;\n", by=admin, now=NOW + HOUR)
    assert undoing.last(NOW + HOUR) == first


def test_a_long_list_costs_no_more_questions_than_a_short_one(
    as_admin: Client, admin: User, house: Site
) -> None:
    asked = []
    for many in (2, 12):
        people = "".join(f"X{n};x{n}-{many}@example.com;;;;;;;\n" for n in range(many))
        load(HEAD + people, by=admin, now=datetime.now(UTC))
        as_admin.get("/orang/impor/urungkan")
        with CaptureQueriesContext(connection) as queries:
            page = as_admin.get("/orang/impor/urungkan").content.decode()
        assert page.count('class="av"') >= many
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 60


def test_the_page_shows_first_what_is_undone(as_admin: Client, admin: User, house: Site) -> None:
    now = datetime.now(UTC)
    load(HEAD + "Citra;citra@example.com;helpdesk;;;;;;\n", by=admin, now=now)
    assert "/orang/impor/urungkan" in as_admin.get("/orang/impor").content.decode()
    page = as_admin.get("/orang/impor/urungkan").content.decode()
    assert "Citra" in page
    assert User.objects.filter(email="citra@example.com").exists()
    mark = page.split('name="load" value="')[1].split('"')[0]
    done = as_admin.post("/orang/impor/urungkan", {"load": mark})
    assert done.status_code == 200
    assert not User.objects.filter(email="citra@example.com").exists()
    assert as_admin.post("/orang/impor/urungkan", {"load": mark}).status_code == 302
