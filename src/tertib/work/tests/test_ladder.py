"""The SOP's ladder: working days, each step once, dated when it was due, found late or not."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tertib.audit.models import Entry
from tertib.evidence import subjects
from tertib.evidence.models import Fact, Subject
from tertib.notify import topics
from tertib.notify.models import Notice
from tertib.people.models import User
from tertib.sop import promises, versions
from tertib.work.actions import (
    Lapse,
    Mended,
    close_lines,
    open_lines,
    open_task,
    remind,
    snooze,
)
from tertib.work.actions.ladder import due, take_steps
from tertib.work.models import Event, Item, Line, Step
from tertib.work.tasks import climb, climb_ladders
from tertib.work.tests.conftest import lapse

JAKARTA = ZoneInfo("Asia/Jakarta")
SECOND = timedelta(seconds=1)


def midnight_after(day: int) -> datetime:
    """24:00 of that day of January 2026, in Jakarta."""
    return datetime(2026, 1, day, tzinfo=JAKARTA) + timedelta(days=1)


def raised_at(item: Item, now: datetime) -> str:
    climb(now=now)
    item.refresh_from_db()
    return item.raised_role


def test_it_climbs_rung_by_rung_in_working_days_and_its_owner_stays(
    budi: User, dewi: User, hadi: User, laptop: Subject, clock: Any
) -> None:
    item = lapse(laptop, clock.now)  # on Monday the 5th
    third, tenth = midnight_after(8), midnight_after(20)  # the 16th is a holiday
    assert raised_at(item, third - SECOND) == ""
    assert raised_at(item, third) == "kepala_ti"
    assert (item.owner, item.raised_to) == (budi, dewi)
    assert raised_at(item, tenth - SECOND) == "kepala_ti"
    assert raised_at(item, tenth) == "manajemen"
    assert (item.owner, item.raised_to) == (budi, hadi)
    assert raised_at(item, tenth + timedelta(days=365)) == "manajemen"
    assert item in Item.objects.of(budi)
    assert item in Item.objects.of(hadi)
    assert item not in Item.objects.of(dewi)


def test_after_downtime_each_step_is_dated_when_it_was_due_and_says_that_it_was_found_late(
    budi: User, dewi: User, hadi: User, laptop: Subject, clock: Any
) -> None:
    item = lapse(laptop, clock.now)
    back = midnight_after(20) + timedelta(hours=5)
    climb(now=back)
    climbed = Event.objects.filter(item=item, act="raised").order_by("at")
    assert [(e.at, e.found_at, e.told["role"], e.told["late"]) for e in climbed] == [
        (midnight_after(8), back, "kepala_ti", True),
        (midnight_after(20), back, "manajemen", True),
    ]
    item.refresh_from_db()
    assert item.raised_to == hadi


def test_found_within_the_minute_it_is_not_late(
    budi: User, dewi: User, laptop: Subject, clock: Any
) -> None:
    lapse(laptop, clock.now)
    climb(now=midnight_after(8) + timedelta(seconds=59))
    assert Event.objects.get(act="raised").told["late"] is False


def test_two_workers_that_find_the_same_step_take_it_once(
    budi: User, dewi: User, laptop: Subject, clock: Any
) -> None:
    lapse(laptop, clock.now)
    found = due(midnight_after(8), 10)
    assert len(found) == 1
    assert [take_steps(found, now=midnight_after(8)) for _ in range(2)] == [1, 0]
    assert Event.objects.filter(act="raised").count() == 1
    assert Entry.objects.filter(action="raise_item").count() == 1


def test_what_closed_before_climbs_no_further(
    budi: User, dewi: User, laptop: Subject, clock: Any
) -> None:
    item = lapse(laptop, clock.now)
    close_lines(item.control, [Mended(Line.objects.get().pk, "evidence")], now=clock.now)
    assert climb(now=midnight_after(25)).taken == 0
    assert not Event.objects.filter(act="raised").exists()


def test_a_step_that_fails_neither_blocks_the_others_nor_hides(
    budi: User, dewi: User, laptop: Subject, clock: Any, caplog: pytest.LogCaptureFixture
) -> None:
    broken = lapse(laptop, clock.now)
    other = lapse(laptop, clock.now, control="inv.sw.recorded")
    # Its uuid means something else to the ledger, which refuses to call that overdue.
    subjects.introduce("asset", label="X", now=clock.now, uuid=broken.uuid)
    climbed = climb(now=max(broken.due_by, other.due_by))
    assert climbed.failed == 1
    step = Step.objects.get(item=broken, kind="due")
    assert step.outcome == ""  # it is tried again
    assert [vars(log)["step"] for log in caplog.records if log.msg == "step_failed"] == [step.pk]
    assert not other.steps.filter(outcome="", at__lte=other.due_by).exists()


def test_what_was_put_off_comes_back_when_it_climbs(
    budi: User, dewi: User, laptop: Subject, clock: Any
) -> None:
    item = lapse(laptop, clock.now)
    snooze(item, until=clock.now + timedelta(days=20), by=budi, now=clock.now)
    assert item not in Item.objects.of(budi).awake(clock.now)
    climb(now=midnight_after(8))
    assert item in Item.objects.of(budi).awake(midnight_after(8))


def test_work_of_the_it_team_that_is_overdue_is_a_fact_until_it_is_done(
    budi: User, dewi: User, hadi: User, laptop: Subject, clock: Any
) -> None:
    item = lapse(laptop, clock.now)
    climb(now=item.due_by + SECOND)
    told = Fact.objects.filter(kind="work.overdue_by_it")
    assert [(f.outcome, f.occurred_at, f.subject_id) for f in told] == [
        ("open", item.due_by, item.uuid)
    ]
    clock.now = item.due_by + timedelta(days=1)
    close_lines(item.control, [Mended(Line.objects.get().pk, "evidence")], now=clock.now)
    assert [f.outcome for f in told.order_by("pk")] == ["open", "closed"]


def test_a_reminder_of_one_s_own_comes_once(budi: User, clock: Any) -> None:
    due_by = clock.now + timedelta(days=9)
    item = open_task(title="Ganti UPS", due_by=due_by, owner=budi, by=budi, now=clock.now)
    step = remind(item, at=clock.now + timedelta(days=2), by=budi, now=clock.now)
    assert climb(now=step.at - SECOND).taken == 0
    assert [climb(now=step.at).taken for _ in range(2)] == [1, 0]
    climb(now=due_by)  # after downtime: the reminder of the day before, and that it is due, are one
    told = Notice.objects.filter(topic="work.due").order_by("pk").values_list("key", flat=True)
    assert list(told) == [f"{item.uuid}:due:{at.isoformat()}" for at in (step.at, due_by)]
    assert item.steps.filter(kind="remind", outcome="taken").count() == 2
    told_of = Notice.objects.filter(topic="work.due").order_by("pk")
    with override("en"):
        heads = [topics.read("work.due", one.data, "en", UTC).title for one in told_of]
    assert heads == [f"TGS-1 is due{soon}: Ganti UPS" for soon in (" soon", "")]


def test_the_minute_s_job_finds_the_work_by_itself(
    budi: User, dewi: User, laptop: Subject, clock: Any
) -> None:
    lapse(laptop, clock.now)
    clock.now = midnight_after(8)
    assert [climb_ladders.call().taken for _ in range(2)] == [1, 0]


# --- The arithmetic, against a slow and obvious one ----------------------------------------------


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # nothing is written
)
@given(
    minutes=st.integers(0, 500_000),
    control=st.sampled_from(["inv.hw.fresh", "bak.daily", "mon.chain", "eva.yearly"]),
    zone=st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]),
)
def test_the_ladder_agrees_with_counting_minute_by_minute(
    office: Any, minutes: int, control: str, zone: str
) -> None:
    start = datetime(2026, 1, 2, tzinfo=UTC) + timedelta(minutes=minutes)
    sop = versions.current(start)
    lapse_ = sop.controls[control].lapse
    assert lapse_ is not None
    rungs = promises.ladder(control, start=start, zone=zone)
    assert (rungs[0].climb_by, rungs[0].to) == (start, lapse_.to)
    for rung, asked in zip(rungs[1:], sop.escalation[lapse_.escalation], strict=True):
        assert rung.to == asked.to
        assert rung.climb_by == slowly(sop, start, asked.after, lapse_.escalation, zone)


def slowly(sop: Any, start: datetime, after: Any, ladder: str, zone: str) -> datetime:
    """Count minutes of working time in the site's zone, or working days of the company's."""
    if after.unit == "hours":
        left, at = after.count * 60, start
        while left:
            if ladder == "kritis" or is_working(sop, at, ZoneInfo(zone)):
                left -= 1
            at += timedelta(minutes=1)
        if ladder != "kritis" and not after.count:
            return start
        return at
    home = ZoneInfo(sop.timezone)
    day, left = start.astimezone(home).date(), after.count
    while left:
        day += timedelta(days=1)
        left -= bool(sop.calendar.windows(day))
    return datetime(day.year, day.month, day.day, tzinfo=home) + timedelta(days=1)


def is_working(sop: Any, at: datetime, zone: ZoneInfo) -> bool:
    local = at.astimezone(zone)
    since = timedelta(hours=local.hour, minutes=local.minute)
    return any(opens <= since < closes for opens, closes in sop.calendar.windows(local.date()))


def test_what_lapsed_while_the_house_was_off_is_due_from_its_opening_and_said_to_be_late(
    budi: User, dewi: User, hadi: User, laptop: Subject, clock: Any
) -> None:
    lapsed_at = clock.now
    back = clock.move(days=182)  # off for half a year
    open_lines("inv.hw.fresh", [Lapse(laptop.uuid, 0, lapsed_at, lapsed_at)], now=back)
    item = Item.objects.get()
    assert (item.began_at, item.opened_at) == (back, back)
    due_by = promises.work_due("inv.hw.fresh", start=back, zone="Asia/Jakarta")
    assert item.due_by == due_by > back
    assert climb(now=back).taken == 0  # nobody is late, and nothing climbs, for that half year
    assert not Fact.objects.filter(kind="work.overdue_by_it").exists()
    opened = Event.objects.get(item=item, act="opened")
    assert (opened.at, opened.found_at) == (lapsed_at, back)  # the page says: found late
    assert Line.objects.get().began_at == lapsed_at  # of the verdict nothing is forgiven


def test_what_was_found_within_minutes_counts_from_the_lapse_itself(
    budi: User, dewi: User, laptop: Subject, clock: Any
) -> None:
    lapsed_at = clock.now
    found = clock.move(minutes=4)
    open_lines("inv.hw.fresh", [Lapse(laptop.uuid, 0, lapsed_at, lapsed_at)], now=found)
    assert Item.objects.get().began_at == lapsed_at
