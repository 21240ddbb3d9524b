"""The people of a directory become people here: looked at by somebody, or each day by itself."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop as N_  # noqa: N812 what tools extract by

from tertib.access import policy
from tertib.audit.actions import note
from tertib.evidence.models import Membership
from tertib.notify.actions import tell
from tertib.people import directory, roster
from tertib.people.actions import roster as lists
from tertib.people.actions.roster import Done
from tertib.people.directory import Mapped, Read
from tertib.people.ldap import client
from tertib.people.ldap.client import Server, Trouble
from tertib.people.models import Directory, DirectoryEntry, Site, User
from tertib.people.roster import Plan
from tertib.people.telling import DIRECTORY
from tertib.vault.fields import LostSecret

log = logging.getLogger(__name__)

LOST = N_("The password of the directory is lost with the keyring. Set it anew in the settings.")
MANY_LEAVE = N_("More than a fifth of the people would leave at once, so nothing was changed.")
EMPTY = N_("The directory holds none of the people any more, so nothing was changed.")


@dataclass(frozen=True)
class Look:
    """What the directory says, and what that would change here."""

    read: Read
    plan: Plan
    moves: Mapping[str, str]  # new address by old
    people: int  # of the directory, who work here so far

    @property
    def suspicious(self) -> str:
        """Why nobody should believe it without having looked; empty: nothing speaks against it."""
        leavers = self.plan.count("leave")
        if leavers and not self.read.rows:
            return EMPTY
        return MANY_LEAVE if directory.suspicious(leavers, self.people) else ""


@transaction.atomic
def set_directory(
    told: Mapping[str, Any], password: str | None, *, by: User, now: datetime
) -> None:
    """Read people from this directory. password: None leaves the one that is stored."""
    before = Directory.objects.filter(pk=1).first()
    found = before or Directory(pk=1)
    changed: dict[str, Any] = {
        name: (getattr(before, name) if before else None, value)
        for name, value in told.items()
        if not before or getattr(before, name) != value
    }
    for name, value in told.items():
        setattr(found, name, value)
    if password is not None:
        found.bind_password = password or None
        changed["bind_password"] = (None, "…")
    found.save()
    note("set_directory", by.uuid, actor=by.uuid, now=now, **changed)


@transaction.atomic
def drop_directory(*, by: User, now: datetime) -> bool:
    """Read no directory any more; the people stay as they are."""
    host = Directory.objects.filter(pk=1).values_list("host", flat=True).first()
    if not Directory.objects.filter(pk=1).delete()[0]:
        return False
    DirectoryEntry.objects.all().delete()
    note("drop_directory", by.uuid, actor=by.uuid, now=now, host=(host, None))
    return True


def look(found: Directory, *, by: User | None, now: datetime) -> Look:
    """Ask the directory and compare; nothing is stored. Raise Trouble."""
    mapped = Mapped(found.key, found.name, found.email, found.team, found.site)
    entries = client.search(
        _server(found), base=found.base, written=found.filter, attributes=mapped.names()
    )
    sites = list(Site.objects.order_by("pk"))
    read = directory.read(entries, mapped, sites=[site.name for site in sites])
    people = lists.known(now)
    seen = dict(DirectoryEntry.objects.values_list("key", "person__email"))
    moves = directory.moved(read, people, seen)
    after = {moves.get(email, email): person for email, person in people.items()}
    ours = {moves.get(email, email) for email in seen.values()}
    here = {email for email in ours if email in after and after[email].active}
    sure = here - read.spared - {seen[key] for key in read.spared if key in seen}
    plan = roster.plan(
        read.rows,
        after,
        zone=sites[0].zone,
        first_site=sites[0].name,
        now=now,
        complete=True,
        spared=lists.spared(by, now) | (frozenset(after) - sure),
    )
    return Look(read, plan, moves, len(here))


def take(told: Look, *, by: User | None, now: datetime) -> Done:
    """Do what a look showed, person by person. Broken off, the next look does the rest."""
    for old, new in told.moves.items():
        _move(old, new, by=by, now=now)
    done = lists.take(told.plan, by=by, now=now)
    _remember(told.read.keys, now)
    counts = {"people": len(told.read.rows), "passed": len(told.read.faults), **done.done}
    settle({**counts, "moved": len(told.moves), "refused": len(done.refused)}, now=now)
    return done


def read_daily(*, now: datetime) -> str:
    """Look and do it, unless something speaks against it: then admins are told. Return what.

    Who left here is not brought back by an account that nobody closed: a person decides that.
    """
    found = Directory.objects.filter(pk=1, daily=True).first()
    if found is None:
        return "off"
    try:
        told = look(found, by=None, now=now)
        trouble, detail = told.suspicious, ""
    except Trouble as error:
        told, trouble, detail = None, error.words, error.detail
    if trouble or told is None:
        log.warning("directory_not_taken", extra={"why": trouble, "detail": detail})
        settle({"trouble": trouble, "detail": detail}, now=now)
        _tell_admins(trouble, now)
        return "refused"
    told.plan.changes = [change for change in told.plan.changes if change.kind != "back"]
    take(told, by=None, now=now)
    return "taken"


def settle(outcome: Mapping[str, Any], *, now: datetime) -> None:
    """Keep how the last look ended, for the settings page: counts and reasons, no names."""
    Directory.objects.filter(pk=1).update(looked_at=now, outcome=dict(outcome))


def _server(found: Directory) -> Server:
    try:
        password = found.bind_password or ""
    except LostSecret as error:
        raise Trouble(LOST, str(error)) from error
    return Server(
        found.host,
        found.port,
        found.security,
        authority=found.authority,
        user=found.bind_dn,
        password=password,
        allowed=settings.OUTGOING_ALLOWED,
    )


@transaction.atomic
def _move(old: str, new: str, *, by: User | None, now: datetime) -> None:
    """Somebody has another address: the directory's own key says that it is the same person."""
    person = User.objects.filter(email=old).first()
    taken = User.objects.filter(email=new).exists()
    if person and not taken and User.objects.filter(pk=person.pk, email=old).update(email=new):
        actor = by.uuid if by else None
        note("change_person", person.uuid, actor=actor, now=now, email=(old, new))


def _remember(keys: Mapping[str, str], now: datetime) -> None:
    """Keep who was seen: only they can leave by missing from the directory."""
    people = dict(User.objects.filter(email__in=list(keys)).values_list("email", "pk"))
    rows = [
        DirectoryEntry(person_id=people[email], key=key, seen_at=now)
        for email, key in keys.items()
        if email in people
    ]
    with transaction.atomic():
        # A key may have gone over to another person: the old rows go first.
        DirectoryEntry.objects.filter(key__in=[row.key for row in rows]).delete()
        DirectoryEntry.objects.filter(person__in=[row.person_id for row in rows]).delete()
        DirectoryEntry.objects.bulk_create(rows, batch_size=500)


def _tell_admins(trouble: str, now: datetime) -> None:
    """Once a day, however often the job is tried."""
    admins: list[UUID] = list(
        Membership.objects.at(now)
        .filter(population=policy.ROLE + policy.ADMIN)
        .values_list("subject", flat=True)
    )
    key = f"{trouble}:{now:%Y-%m-%d}"
    data = {"trouble": trouble, "url": "/pengaturan/direktori"}
    with transaction.atomic():
        for admin in sorted(set(admins)):
            tell(admin, DIRECTORY, key, data, urgent=False, now=now)
