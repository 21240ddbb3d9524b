"""Slots against the calendar itself."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertib.lib.durations import parse
from tertib.lib.limits import Duration
from tertib.lib.slots import Slot

JAKARTA = ZoneInfo("Asia/Jakarta")
EVERY = ["1 days", "1 weeks", "1 months", "3 months", "6 months", "12 months", "1 years"]
every = st.sampled_from(EVERY).map(parse)
days = st.dates(date(2024, 1, 1), date(2032, 1, 1))


def name(day: date, every: Duration) -> object:
    """Name the day, week, month, quarter, half-year or year that holds it, in another way."""
    if every.unit == "days":
        return day.toordinal()
    if every.unit == "weeks":
        return day.isocalendar()[:2]
    months = every.count * (12 if every.unit == "years" else 1)
    return day.year, (day.month + months - 1) // months


@given(days, every)
def test_a_slot_holds_just_the_days_of_its_name(day: date, every: Duration) -> None:
    slot = Slot.holding(day, every)
    assert slot.first <= day < slot.after
    in_slot = slot.first
    while in_slot < slot.after:
        assert name(in_slot, every) == name(day, every)
        in_slot += timedelta(days=1)
    assert name(slot.after, every) != name(day, every)
    assert name(slot.first - timedelta(days=1), every) != name(day, every)


@given(days, every)
def test_slots_follow_one_another(day: date, every: Duration) -> None:
    slot = Slot.holding(day, every)
    assert slot.next(every).first == slot.after
    assert slot.next(every).previous(every) == slot


def test_instants_are_the_zones() -> None:
    slot = Slot.at(datetime(2026, 10, 31, 18, tzinfo=UTC), parse("1 months"), zone=JAKARTA)
    assert slot == Slot(date(2026, 11, 1), date(2026, 12, 1))
    assert slot.begins(JAKARTA) == datetime(2026, 11, 1, tzinfo=JAKARTA)
    assert slot.ends(JAKARTA) == datetime(2026, 12, 1, tzinfo=JAKARTA)
    assert slot.closes(parse("5 days"), JAKARTA) == datetime(2026, 12, 6, tzinfo=JAKARTA)
    assert slot.closes(parse("6 hours"), JAKARTA) == datetime(2026, 12, 1, 6, tzinfo=JAKARTA)
    assert slot.closes(None, JAKARTA) == slot.ends(JAKARTA)


@pytest.mark.parametrize("text", ["2 days", "2 weeks", "2 months", "24 hours", "1 workdays"])
def test_the_calendar_has_no_other_slots(text: str) -> None:
    with pytest.raises(ValueError, match="no slots"):
        Slot.holding(date(2026, 1, 1), parse(text))
