"""Who acts in the demonstration, and when."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tertib.cli.clock import Clock
from tertib.cli.demo.told import DAY, HOME
from tertib.people.models import Site, User
from tertib.work.models import Item


@dataclass(order=True)
class Act:
    at: datetime
    do: Callable[[], object] = field(compare=False)


@dataclass
class Cast:
    """it: as company.IT, its head first. people: the line managers first. settle: what Tertib does
    by itself, up to the clock's instant.
    """

    first: datetime
    last: datetime
    clock: Clock
    sites: list[Site]
    it: list[User]
    management: list[User]
    people: list[User]
    settle: Callable[[], object]

    @property
    def now(self) -> datetime:
        return self.clock.now

    @property
    def head(self) -> User:
        return self.it[0]

    def workday(self, before: int, hour: int, minute: int = 0) -> datetime:
        """Return that time of a day so long before the end, or of the Friday before a weekend."""
        day = self.last.astimezone(HOME).date() - before * DAY
        day -= max(0, day.weekday() - 4) * DAY
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=HOME)

    def evening(self, days: int) -> datetime:
        """Return the end of the working day so many days after the clock's instant."""
        local = self.now.astimezone(HOME) + timedelta(days=days)
        return local.replace(hour=17, minute=0, second=0, microsecond=0)

    def work(self, control: str) -> Item | None:
        """Return the open work of a control, if anything has lapsed there."""
        return Item.objects.open().filter(control=control).first()
