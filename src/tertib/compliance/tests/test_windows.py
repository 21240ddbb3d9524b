"""Windows bend where months are clamped and clocks change; both views of them say the same."""

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tertib.compliance.kinds.version import Law, Version
from tertib.compliance.tests import stream_laws
from tertib.lib.limits import Duration
from tertib.sop.format import InForce

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = ("Asia/Jakarta", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo")
windows = st.builds(
    Duration, st.integers(1, 13), st.sampled_from(["hours", "days", "weeks", "months"])
)
years = st.integers(0, 3 * 365 * 24 * 4).map(lambda n: FIRST + n * timedelta(minutes=15))
# Near the changes of clocks in those zones, and near the ends of short months.
bends = st.sampled_from(
    [datetime(2026, month, day, tzinfo=UTC) for month, day in ((2, 27), (3, 7), (3, 28), (4, 4))]
    + [datetime(2026, month, day, tzinfo=UTC) for month, day in ((4, 23), (10, 3), (10, 30))]
)
instants = st.one_of(
    years, st.builds(lambda at, n: at + n * timedelta(minutes=5), bends, st.integers(0, 900))
)
often = settings(max_examples=250, deadline=None)


def version(zone: str) -> Version:
    sop = stream_laws.company("1", [])
    object.__setattr__(sop, "timezone", zone)
    return Law([InForce(FIRST, sop)]).versions[0]


@often
@given(st.sampled_from(ZONES), instants, windows, st.data())
def test_an_instant_is_in_the_window_when_the_window_begins_before_it(
    zone: str, x: datetime, window: Duration, data: Any
) -> None:
    own = version(zone)
    spans = own.inside(x, window)
    ends = spans[-1][1]
    assert ends is not None
    near = st.integers(-2000, 2000).map(lambda n: ends + n * timedelta(minutes=5))
    for t in data.draw(st.lists(st.one_of(near, instants, st.just(ends)), min_size=30)):
        inside = any(begin <= t and (end is None or t < end) for begin, end in spans)
        assert inside == (own.back(t, window) < x <= t), t
    assert all(end is not None and own.back(end, window) >= x for _, end in spans)


@often
@given(st.sampled_from(ZONES), instants, windows, st.data())
def test_between_breakpoints_a_window_is_evenly_long(
    zone: str, begin: datetime, window: Duration, data: Any
) -> None:
    own = version(zone)
    end = begin + timedelta(days=40)
    pieces = own.pieces(window, begin, end)
    starts = [start for start, *_ in pieces]
    assert starts[0] == begin
    for n in data.draw(st.lists(st.integers(0, 40 * 24 * 12), min_size=30)):
        t = begin + n * timedelta(minutes=5)
        start, shift, still = pieces[bisect_right(starts, t) - 1]
        assert own.back(t, window) == (start if still else t) - shift, t


def test_a_window_stands_still_while_the_clock_shows_what_it_once_left_out() -> None:
    """On 8 March 2026 New York's clocks went from 2:00 to 3:00: its instant is 7:00 UTC."""
    own, month = version("America/New_York"), Duration(1, "months")
    pieces = own.pieces(month, datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 4, 20, tzinfo=UTC))
    assert [(start, start - shift) for start, shift, still in pieces if still] == [
        (datetime(2026, 4, 8, 6, tzinfo=UTC), datetime(2026, 3, 8, 7, tzinfo=UTC))
    ]


def test_a_window_may_end_while_it_stands_still() -> None:
    """In Cairo the clock never showed the first hour of the 24th of April 2026."""
    own, weeks = version("Africa/Cairo"), Duration(2, "weeks")
    end = datetime(2026, 5, 7, 21, 5, tzinfo=UTC)
    start, shift, still = own.pieces(weeks, end - timedelta(days=40), end)[-1]
    assert (start, still) == (datetime(2026, 5, 7, 21, tzinfo=UTC), True)
    assert own.back(end, weeks) == start - shift
