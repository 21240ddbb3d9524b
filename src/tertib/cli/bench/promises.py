"""Working time: what a promise ends at, and how much of it has passed."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tertib.cli.bench.rows import Row, typical
from tertib.cli.clock import Clock
from tertib.lib import limits
from tertib.lib.limits import Calendar, Duration
from tertib.sop import versions

TWO_HOURS = Duration(2, "hours")
BLINK = timedelta(minutes=1)


def working_time(size: int, clock: Clock) -> list[Row]:
    """Due and elapsed of two working hours, begun at random instants of a year."""
    sop = versions.current(clock.now)
    calendar, zone = sop.calendar, ZoneInfo(sop.timezone)
    chance = random.Random(1)  # noqa: S311 no secret
    begins = [clock.now - timedelta(minutes=chance.randrange(525_600)) for _ in range(size)]

    def exact(begin: datetime) -> None:
        due = limits.due(
            begin, TWO_HOURS, clock="business", zone=zone, site_zone=zone, calendar=calendar
        )
        limits.elapsed(begin, due, calendar=calendar, zone=zone)

    few = begins[: max(size // 100, 1)]
    ours = typical(lambda: _each(begins, exact), 5) / len(begins)
    peer = typical(lambda: _each(few, lambda begin: by_minutes(begin, calendar, zone)), 3)
    name = "one minute after the other"
    figure, reference = ours * 1e6, peer / len(few) * 1e6
    return [Row("working_time", f"{size} promises", "none", figure, "us", name, reference)]


def _each(begins: list[datetime], work: Callable[[datetime], object]) -> None:
    for begin in begins:
        work(begin)


def by_minutes(begin: datetime, calendar: Calendar, zone: ZoneInfo) -> datetime:
    """Find the same end by trying every minute: what the arithmetic is spared."""
    left, at = timedelta(hours=2), begin
    while left:
        local = at.astimezone(zone)
        wall = timedelta(hours=local.hour, minutes=local.minute)
        if any(opens <= wall < closes for opens, closes in calendar.windows(local.date())):
            left -= BLINK
        at += BLINK
    return at
