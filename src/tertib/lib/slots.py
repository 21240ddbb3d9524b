"""The slots of a schedule: calendar days, ISO weeks, months, quarters, half-years and years."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Self

from tertib.lib.limits import DAY, Duration, forward, midnight, moved

MONTHS = {("months", count): count for count in (1, 3, 6, 12)} | {("years", 1): 12}


@dataclass(frozen=True, order=True)
class Slot:
    """The days from `first` until, not including, `after`."""

    first: date
    after: date

    @classmethod
    def holding(cls, day: date, every: Duration) -> Self:
        """Return the slot that holds the day. Raise ValueError if `every` is no calendar slot."""
        if (every.unit, every.count) == ("days", 1):
            return cls(day, day + DAY)
        if (every.unit, every.count) == ("weeks", 1):
            first = day - timedelta(days=day.weekday())
            return cls(first, first + timedelta(weeks=1))
        if not (months := MONTHS.get((every.unit, every.count))):
            raise ValueError(f"no slots of {every.count} {every.unit}")
        first = date(day.year, (day.month - 1) // months * months + 1, 1)
        return cls(first, moved(first, Duration(months, "months"), +1))

    @classmethod
    def at(cls, t: datetime, every: Duration, *, zone: tzinfo) -> Self:
        """Return the slot in which t lies, in days of `zone`."""
        return cls.holding(t.astimezone(zone).date(), every)

    def begins(self, zone: tzinfo) -> datetime:
        return midnight(self.first, zone)

    def ends(self, zone: tzinfo) -> datetime:
        return midnight(self.after, zone)

    def closes(self, grace: Duration | None, zone: tzinfo) -> datetime:
        """Return c = b + grace: until when, not including, the slot can still be filled."""
        ends = self.ends(zone)
        return forward(ends, grace, zone=zone) if grace else ends

    def next(self, every: Duration) -> Self:
        return self.holding(self.after, every)

    def previous(self, every: Duration) -> Self:
        return self.holding(self.first - DAY, every)
