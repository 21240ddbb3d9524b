"""Promises by the version in force when they begin."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tertib.evidence import ledger, subjects
from tertib.sop import actions, promises
from tertib.sop.actions import SHIPPED, SOURCE

pytestmark = pytest.mark.django_db

SITE = "Asia/Jakarta"
JAKARTA = ZoneInfo(SITE)
NOW = datetime(2026, 11, 2, 9, tzinfo=JAKARTA)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JAKARTA)


@pytest.fixture(autouse=True)
def _shipped() -> None:
    actions.publish_shipped(NOW)


def test_two_hours_are_working_hours_of_the_site() -> None:
    start = at("2026-11-12 16:30")
    assert promises.due("desk.first_response", start=start, zone=SITE) == at("2026-11-13 09:30")
    makassar = promises.due("desk.first_response", start=start, zone="Asia/Makassar")
    assert makassar == at("2026-11-13 09:00")  # 17:30 there: a new day, 08:00 to 10:00


def test_a_ladder_climbs_in_working_time() -> None:
    rungs = promises.ladder("desk.first_response", start=at("2026-11-12 16:00"), zone=SITE)
    assert [(rung.climb_by, rung.to) for rung in rungs] == [
        (at("2026-11-12 16:00"), "helpdesk"),
        (at("2026-11-13 11:00"), "kepala_ti"),
        (at("2026-11-14 00:00"), "manajemen"),  # one working day: the end of the 13th
    ]


def test_the_critical_ladder_counts_plain_hours() -> None:
    rungs = promises.ladder("mon.chain", start=at("2026-11-14 23:00"), zone=SITE)
    assert [(rung.climb_by, rung.to) for rung in rungs] == [
        (at("2026-11-14 23:00"), "kepala_ti"),
        (at("2026-11-14 23:00"), "kepala_ti"),
        (at("2026-11-15 03:00"), "manajemen"),
    ]


def test_work_is_due_in_working_time() -> None:
    due = promises.work_due("mon.chain", start=at("2026-11-14 23:00"), zone=SITE)
    assert due == at("2026-11-16 12:00")


def test_a_later_version_leaves_a_running_promise_alone() -> None:
    text = SHIPPED.read_text().replace("version: 1.0.0", "version: 2")
    text = text.replace("effective_from: 2026-01-01", "effective_from: 2026-11-10")
    text = text.replace("within: 2 hours", "within: 1 hours")
    version = actions.publish(text, SOURCE.read_text(), author=None, now=NOW)
    manager = subjects.introduce("person", label="Dewi", now=NOW)
    ledger.record_membership("role:manajemen", manager, began_at=NOW)
    actions.approve(version, by=manager.uuid, now=NOW)
    before, after = at("2026-11-09 16:30"), at("2026-11-10 08:00")
    assert promises.due("desk.first_response", start=before, zone=SITE) == at("2026-11-10 09:30")
    assert promises.due("desk.first_response", start=after, zone=SITE) == at("2026-11-10 09:00")


def test_only_deadlines_promise_a_time() -> None:
    with pytest.raises(ValueError, match="freshness"):
        promises.due("inv.hw.fresh", start=NOW, zone=SITE)
