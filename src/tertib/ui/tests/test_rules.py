"""Times and numbers as people say them."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertib.ui import rules

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 24, 3, 24, tzinfo=UTC)  # Tuesday 10.24 in Jakarta


@pytest.mark.parametrize(
    ("t", "indonesian", "english"),
    [
        (NOW - timedelta(minutes=4), "Hari ini 10.20", "Today 10:20"),
        (NOW + timedelta(hours=22, minutes=36), "Besok 09.00", "Tomorrow 09:00"),
        (NOW - timedelta(hours=11), "Kemarin 23.24", "Yesterday 23:24"),
        (datetime(2026, 11, 28, 2, tzinfo=UTC), "Sab 28 Nov 09.00", "Sat 28 Nov 09:00"),
        (datetime(2025, 8, 17, 2, tzinfo=UTC), "17 Agu 2025", "17 Aug 2025"),
    ],
)
def test_an_instant_is_told_as_one_says_it_today(
    t: datetime, indonesian: str, english: str
) -> None:
    assert rules.when(t, NOW, JAKARTA, "id") == indonesian
    assert rules.when(t, NOW, JAKARTA, "en") == english
    inside = rules.when_inside(t, NOW, JAKARTA, "id")
    assert inside == indonesian.replace("H", "h").replace("B", "b").replace("K", "k")


def test_an_absolute_time_names_its_zone() -> None:
    assert rules.stamp(NOW, JAKARTA, "id") == "24 Nov 2026, 10.24 WIB"
    assert rules.stamp(NOW, ZoneInfo("Asia/Makassar"), "id") == "24 Nov 2026, 11.24 WITA"
    assert rules.stamp(NOW, ZoneInfo("Asia/Jayapura"), "en") == "24 Nov 2026, 12:24 WIT"
    assert rules.long_day(NOW, JAKARTA, "id") == "Selasa, 24 November 2026"


def test_a_deadline_at_midnight_is_the_end_of_the_day_before_it() -> None:
    midnight = datetime(2026, 11, 24, 17, tzinfo=UTC)  # 25 Nov 00.00 in Jakarta
    assert rules.last_day(midnight, JAKARTA).day == 24
    assert rules.until(midnight, NOW, JAKARTA, "id") == "Hari ini 24.00"
    assert rules.until_inside(midnight, NOW, JAKARTA, "id") == "hari ini 24.00"
    assert rules.until(midnight + timedelta(days=3), NOW, JAKARTA, "en") == "Fri 27 Nov 24:00"
    assert rules.until_stamp(midnight, JAKARTA, "id") == "24 Nov 2026, 24.00 WIB"
    before = midnight - timedelta(minutes=1)
    assert rules.until(before, NOW, JAKARTA, "id") == "Hari ini 23.59"
    assert rules.until_stamp(before, JAKARTA, "en") == "24 Nov 2026, 23:59 WIB"


@pytest.mark.parametrize(
    ("length", "indonesian", "english"),
    [
        (timedelta(minutes=12), "12 menit", "12 minutes"),
        (timedelta(minutes=1), "1 menit", "1 minute"),
        (timedelta(hours=1, minutes=59), "1 jam", "1 hour"),
        (timedelta(hours=23), "23 jam", "23 hours"),
        (timedelta(hours=47), "1 hari", "1 day"),
        (timedelta(days=6, hours=23), "6 hari", "6 days"),
        (timedelta(days=1234), "1.234 hari", "1,234 days"),
    ],
)
def test_a_length_is_told_in_its_largest_whole_unit(
    length: timedelta, indonesian: str, english: str
) -> None:
    assert rules.span(length, "id") == indonesian
    assert rules.span(length, "en") == english


def test_a_promise_is_ahead_or_late() -> None:
    assert rules.left(NOW + timedelta(hours=2), NOW, "id") == "2 jam lagi"
    assert rules.left(NOW - timedelta(minutes=12), NOW, "id") == "Terlambat 12 menit"
    assert rules.left(NOW - timedelta(minutes=12), NOW, "en") == "12 minutes late"
    assert rules.ago(NOW - timedelta(seconds=30), NOW, "id") == "baru saja"


@pytest.mark.parametrize(
    ("hour", "words"), [(4, "pagi"), (10, "pagi"), (11, "siang"), (15, "sore"), (18, "malam")]
)
def test_the_greeting_follows_the_hour_of_the_place(hour: int, words: str) -> None:
    t = datetime(2026, 11, 24, hour, tzinfo=JAKARTA)
    assert rules.greeting(t, JAKARTA, "id") == f"Selamat {words}"


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (Fraction(1), "100%"),
        (Fraction(9999, 10000), "99,9%"),
        (Fraction(972, 1000), "97,2%"),
        (Fraction(1, 3), "33,3%"),
        (Fraction(0), "0%"),
    ],
)
def test_a_percentage_is_cut_and_only_all_is_a_hundred(share: Fraction, told: str) -> None:
    assert rules.percent(share, "id") == told


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ((8984, 0, 0, 1016), ["89,8%", "0%", "0%", "10,2%"]),
        ((1, 1, 1), ["33,4%", "33,3%", "33,3%"]),
        ((99_960, 0, 40), ["99,9%", "0%", "0,1%"]),
        ((1_000_000, 1, 1, 1), ["99,7%", "0,1%", "0,1%", "0,1%"]),
        ((7, 0), ["100%", "0%"]),
        ((0, 0), ["0%", "0%"]),
    ],
)
def test_percentages_shown_together_add_up_and_only_all_is_a_hundred(
    parts: tuple[int, ...], told: list[str]
) -> None:
    assert rules.percents(parts, "id") == told


def test_numbers_are_grouped_as_the_language_does() -> None:
    assert rules.number(18204, "id") == "18.204"
    assert rules.number(18204, "en") == "18,204"


def test_initials_are_those_of_the_first_and_the_last_name() -> None:
    assert rules.initials("Dewi Sri Anggraini") == "DA"
    assert rules.initials("Sukarno") == "S"
    assert rules.initials("") == ""


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=8), st.integers(10, 2000))
def test_the_parts_of_a_bar_fill_it_and_none_that_is_there_is_lost(
    parts: list[int], width: int
) -> None:
    shares = rules.shares(parts, width)
    if not any(parts):
        assert {share for _, share in shares} == {0}
        return
    assert sum(share for _, share in shares) == width
    assert all(share > 0 for part, (_, share) in zip(parts, shares, strict=True) if part)


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=40))
def test_a_sparkline_stays_inside_its_frame(values: list[float]) -> None:
    line = rules.points(values, width=60, height=26)
    assert all(3 <= x <= 57 and 3 <= y <= 23 for x, y in line)
