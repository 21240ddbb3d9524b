"""Who is there, who stands in, who is above: what other rooms ask about people at an instant.

Everything is read in one statement each, and speaks of people by their primary key.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from tertib.access import policy
from tertib.evidence.models import Membership
from tertib.people.models import Absence, InTeam, Reporting, Site, User


class Away(NamedTuple):
    """Until when somebody is away, and who was named to stand in; by themselves, or by others."""

    until: datetime
    deputy: int | None
    named: bool = True


def away(now: datetime, until: datetime | None = None) -> dict[int, Away]:
    """Return who is away at `now`, or at any instant from then until `until`.

    A deputy who has left is none; one who is away, too, is named: look them up here as well.
    """
    rows = Absence.objects.filter(ended_at__gt=now, person__is_active=True)
    rows = rows.filter(began_at__lt=until) if until else rows.filter(began_at__lte=now)
    told = rows.order_by("-began_at").values_list(
        "person", "ended_at", "deputy", "deputy__is_active", "named_by"
    )
    return {
        person: Away(ended_at, deputy if active else None, person == named_by)
        for person, ended_at, deputy, active, named_by in told
    }


def stands_for(person: User, now: datetime) -> list[User]:
    """Return who is away and named this person to stand in: nobody, while that is away, too."""
    absent = away(now)
    if person.pk in absent:
        return []
    named = [pk for pk, told in absent.items() if told.deputy == person.pk and told.named]
    return list(User.objects.filter(pk__in=named).order_by("pk")) if named else []


def manager_of(people: Iterable[int], now: datetime) -> dict[int, int]:
    """Return the line manager at `now` of each of these who has one that works here."""
    rows = Reporting.objects.at(now).filter(person__in=list(people), manager__is_active=True)
    return dict(rows.values_list("person", "manager"))


def holders(role: str, now: datetime, site: Site | None = None) -> list[int]:
    """Return who holds exactly this role, not one below it; those there longest come first."""
    held = Membership.objects.at(now).filter(population=policy.ROLE + role)
    since: dict[UUID, datetime] = {}
    for subject, began_at in held.values_list("subject", "began_at"):
        since[subject] = min(began_at, since.get(subject, began_at))
    people = User.objects.filter(uuid__in=since, is_active=True)
    if site:
        people = people.filter(site=site)
    found = people.values_list("pk", "uuid")
    return [pk for pk, uuid in sorted(found, key=lambda row: (since[row[1]], row[0]))]


def members_of(team: UUID, now: datetime) -> list[int]:
    rows = InTeam.objects.at(now).filter(team__uuid=team, person__is_active=True)
    return list(rows.order_by("began_at", "pk").values_list("person", flat=True))


def lead_of(team: UUID, now: datetime) -> int | None:
    rows = InTeam.objects.at(now).filter(Q(lead=True), team__uuid=team, person__is_active=True)
    return rows.values_list("person", flat=True).first()


def team_of(people: Iterable[int], now: datetime) -> dict[int, UUID]:
    rows = InTeam.objects.at(now).filter(person__in=list(people))
    return dict(rows.values_list("person", "team__uuid"))


def last_admin(person: User, now: datetime) -> bool:
    """Say whether nobody else runs this installation."""
    role = policy.ROLE + policy.ADMIN
    holds = Membership.objects.at(now).filter(population=role, ended_at=None)
    admins = User.objects.filter(is_active=True, uuid__in=holds.values("subject"))
    return list(admins.values_list("pk", flat=True)) == [person.pk]
