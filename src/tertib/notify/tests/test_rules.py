from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from tertib.notify.rules import Hours, after_quiet, busy_pause, down_pause, goes_at, next_digest

JAKARTA = ZoneInfo("Asia/Jakarta")
USUAL = Hours()


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, minute, tzinfo=JAKARTA).astimezone(UTC)


def weekday(day: date) -> bool:
    return day.weekday() < 5


@pytest.mark.parametrize(
    ("told", "goes"),
    [
        (at(6, 10), at(6, 10)),  # by day: at once
        (at(6, 21), at(7, 6)),
        (at(6, 23, 59), at(7, 6)),
        (at(7, 5, 59), at(7, 6)),
        (at(7, 6), at(7, 6)),
    ],
)
def test_what_is_urgent_waits_for_the_end_of_the_quiet_hours_only(
    told: datetime, goes: datetime
) -> None:
    assert after_quiet(told, hours=USUAL, zone=JAKARTA) == goes


def test_quiet_hours_within_one_day_and_none_at_all() -> None:
    nap = Hours(quiet_from=time(13), quiet_until=time(15))
    assert after_quiet(at(6, 14), hours=nap, zone=JAKARTA) == at(6, 15)
    assert after_quiet(at(6, 23), hours=nap, zone=JAKARTA) == at(6, 23)
    never = Hours(quiet_from=time(6), quiet_until=time(6))
    assert after_quiet(at(6, 6), hours=never, zone=JAKARTA) == at(6, 6)


@pytest.mark.parametrize(
    ("told", "goes"),
    [
        (at(6, 7), at(6, 7, 30)),
        (at(6, 7, 30), at(7, 7, 30)),
        (at(9, 10), at(12, 7, 30)),  # Friday: not on Saturday, nor on Sunday
    ],
)
def test_the_digest_goes_on_the_next_working_day(told: datetime, goes: datetime) -> None:
    assert next_digest(told, hours=USUAL, zone=JAKARTA, working_day=weekday) == goes


def test_a_company_that_never_works_is_told_all_the_same() -> None:
    told = at(6, 10)
    goes = next_digest(told, hours=USUAL, zone=JAKARTA, working_day=lambda _day: False)
    assert goes == at(7, 10)


def test_urgent_or_not_decides_which_it_is() -> None:
    how = {"hours": USUAL, "zone": JAKARTA, "working_day": weekday}
    assert goes_at(at(6, 10), urgent=True, **how) == at(6, 10)  # type: ignore[arg-type]
    assert goes_at(at(6, 10), urgent=False, **how) == at(7, 7, 30)  # type: ignore[arg-type]


def test_pauses_grow_and_stay_at_their_longest() -> None:
    assert [busy_pause(n).seconds // 60 for n in (0, 1, 2, 7, 99)] == [1, 1, 2, 120, 120]
    assert [down_pause(n).seconds for n in (1, 2, 7, 99)] == [10, 20, 900, 900]
