"""A clock in the hand of a benchmark or of the demo: only they may inject one (decision 15)."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass
class Clock:
    """The ledger's clock in the hand of whoever lives through a time that is not now."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now
