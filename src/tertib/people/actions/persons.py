"""People and their roles."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tertib.access import policy
from tertib.audit.actions import note
from tertib.evidence import ledger, populations, subjects
from tertib.evidence.models import Subject
from tertib.lib.errors import Refused
from tertib.people.actions.standing import end_standing, take_back
from tertib.people.actions.teams import move
from tertib.people.evidence import JOINED, LEFT
from tertib.people.models import Delegation, Session, Site, User, uuid_of
from tertib.people.reach import last_admin
from tertib.people.rules import address

AHEAD = timedelta(days=366)


@transaction.atomic
def add_person(
    *,
    full_name: str,
    email: str,
    site: Site,
    role: str,
    by: User | None,
    now: datetime,
    team: str = "",
    joined_at: datetime | None = None,
    password: str | None = None,
) -> User:
    """Add somebody; without a password they can't sign in yet. by: None for the very first.

    joined_at None: is here already, since nobody knows when, and so no newcomer.
    """
    email = address(email)
    if User.objects.filter(email=email).exists():
        raise Refused(_("There is a person with the address %(email)s.") % {"email": email})
    person = User(
        full_name=full_name, email=email, site=site, team=team, joined_at=joined_at or now
    )
    person.set_password(password)  # None: an unusable one
    person.save()
    subject = subjects.introduce("person", label=full_name, now=now, uuid=person.uuid)
    populations.describe(subject, _attributes(person), at=person.joined_at)
    move(person, team, at=person.joined_at)
    if joined_at:
        ledger.record(JOINED, subject, occurred_at=joined_at, actor=uuid_of(by))
    note("add_person", subject.uuid, actor=uuid_of(by), now=now, email=(None, email))
    give_role(person, role, by=by, now=now)
    return person


@transaction.atomic
def change_person(
    person: User, *, full_name: str, site: Site, team: str, by: User | None, now: datetime
) -> bool:
    """Change what is known of somebody. False: it was so already."""
    new = {"full_name": full_name, "site": site, "team": team}
    old = {name: getattr(person, name) for name in new}
    changed = {name: (old[name], value) for name, value in new.items() if old[name] != value}
    if not changed:
        return False
    for name, value in new.items():
        setattr(person, name, value)
    person.save(update_fields=list(new))
    subject = Subject.objects.get(uuid=person.uuid)
    if "full_name" in changed:
        subjects.rename(subject, full_name, now=now)
    if "team" in changed:
        move(person, team, at=now)
        populations.describe(subject, _attributes(person), at=now)
    words: dict[str, Any] = {
        name: (str(before), str(after)) for name, (before, after) in changed.items()
    }
    note("change_person", person.uuid, actor=uuid_of(by), now=now, **words)
    return True


@transaction.atomic
def choose_language(person: User, language: str, *, now: datetime) -> bool:
    """Somebody says in which language mails reach them. False: it was so already."""
    others = User.objects.filter(pk=person.pk).exclude(language=language)
    done = others.update(language=language)
    if done:
        told = (person.language, language)
        note("choose_language", person.uuid, actor=person.uuid, now=now, language=told)
        person.language = language
    return bool(done)


@transaction.atomic
def leave(person: User, *, left_at: datetime, by: User | None, now: datetime) -> bool:
    """Somebody leaves: roles and populations end, sign-in too. False: was gone already."""
    if left_at < person.joined_at:
        raise Refused(_("%(name)s cannot leave before joining.") % {"name": person.full_name})
    if left_at > now:
        raise Refused(_("%(name)s has not left yet.") % {"name": person.full_name})
    if last_admin(person, now):
        raise Refused(
            _("%(name)s is the only admin. Give the role to somebody else first.")
            % {"name": person.full_name}
        )
    active = User.objects.filter(pk=person.pk, is_active=True)
    if not active.update(is_active=False, left_at=left_at):
        return False
    person.is_active, person.left_at = False, left_at
    Session.objects.filter(person=person).delete()
    person.forget_roles()
    for role in {held.role for held in person.held()}:  # one that is to begin later, too
        end_role(person, role, by=by, now=now, ended_at=left_at)
    end_standing(person, at=left_at, by=by, now=now)
    move(person, "", at=left_at)
    subject = Subject.objects.get(uuid=person.uuid)
    populations.describe(subject, _attributes(person), at=left_at)
    ledger.record(LEFT, subject, occurred_at=left_at, actor=uuid_of(by))
    note("leave", person.uuid, actor=uuid_of(by), now=now, left_at=(None, left_at))
    return True


@transaction.atomic
def come_back(person: User, *, joined_at: datetime, by: User | None, now: datetime) -> bool:
    """Somebody who had left is back; roles are given anew. False: never was away."""
    if person.left_at and joined_at < person.left_at:
        raise Refused(_("%(name)s cannot come back before leaving.") % {"name": person.full_name})
    gone = User.objects.filter(pk=person.pk, is_active=False, erased_at=None)
    if not gone.update(is_active=True, left_at=None, joined_at=joined_at):
        return False
    person.is_active, person.left_at, person.joined_at = True, None, joined_at
    subject = Subject.objects.get(uuid=person.uuid)
    populations.describe(subject, _attributes(person), at=joined_at)
    move(person, person.team, at=joined_at)
    ledger.record(JOINED, subject, occurred_at=joined_at, actor=uuid_of(by))
    note("come_back", person.uuid, actor=uuid_of(by), now=now, joined_at=(None, joined_at))
    return True


@transaction.atomic
def give_role(
    person: User,
    role: str,
    *,
    by: User | None,
    now: datetime,
    began_at: datetime | None = None,
    reason: str = "",
) -> bool:
    """Give a role, from now on or from a later instant. False: the person holds it then already.

    Nobody gives one to themselves, and none counts for a time that is over.
    """
    if by and by.pk == person.pk:
        raise Refused(_("Nobody gives a role to themselves."))
    if not policy.known(role):
        raise Refused(_("There is no role %(role)s.") % {"role": role})
    began_at = max(began_at or now, now)
    if began_at > now + AHEAD:
        raise Refused(_("A role is given for a year ahead at most."))
    person.forget_roles()
    same = [held for held in person.held() if held.role == role]
    if any(held.ended_at is None or held.ended_at > began_at for held in same):
        return False
    subject = Subject.objects.get(uuid=person.uuid)
    ledger.record_membership(policy.ROLE + role, subject, began_at=began_at, actor=uuid_of(by))
    told = {"role": (None, role), "since": (None, began_at)}
    note("give_role", person.uuid, actor=uuid_of(by), now=now, reason=reason, **told)
    person.forget_roles()
    return True


@transaction.atomic
def end_role(
    person: User,
    role: str,
    *,
    by: User | None,
    now: datetime,
    ended_at: datetime | None = None,
    reason: str = "",
) -> bool:
    """Take a role away, from ended_at on (default: now). False: the person did not hold it.

    One that is to begin later never does.
    """
    person.forget_roles()
    ended = False
    for held in person.held():
        if held.population != policy.ROLE + role:
            continue
        if held.ended_at and held.ended_at <= max(now, held.began_at):
            continue
        ledger.record_membership(
            held.population,
            Subject.objects.get(uuid=person.uuid),
            began_at=held.began_at,
            ended_at=max(ended_at or now, held.began_at),
            actor=uuid_of(by),
        )
        ended = True
    if ended:
        if (ended_at or now) <= now:  # nobody stands in for who no longer has the role
            lent = Delegation.objects.at(now).filter(giver=person, role=role)
            for delegation in lent.select_related("holder"):
                take_back(delegation, by=by, now=now)
        told = {"role": (role, None), "until": (None, ended_at or now)}
        note("end_role", person.uuid, actor=uuid_of(by), now=now, reason=reason, **told)
    person.forget_roles()
    return ended


def _attributes(person: User) -> dict[str, object]:
    team = {"team": person.team} if person.team else {}
    return {"status": "active" if person.is_active else "left", **team}
