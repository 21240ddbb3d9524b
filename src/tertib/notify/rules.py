"""When something may leave the house. Values in, values out: no database, no clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

LONGEST_HOLIDAY = 60  # days without a working day; then one goes out all the same
# Two messages to one person on one channel are at least so far apart: what comes meanwhile is
# collected.
GAP = timedelta(minutes=10)
# What could not leave for so long is of no use any more; in the app it stands all the same.
STALE = timedelta(days=5)
KEPT = timedelta(days=180)  # a notice that was read
LEASE = timedelta(minutes=3)  # longer than any channel may take for one message
BUSY_PAUSES = (1, 2, 5, 15, 30, 60, 120)  # minutes, while one address says "later"
DOWN_PAUSES = (10, 20, 60, 120, 300, 600, 900)  # seconds, while a whole channel is down


@dataclass(frozen=True)
class Hours:
    """When one wants to hear of things, in one's own zone."""

    digest_at: time = time(7, 30)
    quiet_from: time = time(21)
    quiet_until: time = time(6)  # the same: never quiet


def goes_at(
    told_at: datetime,
    *,
    urgent: bool,
    hours: Hours,
    zone: tzinfo,
    working_day: Callable[..., bool],
) -> datetime:
    """Return when a notice may go: urgent ones outside the quiet hours, the rest in the digest."""
    if urgent:
        return after_quiet(told_at, hours=hours, zone=zone)
    return next_digest(told_at, hours=hours, zone=zone, working_day=working_day)


def after_quiet(t: datetime, *, hours: Hours, zone: tzinfo) -> datetime:
    """Return t, or the end of the quiet hours that it lies in."""
    local = t.astimezone(zone)
    start, end, at = hours.quiet_from, hours.quiet_until, local.time()
    quiet = start <= at < end if start < end else (start != end and (at >= start or at < end))
    if not quiet:
        return t
    day = local.date() + timedelta(days=1) if end <= at else local.date()
    return datetime.combine(day, end, zone).astimezone(UTC)


def next_digest(
    t: datetime, *, hours: Hours, zone: tzinfo, working_day: Callable[..., bool]
) -> datetime:
    """Return the next time of the digest after t, on a working day."""
    first = t.astimezone(zone).date()
    for ahead in range(LONGEST_HOLIDAY):
        day = first + timedelta(days=ahead)
        at = datetime.combine(day, hours.digest_at, zone).astimezone(UTC)
        if at > t and working_day(day):
            return at
    return t + timedelta(days=1)


def busy_pause(attempts: int) -> timedelta:
    """Return how long an address that said "later" is left in peace after so many tries."""
    return timedelta(minutes=BUSY_PAUSES[min(max(attempts, 1), len(BUSY_PAUSES)) - 1])


def down_pause(failures: int) -> timedelta:
    """Return how long a channel that is down is left alone after so many failures in a row."""
    return timedelta(seconds=DOWN_PAUSES[min(max(failures, 1), len(DOWN_PAUSES)) - 1])
