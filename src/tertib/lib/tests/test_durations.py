"""Durations in both languages and ISO 8601."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertib.lib.durations import LENGTHS, canonical, length, parse, words
from tertib.lib.limits import Duration

durations = st.builds(Duration, st.integers(0, 99), st.sampled_from(sorted(LENGTHS)))


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2 hours", "PT2H"),
        ("1 hour", "PT1H"),
        ("2 jam", "PT2H"),
        ("6 months", "P6M"),
        ("6 bulan", "P6M"),
        ("3 workdays", "3 workdays"),
        ("1 workdays", "1 workday"),
        ("3 hari kerja", "3 workdays"),
        ("3 hari", "P3D"),
        ("90 menit", "PT90M"),
        ("1 years", "P1Y"),
        ("2 minggu", "P2W"),
        ("PT1H30M", "PT90M"),
        ("P1Y6M", "P18M"),
        ("P1W1D", "P8D"),
        ("0 hours", "PT0H"),
    ],
)
def test_one_form_for_all_ways_to_write_it(text: str, iso: str) -> None:
    assert canonical(parse(text)) == iso


@pytest.mark.parametrize(
    "text",
    [
        *["", "2", "hours", "2  hours", "-2 hours", "2.5 hours", "2 Hours", " 2 hours", "2 hours "],
        *["P", "PT", "P1YT", "P1Y1D", "P1DT2H", "PT2S", "101 years", "999999999 days", "1e3 hours"],
        *["two hours", "2 fortnights", "٢ hours", "2 hari kerja kerja"],
    ],
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no duration"):
        parse(text)


@given(durations)
def test_each_way_of_writing_reads_back(duration: Duration) -> None:
    for text in (canonical(duration), words(duration, "id"), words(duration, "en")):
        assert parse(text) == duration


def test_lengths_compare() -> None:
    ordered = ["59 minutes", "1 hours", "25 hours", "2 days", "1 weeks", "31 days", "1 years"]
    assert sorted(map(parse, reversed(ordered)), key=length) == list(map(parse, ordered))
