"""What the engine judges becomes somebody's work, and ends it (semantics 7)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tertib.compliance import actions, handover
from tertib.compliance.explain import explain
from tertib.compliance.models import Owed
from tertib.compliance.tests import house as houses
from tertib.compliance.tests.house import SEEN, House
from tertib.evidence import ledger, populations, vocabulary
from tertib.evidence.models import Fact, Subject
from tertib.notify.models import Notice
from tertib.people.actions import add_person
from tertib.work.models import Item, Line

pytestmark = pytest.mark.django_db

FRESH, RESPONSE = "inv.hw.fresh", "desk.first_response"


@pytest.fixture
def empty(clock: Any) -> House:
    return houses.empty(clock)


@pytest.fixture
def lived_in(clock: Any) -> House:
    house = houses.lived_in(clock)
    settle(house)
    return house


def settle(house: House, **later: float) -> None:
    """What a tick does for work, without measuring the engine for eleven months."""
    house.clock.move(**later)
    house.judge()
    handover.hand_over(house.clock.now)


def subject_of(line: Line) -> Subject:
    return Subject.objects.get(pk=line.subject)


def lines(control: str) -> list[tuple[str, int]]:
    rows = Line.objects.filter(control=control, closed_at=None)
    return sorted((str(line.subject), line.trigger) for line in rows)


def would_be(control: str, now: Any) -> list[tuple[str, int]]:
    """What explain says should be open."""
    told = explain(control, now=now)["work_lines"]
    return sorted(
        (str(line["uuid"]), line["trigger"]["seq"] if line.get("trigger") else 0) for line in told
    )


def test_an_empty_installation_opens_no_item_not_even_in_a_month(empty: House) -> None:
    for days in (0, 1, 2, 30):
        actions.tick(empty.clock.move(days=days))
        assert not Item.objects.exclude(control="mon.measured").exists()


def test_the_open_lines_are_those_that_explain_names(lived_in: House) -> None:
    for control in (FRESH, RESPONSE, "inv.sw.recorded", "net.up", "acc.leveled"):
        assert lines(control) == would_be(control, lived_in.clock.now), control
    item = Item.objects.get(control=FRESH, closed_at=None)
    assert item.lines_open == len(lines(FRESH)) == 3  # two long unseen, one never
    assert Item.objects.filter(control=FRESH).count() == 1
    assert not Item.objects.filter(control="acc.leveled").exists()  # never had any evidence


def test_the_late_answer_closes_its_line_and_the_verdict_stays(lived_in: House) -> None:
    house = lived_in
    house.clock.move(minutes=1)
    ticket = house.thing("ticket", "TKT-2000")
    house.tell("ticket.opened", ticket, channel="portal", zone="Asia/Jakarta")
    settle(house, days=1)
    assert [line for line in lines(RESPONSE) if line[0] == str(ticket.uuid)]
    house.tell("ticket.human_response", ticket, channel="portal")
    settle(house)
    [line] = Line.objects.filter(subject=ticket.uuid, control=RESPONSE)
    assert line.because == "late"
    assert explain(RESPONSE, now=house.clock.now)["state"] == "lapsed"
    before = Line.objects.count()
    settle(house, hours=1)
    assert Line.objects.count() == before  # and it stays closed


def test_what_had_to_come_before_a_release_closes_its_line_when_it_comes_after(
    empty: House,
) -> None:
    house = empty
    release = house.thing("change", "REL-1")
    house.clock.move(days=2)
    house.tell("change.released", release, artifact="a1", author=str(house.dewi.uuid))
    settle(house)
    [line] = Line.objects.filter(control="dev.tested")
    assert line.closed_at is None
    house.clock.move(hours=1)
    house.tell("test.passed", release, artifact="a1")
    settle(house)
    assert lines("dev.tested")  # it is not approved yet
    approver = add_person(
        full_name="Hadi Wijaya",
        email="hadi@contoh.test",
        site=house.site,
        role="manajemen",
        by=None,
        now=house.clock.now,
    )
    ledger.record(
        vocabulary.kind("change.approved"),
        release,
        occurred_at=house.clock.now,
        actor=approver.uuid,
    )
    settle(house)
    line.refresh_from_db()
    assert line.because == "late"
    assert explain("dev.tested", now=house.clock.now)["counts"]["lapsed"] == 1


def test_evidence_closes_the_lines_and_the_last_one_the_item(lived_in: House) -> None:
    house = lived_in
    item = Item.objects.get(control=FRESH, closed_at=None)
    assert item.owner == house.dewi  # nobody holds infra: the head has it, and it says so
    assert item.why == "head"
    for line in Line.objects.filter(control=FRESH, closed_at=None):
        house.tell("inventory.observed", subject_of(line), **SEEN)
    settle(house)
    item.refresh_from_db()
    assert (item.closed_because, item.lines_open) == ("evidence", 0)


def test_a_retracted_fact_opens_the_very_line_again(lived_in: House) -> None:
    house = lived_in
    line = Line.objects.filter(control=FRESH, closed_at=None).order_by("began_at").first()
    assert line is not None
    house.tell("inventory.observed", subject_of(line), **SEEN)
    settle(house)
    assert Line.objects.get(pk=line.pk).because == "evidence"
    fact = Fact.objects.filter(subject=line.subject).latest("seq")
    ledger.retract(fact, actor=None)
    settle(house)
    again = Line.objects.get(pk=line.pk)
    assert again.closed_at is None
    assert Line.objects.filter(control=FRESH, subject=line.subject).count() == 1


def test_killed_before_the_work_was_handed_over_it_is_made_up_for(lived_in: House) -> None:
    house = lived_in
    house.clock.now += timedelta(days=200)
    house.judge()  # the standings follow the clock; then the worker dies
    assert Owed.objects.exists()
    before = lines(FRESH)
    settle(house)
    assert not Owed.objects.exists()
    assert len(lines(FRESH)) == 10 > len(before)
    assert lines(FRESH) == would_be(FRESH, house.clock.now)


def test_handing_over_again_changes_nothing_and_asks_little(lived_in: House) -> None:
    settle(lived_in)
    rows = list(Line.objects.order_by("pk").values())
    with CaptureQueriesContext(connection) as asked:
        handover.hand_over(lived_in.clock.now)
    assert len(asked) == 1
    assert list(Line.objects.order_by("pk").values()) == rows


def test_what_leaves_its_population_or_is_waived_closes_its_line_and_says_so(
    lived_in: House,
) -> None:
    house = lived_in
    first, second, _third = Line.objects.filter(control=FRESH, closed_at=None).order_by("pk")
    gone = subject_of(first)
    populations.describe(gone, {"class": "hardware", "status": "disposed"}, at=house.clock.now)
    ledger.waive(
        FRESH,
        subject_of(second),
        began_at=house.clock.now,
        ended_at=house.clock.now + timedelta(days=30),
        actor=house.dewi.uuid,
    )
    settle(house)
    assert Line.objects.get(pk=first.pk).because == "gone"
    assert Line.objects.get(pk=second.pk).because == "waived"
    settle(house, days=31)  # the waiver is over, and nothing was done
    again = Line.objects.filter(control=FRESH, subject=second.subject).order_by("pk")
    assert [line.because for line in again][-1] == ""


def test_many_first_reports_open_one_item_per_control_and_tell_one_person_once_each(
    empty: House,
) -> None:
    house = empty
    for number in range(30):
        laptop = house.laptop(f"NB-{number:03}")
        house.tell("inventory.observed", laptop, **{**SEEN, "os_supported": False})
    settle(house)
    settle(house, days=3)
    by_control = list(Item.objects.filter(closed_at=None).values_list("control", flat=True))
    assert sorted(by_control) == sorted(set(by_control))
    assert Line.objects.filter(control="mnt.os_supported", closed_at=None).count() == 30
    told = Notice.objects.filter(person=house.dewi.uuid, topic="work.assigned")
    assert told.count() == len(by_control)  # a digest makes one mail of them
