"""What lapses next, if nothing comes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, Q

from tertib.compliance.models import Standing
from tertib.evidence import subjects
from tertib.sop import versions
from tertib.sop.format import Control

# What is renewed several times a day falls all the time, if nothing comes: no news to anybody.
ROUTINE = timedelta(hours=30)
LOOKED_AT = 2_000  # of the soonest: enough for the few that are shown
NAMED = 2


@dataclass(frozen=True, slots=True)
class Coming:
    """at  the first of those of that local day; labels  the names of the first two"""

    at: datetime
    control: Control
    clause_id: str
    count: int
    labels: tuple[str, ...]


def coming(now: datetime, days: int = 30, limit: int = 5) -> list[Coming]:
    """Return what falls in so many days, by control and local day, the soonest first."""
    if not versions.law():
        return []
    sop = versions.current(now)
    zone = ZoneInfo(sop.timezone)
    rows = (
        Standing.objects.filter(falls_at__gt=now, falls_at__lte=now + timedelta(days=days))
        .exclude(state="")
        .filter(Q(decided_at=None) | Q(falls_at__gt=F("decided_at") + ROUTINE))
        .order_by("falls_at", "pk")
        .values_list("control", "subject", "falls_at")[:LOOKED_AT]
    )
    groups: dict[tuple[str, date], list[tuple[UUID, datetime]]] = {}
    for control, subject, falls_at in rows:
        if control in sop.controls and falls_at is not None:
            day = falls_at.astimezone(zone).date()
            groups.setdefault((control, day), []).append((subject, falls_at))
    shown = list(islice(groups.items(), limit))
    names = subjects.known(uuid for _, falls in shown for uuid, _ in falls[:NAMED])

    def labels(falls: list[tuple[UUID, datetime]]) -> Iterator[str]:
        for uuid, _ in falls[:NAMED]:
            if uuid in names:
                yield names[uuid].label

    return [
        Coming(
            falls[0][1],
            sop.controls[control],
            sop.controls[control].clause,
            len(falls),
            tuple(labels(falls)),
        )
        for (control, _), falls in shown
    ]
