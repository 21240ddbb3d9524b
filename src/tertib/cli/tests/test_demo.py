"""The invented company, in small: the same actions and rows as `tertib demo`, fewer of them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from conftest import OwnDatabase
from tertib.cli.clock import Clock
from tertib.cli.demo import sensors
from tertib.cli.demo.rooms import network
from tertib.cli.demo.year import Year
from tertib.cli.main import main
from tertib.cli.tests.walk import walk
from tertib.compliance import board
from tertib.compliance.recompute import recompute
from tertib.evidence import ledger, seals
from tertib.evidence.models import Fact, Membership
from tertib.governance.models import Request, Waiver
from tertib.inventory.models import Asset, Question
from tertib.people.actions import add_person, first_start
from tertib.people.models import Absence, Company, Site, User
from tertib.reports.models import Report
from tertib.sop.actions import publish_shipped
from tertib.sop.models import Version
from tertib.vault import keyring
from tertib.work.models import Attachment, Event, Item
from tertib.work.rules import found_late

TUESDAY = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # 10:00 in Jakarta


@pytest.mark.long
@pytest.mark.once
def test_a_small_one_is_whole_and_is_red_for_good_reasons(
    own_database: OwnDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "PROBED_FOR", timedelta(days=2))  # most of its facts otherwise
    keyring.create(own_database.folder / "keyring")
    said: list[tuple[int, int]] = []
    year = Year(
        TUESDAY, Clock(TUESDAY), tell=lambda done, of: said.append((done, of)), days=80, size=0.35
    )
    with ledger.clock(year.clock):
        year.live()
    assert said[-1][0] == said[-1][1]
    assert said.count(said[-1]) == 1
    assert (Site.objects.count(), User.objects.count()) == (3, 56)
    assert Asset.objects.count() == 60
    assert not seals.verify().faults
    now = board.board(TUESDAY)
    lapsed = {one.control.id for one in now.controls.values() if one.state == "lapsed"}
    assert {"net.up", "desk.first_response", "mnt.monthly", "inv.sw.licensed"} <= lapsed
    assert 15 <= now.met <= 26
    assert Item.objects.filter(closed_at=None).exists()
    climbed = Event.objects.filter(act__in=["raised", "overdue", "reminded"])
    assert climbed.exists()
    assert not [one for one in climbed if found_late(one.at, one.found_at)]  # it climbed in time
    assert max(fact.occurred_at for fact in Fact.objects.all()) <= TUESDAY
    with ledger.clock(year.clock):
        assert recompute().equal
    assert Company.objects.get().is_demo  # in the database, so that a backup carries it
    _every_page_has_something_to_say()
    with ledger.clock(year.clock):
        _nobody_is_led_to_a_closed_door(year)
    _an_hour_later(year, lapsed)


def _every_page_has_something_to_say() -> None:
    """What people decide and do among themselves: something done, and something that waits."""
    assert sorted(Waiver.objects.values_list("decision", flat=True)) == [
        "",
        "granted",
        "granted",
        "refused",
    ]
    assert not Waiver.objects.to_review(TUESDAY).exists()  # the one that ran out was looked at
    assert set(Request.objects.values_list("decision", flat=True)) == {"", "approved", "refused"}
    in_force, proposed = Version.objects.order_by("pk")
    assert in_force.approver
    assert not proposed.approver
    reports = Report.objects.order_by("month")
    assert [f"{report.month:%m}" for report in reports] == ["09", "10"]
    assert all(report.signed_by for report in reports)
    assert User.objects.filter(is_active=False).count() == 2
    assert Question.objects.filter(answered_at=None).count() == 1
    assert Attachment.objects.exists()
    assert Absence.objects.filter(began_at__lte=TUESDAY, ended_at__gt=TUESDAY).exists()
    for role in ("role:admin", "role:auditor"):
        assert Membership.objects.at(TUESDAY).filter(population=role).exists()


def _nobody_is_led_to_a_closed_door(year: Year) -> None:
    """Of the head of IT, management, helpdesk, two of the people, administrator and auditor."""
    for person in (
        *(year.it[0], year.management[0], year.it[4], year.people[0], year.people[-1]),
        *(year.it[1], year.everybody[-1]),
    ):
        found = walk(person)
        assert len(found) > 10
        assert not {page: status for page, status in found.items() if status not in (200, 302)}


def _an_hour_later(year: Year, lapsed: set[str]) -> None:
    """Somebody looks at it: only time has passed, what was green is green, what was red is red."""
    year.clock.now += timedelta(hours=1)
    with ledger.clock(year.clock):
        year.settle()
        silent = board.board(year.clock.now).controls
        assert silent["sys.monitored"].state == "lapsed"
        kept = sensors.feed(year.clock.now)
        assert kept > 10
        assert sensors.feed(year.clock.now) == 0
        year.settle()
        now = board.board(year.clock.now).controls
    assert now["sys.monitored"].state == now["net.bw.monitored"].state == "compliant"
    assert {"net.up", "mnt.monthly"} <= {one for one in lapsed if now[one].state == "lapsed"}
    newest = Fact.objects.filter(kind="net.probe.up").latest("occurred_at")
    assert newest.source == "Monitor lama"


def test_a_folder_that_holds_something_is_left_alone(
    own_database: OwnDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    keyring.create(own_database.folder / "keyring")
    first_start(TUESDAY)
    assert main(["demo"]) == 1
    assert str(own_database.folder) in capsys.readouterr().err
    assert Site.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("demo", [True, False])
def test_every_page_of_a_demonstration_says_so_and_no_other_house_s(
    demo: bool, clock: Clock, client: Client
) -> None:
    site = first_start(clock.now, demo=demo)
    publish_shipped(clock.now)
    person = add_person(
        full_name="Ani", email="ani@x.test", site=site, role="pengguna", by=None, now=clock.now
    )
    client.force_login(person)
    for page in ("/", "/sop", "/akun"):
        assert ("Demonstrasi." in client.get(page).content.decode()) is demo, page
