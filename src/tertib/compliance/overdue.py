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

# A page looks at so many at most. More fall due in one minute only where a new version begins or
# the worker has been away for long, and then the page is as of the last tick for the rest.
LIMIT = 500


@dataclass(frozen=True, slots=True)
class Overdue:
    """Changes by pair, as the next tick will write them."""

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

    def add_to(self, numbers: dict[str, Numbers]) -> None:
        for one in self.moved():
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


NOTHING = Overdue()


def look(
    now: datetime, law: Law, routes: Routes, *, controls: Collection[str] | None = None
) -> Overdue:
    """Judge what is due by now, of those controls or of all."""
    rows = Standing.objects.filter(next_at__lte=now)
    if controls is not None:
        rows = rows.filter(control__in=controls)
    due = rows.order_by("next_at").values_list("control", "subject", "next_at")[:LIMIT]
    asked = join(
        ((control, subject), Ask(at, False))
        for control, subject, at in due
        if control in routes.versions and at is not None
    )
    return Overdue(judge(asked, law=law, routes=routes, now=now)) if asked else NOTHING
