"""When a job is tried again, and when a schedule comes round. Values in, values out."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ATTEMPTS = 5
LEASE = timedelta(seconds=6)  # a killed worker's job is free again after that
HEARTBEAT = timedelta(seconds=1.5)
PUT_OFF = timedelta(seconds=5)  # while nothing can be stored


def pause(attempts: int) -> timedelta:
    """Return how long to wait after that many failed attempts: 10 s, 40 s, 160 s, 640 s, 1 h."""
    return min(timedelta(seconds=10 * 4 ** (attempts - 1)), timedelta(hours=1))


@dataclass(frozen=True)
class Every:
    """Again and again with the same distance; for the first time at once."""

    interval: timedelta

    def first(self, now: datetime) -> datetime:
        return now

    def after(self, run_by: datetime, now: datetime) -> datetime:
        """Return the first instant of the same rhythm that lies after now: downtime runs once."""
        return run_by + self.interval * ((now - run_by) // self.interval + 1)

    def __str__(self) -> str:
        return f"every {self.interval}"


@dataclass(frozen=True)
class Daily:
    """Once a day at a local time. A time that the clocks skip is read with the offset before."""

    at: time
    zone: str

    def first(self, now: datetime) -> datetime:
        local = now.astimezone(ZoneInfo(self.zone))
        day = local.date()
        while (instant := self._on(day)) <= now:
            day += timedelta(days=1)
        return instant

    def after(self, run_by: datetime, now: datetime) -> datetime:
        return self.first(max(run_by, now))

    def _on(self, day: date) -> datetime:
        return datetime.combine(day, self.at, tzinfo=ZoneInfo(self.zone)).astimezone(UTC)

    def __str__(self) -> str:
        return f"daily {self.at:%H:%M} {self.zone}"


type Rule = Every | Daily
