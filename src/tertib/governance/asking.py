"""Who has acknowledged what: the version in force, and whom it still waits for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet

from tertib.governance.models import Acknowledgement
from tertib.lib import limits
from tertib.people.models import User
from tertib.sop import versions
from tertib.sop.format import InForce, Sop
from tertib.sop.models import Version


@dataclass(frozen=True)
class Asked:
    """What everybody is asked to acknowledge.

    names: any of these versions will do; those after the first change only calendars (decision 36).
    """

    version: Version
    sop: Sop
    since: datetime
    names: frozenset[str]

    def due_by(self, person: User) -> datetime:
        """Return until when, not including, that person has time: from joining on at the latest."""
        assert self.sop.acknowledge_within  # noqa: S101 `asked` looks
        return limits.limit(
            max(self.since, person.joined_at),
            self.sop.acknowledge_within,
            zone=ZoneInfo(self.sop.timezone),
            calendar=self.sop.calendar,
        )


def asked(now: datetime) -> Asked | None:
    """Return what is asked for now. None: no version is approved, or it asks for nothing."""
    if not versions.law():
        return None
    turn = versions.in_force(now)
    rows = {row.name: row for row in versions.judging()}
    version = rows[turn.sop.version]
    if turn.sop.acknowledge_within is None or version.approved_at is None:
        return None
    # What it carries on may be the first, which judges before anybody has approved it.
    first = rows[turn.version].approved_at if turn.carries_on else version.approved_at
    since = max(turn.version_since, first or turn.version_since)
    return Asked(version, turn.sop, since, frozenset(_names(turn)))


def _names(turn: InForce | None) -> Iterable[str]:
    while turn:
        yield turn.sop.version
        turn = turn.carries_on


def acknowledgement(person: User, ask: Asked) -> Acknowledgement | None:
    found = Acknowledgement.objects.filter(person=person, version__name__in=ask.names)
    return found.select_related("version").order_by("-at").first()


def silent(ask: Asked) -> QuerySet[User]:
    """Return who has not acknowledged it yet."""
    said = Acknowledgement.objects.filter(person=OuterRef("pk"), version__name__in=ask.names)
    return User.objects.filter(~Exists(said), is_active=True)
