from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertib.jobs import schedule
from tertib.jobs.actions import tick, watch
from tertib.jobs.models import Job, Schedule
from tertib.jobs.rules import Daily, Every
from tertib.jobs.schedule import daily, every, when
from tertib.jobs.tasks import forget_old_jobs

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
JAKARTA = "Asia/Jakarta"


@pytest.fixture(autouse=True)
def nothing_else_is_planned() -> Iterator[None]:
    kept = schedule.scheduled.copy(), schedule.watched.copy()
    schedule.scheduled.clear()
    schedule.watched.clear()
    yield
    schedule.scheduled.clear()
    schedule.scheduled.update(kept[0])
    schedule.watched.clear()
    schedule.watched.update(kept[1])


@pytest.mark.django_db
def test_a_minute_is_enqueued_once_however_often_it_ticks() -> None:
    every(minutes=1)(forget_old_jobs)
    assert [tick(now=NOON), tick(now=NOON), tick(now=NOON + MINUTE)] == [1, 0, 1]
    assert Job.objects.count() == 1  # nobody ran the first one: it stands for both


@pytest.mark.django_db
def test_hours_of_downtime_are_caught_up_with_one_run() -> None:
    every(minutes=1)(forget_old_jobs)
    tick(now=NOON)
    after = NOON + timedelta(hours=3)
    assert [tick(now=after), tick(now=after)] == [1, 0]


@pytest.mark.django_db
def test_a_missed_night_is_made_up_for_once() -> None:
    daily(hour=1, minute=30, zone=JAKARTA)(forget_old_jobs)
    assert tick(now=NOON) == 0
    assert Schedule.objects.get().run_by == datetime(2026, 1, 5, 18, 30, tzinfo=UTC)
    after = NOON + timedelta(days=3)
    assert [tick(now=after), tick(now=after)] == [1, 0]
    assert Schedule.objects.get().run_by == datetime(2026, 1, 8, 18, 30, tzinfo=UTC)


@pytest.mark.django_db
def test_another_rhythm_is_planned_anew() -> None:
    daily(hour=1, zone=JAKARTA)(forget_old_jobs)
    tick(now=NOON)
    every(minutes=1)(forget_old_jobs)
    assert tick(now=NOON) == 1


@pytest.mark.django_db
def test_a_watched_task_is_enqueued_when_there_is_work_and_only_once() -> None:
    work: list[str] = []
    when(lambda: bool(work))(forget_old_jobs)
    assert watch(now=NOON) == 0
    work.append("something")
    assert [watch(now=NOON), watch(now=NOON)] == [1, 0]


@given(st.integers(1, 10**6), st.integers(0, 10**7))
def test_a_rhythm_keeps_its_phase_and_lies_ahead(interval: int, late: int) -> None:
    rule, now = Every(timedelta(seconds=interval)), NOON + timedelta(seconds=late)
    following = rule.after(NOON, now)
    assert now < following <= now + rule.interval
    assert (following - NOON) % rule.interval == timedelta(0)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)))
def test_a_daily_time_is_the_first_one_ahead_also_when_clocks_change(naive: datetime) -> None:
    rule = Daily(datetime(2026, 1, 1, 2, 30).time(), "Europe/Berlin")
    now = naive.replace(tzinfo=UTC)
    following = rule.first(now)
    assert now < following <= now + timedelta(hours=25)
    local = following.astimezone(ZoneInfo("Europe/Berlin"))
    assert (local.hour, local.minute) in {(2, 30), (3, 30)}  # 3:30 where 2:30 is skipped
