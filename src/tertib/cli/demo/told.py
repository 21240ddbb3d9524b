"""How a room that is not built yet is told: in rows that another system would bring.

The rooms yield theirs in any order; `year.py` sorts them and brings them day by day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from tertib.cli.demo.company import PLACES
from tertib.cli.demo.machines import Machine

HOME = ZoneInfo(PLACES[0].zone)
DAY = timedelta(days=1)
REPORTS_SINCE = 115 * DAY  # before the end: from then on management's reports are Tertib's own


@dataclass(frozen=True, slots=True)
class Brought:
    """A row, and when its source brings it: once it has happened."""

    at: datetime
    source: str
    row: dict[str, Any]


@dataclass
class Told:
    """first, last: the year. rolled_out: when the computers' agents were; the day after, other
    systems speak of computers, too. people: uuid of everybody. it: those of IT, as company.IT.
    """

    random: Random
    first: datetime
    last: datetime
    rolled_out: datetime
    machines: list[Machine]
    people: list[str]
    it: list[str]
    manager: str
    sites: list[str]
    _n: int = 0

    # --- Rows ---

    def fact(
        self,
        source: str,
        kind: str,
        about: tuple[str, str],
        at: datetime,
        outcome: str = "ok",
        /,
        *,
        actor: str | None = None,
        **body: Any,
    ) -> Brought:
        self._n += 1
        subject = {"kind": about[0], "key": about[1]}
        row = {"fact": kind, "subject": subject, "at": at.isoformat(), "id": f"{kind}:{self._n}"}
        row |= {"outcome": outcome} if outcome != "ok" else {}
        row |= {"actor": actor} if actor else {}
        row |= {"body": body} if body else {}
        return Brought(at, source, row)

    def member(self, source: str, population: str, about: tuple[str, str], at: datetime) -> Brought:
        subject = {"kind": about[0], "key": about[1]}
        row = {"member": population, "subject": subject, "from": at.isoformat()}
        return Brought(at, source, row)

    def days(
        self, every: int = 1, *, hour: int = 9, since: datetime | None = None
    ) -> Iterator[datetime]:
        """Yield an instant on each such day of the year, counted back from its last day."""
        day = self.last.astimezone(HOME).date()
        while self.clock(day, hour) >= (since or self.first):
            if self.clock(day, hour) <= self.last:
                yield self.clock(day, hour)
            day -= DAY * every

    def computer_days(self, every: int, *, hour: int) -> Iterator[datetime]:
        return self.days(every, hour=hour, since=self.rolled_out + DAY)

    def months(self, *, day: int, hour: int = 9) -> Iterator[datetime]:
        at = self.first.astimezone(HOME).date().replace(day=1)
        while at <= self.last.astimezone(HOME).date():
            yield self.clock(at.replace(day=day), hour)
            at = (at + 32 * DAY).replace(day=1)

    def clock(self, day: date, hour: int, minute: int = 0) -> datetime:
        local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=HOME)
        return local.astimezone(UTC)
