"""Who was in, and when."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime

from tertib.compliance.records import Span

type Bounds = tuple[datetime, datetime | None]


def joined(spans: Iterable[Span]) -> list[Bounds]:
    """Return the memberships oldest first; records that join or overlap are one."""
    found: list[Bounds] = []
    for span in sorted(spans, key=lambda span: span.began_at):
        begin, end = span.began_at, span.ended_at
        if end is not None and end <= begin:
            continue
        if found and ((last := found[-1])[1] is None or begin <= last[1]):
            if last[1] is not None and (end is None or end > last[1]):
                found[-1] = (last[0], end)
        else:
            found.append((begin, end))
    return found


def membership(bounds: Sequence[Bounds], t: datetime) -> tuple[datetime | None, datetime | None]:
    """Return since when it is in at t (None: it is not), and when that turns (None: never)."""
    i = bisect_right(bounds, t, key=lambda bound: bound[0])
    if i and ((end := bounds[i - 1][1]) is None or t < end):
        return bounds[i - 1]
    return None, bounds[i][0] if i < len(bounds) else None
