"""What was missing and is done too late: the verdict stays, the work is done (semantics 7)."""

from datetime import timedelta
from typing import Any

import pytest

from tertib.compliance.explain import explain
from tertib.compliance.tests import house as houses
from tertib.compliance.tests.house import House
from tertib.evidence import ledger, subjects, vocabulary
from tertib.evidence.models import Subject

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(clock: Any) -> House:
    return houses.empty(clock)


@pytest.fixture
def release(house: House) -> Subject:
    """Somebody has released what nobody tested or approved."""
    change = house.thing("change", "PRB-7")
    author = str(house.dewi.uuid)
    house.tell("change.released", change, artifact="v7", author=author, accepters=[author])
    house.later(hours=1)
    return change


def approve(house: House, change: Subject) -> None:
    somebody = subjects.introduce("person", label="Ani", now=house.clock.now)
    ledger.record(
        vocabulary.kind("change.approved"), change, occurred_at=house.clock.now, actor=somebody.pk
    )


def told(house: House, control: str, **moment: Any) -> Any:
    return explain(control, now=house.clock.now, **moment)


def test_an_untested_release_is_work_until_it_is_tested_and_approved(
    house: House, release: Subject
) -> None:
    assert [line["key"] for line in told(house, "dev.tested")["work_lines"]] == ["PRB-7"]
    house.tell("test.passed", release, artifact="v6")
    approve(house, release)
    house.later(hours=1)
    assert told(house, "dev.tested")["work_lines"], "another artifact was tested"
    untested = house.clock.now
    house.later(hours=1)
    house.tell("test.passed", release, artifact="v7")
    house.later(hours=1)
    after = told(house, "dev.tested")
    assert after["state"] == "lapsed"
    assert [line["done_late"] for line in after["items"]] == [True]
    assert after["work_lines"] == []
    assert told(house, "dev.tested", as_of=untested)["work_lines"]
    assert told(house, "dev.tested", known_at=untested)["work_lines"]
    known = told(house, "dev.tested", known_at=house.clock.now - timedelta(minutes=1))
    assert known["work_lines"] == []
    house.later(days=100)
    assert told(house, "dev.tested")["items"] == []


def test_what_was_done_in_time_is_neither_work_nor_late(house: House) -> None:
    change = house.thing("change", "PRB-8")
    house.tell("test.passed", change, artifact="v8")
    approve(house, change)
    house.later(hours=1)
    house.tell("change.released", change, artifact="v8", author=str(house.dewi.uuid))
    house.later(hours=1)
    one = told(house, "dev.tested")
    assert [(line["state"], line["done_late"]) for line in one["items"]] == [("compliant", False)]
    assert one["work_lines"] == []


def test_an_unanswered_ticket_is_work_until_somebody_answers(house: House) -> None:
    ticket = house.thing("ticket", "TKT-9")
    house.tell("ticket.opened", ticket, channel="portal", zone="Asia/Jakarta")
    house.later(days=1)
    unanswered = house.clock.now
    assert [line["key"] for line in told(house, "desk.first_response")["work_lines"]] == ["TKT-9"]
    house.later(hours=1)
    house.tell("ticket.human_response", ticket, channel="portal")
    house.later(hours=1)
    after = told(house, "desk.first_response")
    assert [(line["state"], line["done_late"]) for line in after["items"]] == [("lapsed", True)]
    assert after["work_lines"] == []
    assert told(house, "desk.first_response", as_of=unanswered)["work_lines"]
    assert not told(house, "desk.first_response", as_of=house.clock.now - timedelta(minutes=1))[
        "work_lines"
    ]
