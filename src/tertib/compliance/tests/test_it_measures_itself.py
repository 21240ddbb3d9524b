"""What the engine records of itself: on the tick only, and leaving itself out (decision 31)."""

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.db import transaction

from tertib.compliance import actions, measures, writing
from tertib.compliance.explain import every, explain
from tertib.compliance.tests import house as houses
from tertib.compliance.tests.house import House
from tertib.evidence import ledger, subjects
from tertib.evidence.models import Fact, Subject
from tertib.people.actions import add_person
from tertib.sop import actions as sop_actions
from tertib.sop import versions
from tertib.sop.models import Version

pytestmark = pytest.mark.django_db
RUN = timedelta(minutes=10)


@pytest.fixture
def house(clock: Any, monkeypatch: Any) -> House:
    monkeypatch.setattr(writing, "PAUSE", 0)
    return houses.empty(clock)


@pytest.fixture
def approved(house: House) -> House:
    boss = add_person(
        full_name="Hendra",
        email="hendra@contoh.test",
        site=house.site,
        role="manajemen",
        by=None,
        now=house.clock.now,
    )
    house.later(days=3)  # all have settled in
    laptop = house.laptop("NB-KEU-002")
    house.tell("inventory.observed", laptop, **houses.SEEN)
    actions.tick(house.clock.now)
    sop_actions.approve(Version.objects.get(), by=boss.uuid, now=house.clock.now)
    actions.judge()
    return house


def shares() -> list[tuple[datetime, str, float]]:
    rows = Fact.objects.filter(kind="sop.measured_share").order_by("occurred_at")
    return [
        (at, body["until"], body["value"]) for at, body in rows.values_list("occurred_at", "body")
    ]


def expired() -> list[tuple[str, datetime, str]]:
    rows = Fact.objects.filter(kind="waiver.expired_unresolved").order_by("occurred_at", "pk")
    return [
        (Subject.objects.get(pk=subject).label, at, outcome)
        for subject, at, outcome in rows.values_list("subject", "occurred_at", "outcome")
    ]


def counted_by_hand(house: House) -> float:
    """Of the active controls of counted clauses: subjects one each, everything else one in all."""
    itself = ("mon.measured", "mgt.waivers", "res.work_overdue")
    sop = versions.current(house.clock.now)
    counted = {clause.id for clause in sop.clauses if clause.type not in ("outcome", "scope")}
    done = asked = 0
    for told in every(now=house.clock.now):
        if told["clause"] not in counted or told["control"] in itself or told["kind"] == "rollup":
            continue
        if told["kind"] in ("freshness", "schedule", "coverage", "threshold", "attest"):
            states = [row["state"] for row in told["subjects"] if row["state"] != "pending"]
            asked, done = asked + len(states), done + len(states) - states.count("no_data")
        else:
            asked, done = asked + 1, done + (told["state"] != "no_data")
    return int(Fraction(done, asked) * 10**6) / 10**6


def test_nothing_is_measured_before_a_version_is_approved(house: House) -> None:
    house.clock.move(hours=2)
    actions.tick(house.clock.now)
    assert shares() == []


def test_the_measured_share_is_recorded_in_runs_of_ten_minutes_that_have_ended(
    approved: House,
) -> None:
    begun = approved.clock.now
    approved.clock.move(minutes=25)
    actions.tick(approved.clock.now)
    first, second = shares()
    assert first[0] == begun
    assert second[0] == begun + RUN
    assert datetime.fromisoformat(second[1]) == begun + 2 * RUN
    assert first[2] == second[2] == counted_by_hand(approved)
    assert 0 < first[2] < 1


def test_a_run_ends_where_more_is_measured(approved: House) -> None:
    begun = approved.clock.now
    approved.clock.move(minutes=4)
    site = Subject.objects.get(pk=approved.site.uuid)
    approved.tell("inventory.count_signed", site, found=9, missing=1)
    actions.judge()
    approved.clock.move(minutes=12)
    actions.tick(approved.clock.now)
    (start, until, before), (turned, _, after) = shares()
    assert (start, datetime.fromisoformat(until)) == (begun, turned)
    assert turned == begun + timedelta(minutes=4)
    assert before < after == counted_by_hand(approved)


def test_only_the_tick_records_it(approved: House) -> None:
    approved.clock.move(minutes=25)
    site = Subject.objects.get(pk=approved.site.uuid)
    approved.tell("inventory.count_signed", site, found=9, missing=1)
    actions.judge()
    assert shares() == []
    assert expired() == []


def test_told_twice_it_is_recorded_once(approved: House) -> None:
    approved.clock.move(minutes=25)
    actions.tick(approved.clock.now)
    once = shares()
    actions.tick(approved.clock.now)
    actions.judge()
    actions.tick(approved.clock.now)
    assert shares() == once


def test_a_tick_that_comes_hours_late_records_what_those_before_it_would_have(
    approved: House,
) -> None:
    site = Subject.objects.get(pk=approved.site.uuid)
    approved.tell("inventory.count_signed", site, found=9, missing=1)
    begun, told = approved.clock.now, []
    for minutes in (7, 120):
        with transaction.atomic():
            approved.clock.now = begun
            while approved.clock.now < begun + timedelta(hours=2):
                approved.clock.move(minutes=min(minutes, 120))
                actions.judge()
                actions.tick(approved.clock.now)
            approved.clock.now = begun + timedelta(hours=2)
            told.append([row for row in shares() if row[0] < begun + timedelta(minutes=110)])
            transaction.set_rollback(True)
    assert told[0] == told[1]
    assert len(told[0]) == 11


def test_what_measures_the_engine_is_left_out_of_its_own_measure(approved: House) -> None:
    sop = versions.current(approved.clock.now)
    own = {control.id for control in measures.measured(sop)}
    assert "inv.hw.fresh" in own
    assert not own & {"mon.measured", "mgt.waivers", "res.work_overdue"}
    assert {"mon.measured", "mgt.waivers", "res.work_overdue"} <= sop.controls.keys()
    approved.clock.move(minutes=25)
    actions.tick(approved.clock.now)
    actions.judge()
    assert explain("mon.measured", now=approved.clock.now)["ever"], "it hears of itself"
    approved.clock.move(minutes=25)
    actions.tick(approved.clock.now)
    assert len({share for _, _, share in shares()}) == 1, "and is none the better for it"


# --- Waivers that ran out ------------------------------------------------------------------------


@pytest.fixture
def silent(house: House) -> Subject:
    """A laptop that never reports, excused for ten days."""
    laptop = house.laptop("NB-KEU-001")
    house.later(days=5)
    actions.tick(house.clock.now)
    excuse(house, "inv.hw.fresh", laptop)
    house.later(days=9)
    actions.tick(house.clock.now)
    return laptop


def excuse(house: House, control: str, subject: Subject | None) -> datetime:
    until: datetime = house.clock.now + timedelta(days=10)
    ledger.waive(control, subject, began_at=house.clock.now, ended_at=until, actor=None)
    return until


def test_a_waiver_that_ran_out_is_open_until_its_matter_is_resolved(
    house: House, silent: Subject
) -> None:
    assert expired() == []
    ended_at = house.clock.now + timedelta(days=1)
    house.clock.move(days=3)
    actions.judge()
    assert expired() == [], "only the tick says so"
    actions.tick(house.clock.now)
    actions.tick(house.clock.now)
    [(label, at, outcome)] = expired()
    assert label.startswith("inv.hw.fresh #")
    assert (at, outcome) == (ended_at, "open")
    actions.judge()
    assert explain("mgt.waivers", now=house.clock.now)["counts"] == {"lapsed": 1}
    house.clock.move(hours=5)
    reported_at = house.clock.now
    house.tell("inventory.observed", silent, **houses.SEEN)
    actions.judge()
    assert len(expired()) == 1
    house.clock.move(minutes=1)
    actions.tick(house.clock.now)
    assert [(at, outcome) for _, at, outcome in expired()] == [
        (ended_at, "open"),
        (reported_at, "closed"),
    ]
    house.clock.move(days=300)
    actions.tick(house.clock.now)
    assert len(expired()) == 2, "what lapses much later is another matter"


def test_a_waiver_whose_matter_was_resolved_in_time_is_no_matter(
    house: House, silent: Subject
) -> None:
    house.tell("inventory.observed", silent, **houses.SEEN)
    house.later(days=3)
    actions.tick(house.clock.now)
    assert expired() == []


def test_a_waiver_of_what_measures_waivers_measures_nothing(house: House, silent: Subject) -> None:
    house.clock.move(days=3)
    actions.tick(house.clock.now)
    actions.judge()
    excuse(house, "mgt.waivers", None)
    house.later(days=11)
    actions.tick(house.clock.now)
    assert [label.split()[0] for label, _, _ in expired()] == ["inv.hw.fresh"]
    assert explain("mgt.waivers", now=house.clock.now)["state"] == "lapsed"
    assert subjects.find("waiver", "mgt.waivers #2", at=house.clock.now) is None
