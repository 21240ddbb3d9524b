"""A people list becomes people: nothing of a faulty list, else person by person."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tertib.access import policy
from tertib.audit.actions import note
from tertib.evidence import subjects
from tertib.evidence.models import Membership
from tertib.lib.errors import Refused
from tertib.people import managers, roster
from tertib.people.actions import undoing
from tertib.people.actions.persons import (
    add_person,
    change_person,
    come_back,
    end_role,
    give_role,
    leave,
)
from tertib.people.actions.standing import set_manager
from tertib.people.models import ListChange, ListLoad, Reporting, Site, User, uuid_of
from tertib.people.roster import Change, Fault, Known, Plan, Row

type Sites = dict[str, Site]


@dataclass
class Done:
    done: Counter[str]  # kind of change: people
    refused: list[Fault]  # changed by somebody else since the list was compared


def compare(
    data: bytes | str, *, now: datetime, complete: bool = False, by: User | None = None
) -> Plan | list[Fault]:
    """Read a list and say what it would change; nothing is stored."""
    text = roster.decode(data if isinstance(data, bytes) else data.encode())
    if isinstance(text, Fault):
        return [text]
    sites = list(Site.objects.order_by("pk"))
    rows = roster.parse(text, roles=policy.tree(), sites=[site.name for site in sites])
    if rows and isinstance(rows[0], Fault):
        return [row for row in rows if isinstance(row, Fault)]
    first, people = sites[0], known(now)
    told = [row for row in rows if isinstance(row, roster.Row)]
    found = roster.plan(
        told,
        people,
        zone=first.zone,
        first_site=first.name,
        now=now,
        complete=complete,
        spared=spared(by, now),
    )
    return managers.faults(told, people, found) or _self(found, by) or found


def take(plan: Plan, *, by: User | None, now: datetime) -> Done:
    """Do what was planned, each person in a transaction of their own: writers are brief.

    Broken off, the same list does the rest.
    """
    result = Done(Counter(), [])
    if not plan.changes:
        return result
    sites = {site.name: site for site in Site.objects.all()}
    load = ListLoad.objects.create(by=uuid_of(by), at=now)
    kept: list[tuple[Change, ListChange]] = []
    for change in plan.changes:
        try:
            with transaction.atomic():
                told = _do(change, sites, load, by=by, now=now)
        except Refused as refusal:
            result.refused.append(Fault(_number(change), str(refusal)))
        else:
            kept.append((change, told))
            result.done[change.kind] += 1
    for change, told in kept:  # now that everybody is there
        if change.kind != "leave" and "manager" in change.words:
            try:
                _set_manager(change, told, by=by, now=now)
            except Refused as refusal:
                result.refused.append(Fault(_number(change), str(refusal)))
    if kept:
        org = subjects.organisation()
        note("take_list", org.pk, actor=uuid_of(by), now=now, people=(None, len(kept)))
    else:
        load.delete()
    return result


def _do(
    change: Change, sites: Sites, load: ListLoad, *, by: User | None, now: datetime
) -> ListChange:
    """Do one change, and remember what was so before."""
    somebody = None if change.kind == "join" else _person(change)
    told = ListChange(load=load, kind=change.kind, before=undoing.before(somebody))
    were = undoing.spans(somebody)
    DO[change.kind](change, sites, by=by, now=now)
    person = _person(change)
    told.person = person.uuid
    undoing.keep(told, person, were)
    return told


@transaction.atomic
def _set_manager(change: Change, told: ListChange, *, by: User | None, now: datetime) -> None:
    person, email = _person(change), _row(change).manager
    manager = User.objects.filter(email=email).first() if email else None
    were = undoing.spans(person)
    set_manager(person, manager, by=by, now=now)
    undoing.keep(told, person, were)


def with_roles(people: list[User], *, now: datetime) -> list[tuple[User, list[str]]]:
    """Return each person with the roles held now, read at once."""
    rows = Membership.objects.at(now).filter(
        population__startswith=policy.ROLE, subject__in=[person.uuid for person in people]
    )
    roles: dict[UUID, list[str]] = {}
    for population, subject in rows.values_list("population", "subject"):
        roles.setdefault(subject, []).append(population.removeprefix(policy.ROLE))
    return [(person, sorted(roles.get(person.uuid, []))) for person in people]


def known(now: datetime) -> dict[str, Known]:
    """Return everybody by e-mail, with the roles of the SOP that they hold."""
    people = list(User.objects.select_related("site").order_by("full_name", "pk"))
    rows = Membership.objects.at(now).filter(population__startswith=policy.ROLE)
    roles: dict[UUID, set[str]] = {}
    for population, subject in rows.values_list("population", "subject"):
        roles.setdefault(subject, set()).add(population.removeprefix(policy.ROLE))
    above = dict(Reporting.objects.at(now).values_list("person", "manager__email"))
    return {
        person.email: Known(
            name=person.full_name,
            email=person.email,
            roles=frozenset(roles.get(person.uuid, set()) - policy.SYSTEM),
            team=person.team,
            site=person.site.name,
            active=person.is_active,
            manager=above.get(person.pk, ""),
        )
        for person in people
    }


@transaction.atomic
def _join(change: Change, sites: Sites, *, by: User | None, now: datetime) -> None:
    row = _row(change)
    first, *others = sorted(row.roles or {roster.EMPLOYEE})
    person = add_person(
        full_name=row.name,
        email=row.email,
        site=sites[change.words["site"][1]],
        role=first,
        team=row.team or "",
        joined_at=change.at if change.new else None,
        by=by,
        now=now,
    )
    for role in others:
        give_role(person, role, by=by, now=now)


@transaction.atomic
def _change(change: Change, sites: Sites, *, by: User | None, now: datetime) -> None:
    row, person = _row(change), _person(change)
    change_person(
        person,
        full_name=row.name,
        site=sites[row.site] if row.site else person.site,
        team=person.team if row.team is None else row.team,
        by=by,
        now=now,
    )
    held = {role.removeprefix(policy.ROLE) for role in person.roles(now=now)} - policy.SYSTEM
    wanted = row.roles or held  # a list that names none takes none, and gives none
    for role in sorted(wanted - held):
        give_role(person, role, by=by, now=now)
    for role in sorted(held - wanted):
        end_role(person, role, by=by, now=now)


@transaction.atomic
def _back(change: Change, sites: Sites, *, by: User | None, now: datetime) -> None:
    person = _person(change)
    come_back(person, joined_at=change.at, by=by, now=now)
    _change(change, sites, by=by, now=now)
    if not _row(change).roles and not person.roles(now=now):
        give_role(person, roster.EMPLOYEE, by=by, now=now)


@transaction.atomic
def _leave(change: Change, sites: Sites, *, by: User | None, now: datetime) -> None:
    person = _person(change)
    leave(person, left_at=max(change.at, person.joined_at), by=by, now=now)


DO = {"join": _join, "change": _change, "back": _back, "leave": _leave}


def _row(change: Change) -> Row:
    if change.row is None:
        raise ValueError(f"Only who leaves may be missing from the list: {change.kind}")
    return change.row


def _number(change: Change) -> int:
    return change.row.number if change.row else 0


def _person(change: Change) -> User:
    person = User.objects.select_related("site").filter(email=change.email).first()
    if person is None:
        raise Refused(_("There is nobody with the address %(email)s.") % {"email": change.email})
    return person


def spared(by: User | None, now: datetime) -> frozenset[str]:
    """Whoever runs the installation does not leave by being missing from a list."""
    admins = Membership.objects.at(now).filter(population=policy.ROLE + policy.ADMIN)
    people = User.objects.filter(uuid__in=admins.values("subject"))
    return frozenset(people.values_list("email", flat=True)) | {by.email if by else ""}


def _self(plan: Plan, by: User | None) -> list[Fault]:
    """Nobody gives a role to themselves, nor leaves, by a list of their own."""
    if by is None:
        return []
    return [
        Fault(_number(change), _("This row would change your own role."))
        for change in plan.changes
        if change.known and change.known.email == by.email and _weighs(change)
    ]


def _weighs(change: Change) -> bool:
    return bool(change.words.keys() & {"roles", "status"})
