"""Values in, values out."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, tzinfo

from tertib.lib import limits
from tertib.lib.limits import Calendar, Duration


def end_of(last_day: date, zone: tzinfo) -> datetime:
    """Return 24:00 of that day: until then, not including, what ends on it lasts."""
    return limits.midnight(last_day + limits.DAY, zone)


def latest_day(begin: datetime, longest: Duration, *, zone: tzinfo, calendar: Calendar) -> date:
    """Return the last day on which something may end that begins then."""
    end = limits.limit(begin, longest, zone=zone, calendar=calendar)
    return (end - limits.SECOND).astimezone(zone).date()


def same_days(before: Calendar, after: Calendar, *, since: date) -> bool:
    """Say whether each day has the same hours in both, from that day on: however written down."""
    ends = [period.last for one in (before, after) for period in one.periods]
    known = [day for one in (before, after) for day in (*one.holidays, *one.special_days)]
    years = max((day.year for day in (*ends, *known)), default=since.year) - since.year
    days = (since + number * limits.DAY for number in range(366 * (max(years, 0) + 1) + 7))
    return all(list(before.windows(day)) == list(after.windows(day)) for day in days)


def is_or_under(role: str, above: str, parents: Mapping[str, str | None]) -> bool:
    """Say whether who holds the role holds the one above, too."""
    for _step in range(len(parents) + 1):
        if role == above:
            return True
        parent = parents.get(role)
        if parent is None:
            return False
        role = parent
    return False


def holds(held: Collection[str], above: str, parents: Mapping[str, str | None]) -> bool:
    """Say whether one of these roles ("role:<id>") is that role or below it."""
    return any(is_or_under(role.removeprefix("role:"), above, parents) for role in held)
