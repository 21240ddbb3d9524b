"""What has fallen due since the last tick, judged for a page without being written."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tertib.compliance import writing
from tertib.compliance.changes import Stand
from tertib.compliance.judging import Ask, Change, join, judge
from tertib.compliance.models import Counts, Standing
from tertib.compliance.routes import Law, Routes
from tertib.compliance.tally import Moved, Numbers

# A page looks at so many at most. More fall due at once where a day ends for thousands, or the
# worker has been away for long: the rest is as of the last tick then, and the page says since when.
LIMIT = 500


@dataclass(frozen=True, slots=True)
class Overdue:
    """Changes by pair, as the next tick will write them.

    until  all that has fallen due before then is judged: now, or the first instant left out
    """

    until: datetime
    changes: list[Change] = field(default_factory=list)

    def moved(self) -> list[Moved]:
        found = []
        for change in self.changes:
            for turn in change.removed:
                by = tuple((column, -way) for column, way in writing.tally(turn))
                found.append(Moved(turn.at, change.control, by))
            for _, turn in change.add:
                found.append(Moved(turn.at, change.control, tuple(writing.tally(turn))))
        return found

    def add_to(self, numbers: dict[str, Numbers], until: datetime | None = None) -> None:
        """Add what has moved to the counts; until: no later than that."""
        for one in self.moved():
            if until is not None and one.at > until:
                continue
            here = numbers.setdefault(one.control, dict.fromkeys(Counts.FIELDS, 0))
            for column, by in one.by:
                here[column] += by

    def stands(self, control: str) -> dict[tuple[UUID, int], Stand]:
        """Return how those of one control stand; who is gone is left out."""
        return {
            (change.subject, item): stand
            for change in self.changes
            if change.control == control
            for item, stand in change.stands.items()
        }

    def subjects(self, control: str) -> set[UUID]:
        return {change.subject for change in self.changes if change.control == control}


def look(
    now: datetime,
    law: Law,
    routes: Routes,
    *,
    controls: Collection[str] | None = None,
    anew: Collection[str] = (),
) -> Overdue:
    """Judge what is due by now, of those controls or of all; and all that stands in `anew`."""
    rows = Standing.objects.filter(next_at__lte=now)
    if controls is not None:
        rows = rows.filter(control__in=controls)
    due = [
        ((control, subject), at)
        for control, subject, at in rows.order_by("next_at").values_list(
            "control", "subject", "next_at"
        )[: LIMIT + 1]
        if at is not None
    ]
    until = due[LIMIT][1] if len(due) > LIMIT else now
    asks = [(pair, Ask(at, False)) for pair, at in due[:LIMIT]]
    if anew:
        again = Standing.objects.filter(control__in=anew).values_list("control", "subject")
        asks += [(pair, Ask(now, False)) for pair in again]
    asked = join((pair, ask) for pair, ask in asks if pair[0] in routes.versions)
    return Overdue(until, judge(asked, law=law, routes=routes, now=now) if asked else [])
