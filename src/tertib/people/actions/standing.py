"""Who is above whom, who is away, and who has whose role for a while."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from tertib.access import policy
from tertib.audit.actions import note
from tertib.evidence import ledger
from tertib.evidence.models import Membership, Subject
from tertib.lib.errors import Refused
from tertib.people.models import Absence, Delegation, Reporting, User, uuid_of

LONGEST_ABSENCE = timedelta(days=366)
LONGEST_DELEGATION = timedelta(days=90)
DEEPEST = 100  # a chain of managers that is longer goes in a circle


@transaction.atomic
def set_manager(person: User, manager: User | None, *, by: User | None, now: datetime) -> bool:
    """Say who somebody's line manager is from now on; None: nobody. False: it was so already."""
    open_ = Reporting.objects.select_for_update().filter(person=person, ended_at=None)
    before = open_.select_related("manager").first()
    if (before.manager if before else None) == manager:
        return False
    if manager and not manager.is_active:
        raise Refused(_("%(name)s has left.") % {"name": manager.full_name})
    if manager and _above(manager.pk, person.pk, now):
        raise Refused(
            _("%(manager)s works under %(name)s: that would go in a circle.")
            % {"manager": manager.full_name, "name": person.full_name}
        )
    if before:
        open_.update(ended_at=max(now, before.began_at))
    if manager:
        Reporting.objects.create(person=person, manager=manager, began_at=now)
    told = (before.manager.uuid if before else None, manager.uuid if manager else None)
    note("set_manager", person.uuid, actor=uuid_of(by), now=now, manager=told)
    return True


@transaction.atomic
def be_away(
    person: User,
    *,
    began_at: datetime,
    ended_at: datetime,
    deputy: User | None,
    by: User | None,
    now: datetime,
) -> Absence:
    """Say that somebody is away, and who stands in. Two people may stand in for each other: who
    is away, too, is passed over by whoever hands out work.
    """
    name = {"name": person.full_name}
    if ended_at <= began_at:
        raise Refused(_("The end lies before the begin."))
    if ended_at <= now:
        raise Refused(_("This time is over already."))
    if ended_at - began_at > LONGEST_ABSENCE:
        raise Refused(_("An absence lasts a year at most."))
    if deputy == person:
        raise Refused(_("Nobody stands in for themselves."))
    if deputy and not deputy.is_active:
        raise Refused(_("%(name)s has left.") % {"name": deputy.full_name})
    User.objects.select_for_update().get(pk=person.pk)  # one at a time, so that none overlap
    overlapping = Absence.objects.filter(person=person, began_at__lt=ended_at)
    if overlapping.filter(ended_at__gt=began_at).exists():
        raise Refused(_("%(name)s is away then already.") % name)
    absence = Absence.objects.create(
        person=person, deputy=deputy, named_by=by, began_at=began_at, ended_at=ended_at
    )
    note(
        "be_away",
        person.uuid,
        actor=uuid_of(by),
        now=now,
        until=(None, ended_at),
        deputy=(None, uuid_of(deputy)),
    )
    return absence


@transaction.atomic
def be_back(absence: Absence, *, by: User | None, now: datetime) -> bool:
    """End an absence now, or call off one to come. False: it was over already."""
    open_ = Absence.objects.filter(pk=absence.pk, ended_at__gt=now)
    to_come = open_.filter(began_at__gt=now).delete()[0]
    if not to_come and not open_.update(ended_at=now):
        return False
    told = (absence.ended_at, now)
    note("be_back", absence.person.uuid, actor=uuid_of(by), now=now, until=told)
    return True


@transaction.atomic
def delegate(
    role: str, *, giver: User, holder: User, ended_at: datetime, now: datetime
) -> Delegation:
    """Let somebody else hold one of one's own roles, too, until an end.

    A role that was delegated is not passed on, and the system's own roles never are.
    """
    if role in policy.SYSTEM:
        raise Refused(_("This role is given by whoever runs Tertib, and by nobody else."))
    giver.forget_roles()
    holder.forget_roles()
    if policy.ROLE + role not in giver.roles(now=now):
        raise Refused(_("Only a role that one holds can be delegated."))
    if Delegation.objects.at(now).filter(holder=giver, role=role).exists():
        raise Refused(_("A role that was delegated is not passed on."))
    if holder == giver or not holder.is_active:
        raise Refused(_("Choose somebody else who works here."))
    if policy.ROLE + role in holder.roles(now=now):
        raise Refused(_("%(name)s holds this role already.") % {"name": holder.full_name})
    if not now < ended_at <= now + LONGEST_DELEGATION:
        raise Refused(_("A role is delegated for 90 days at most."))
    delegation = Delegation.objects.create(
        giver=giver, holder=holder, role=role, began_at=now, ended_at=ended_at
    )
    subject = Subject.objects.get(uuid=holder.uuid)
    ledger.record_membership(
        policy.ROLE + role, subject, began_at=now, ended_at=ended_at, actor=giver.uuid
    )
    note(
        "delegate",
        holder.uuid,
        actor=giver.uuid,
        now=now,
        role=(None, role),
        until=(None, ended_at),
    )
    holder.forget_roles()
    return delegation


@transaction.atomic
def take_back(delegation: Delegation, *, by: User | None, now: datetime) -> bool:
    """End a delegation before its time. False: it was over already."""
    if not Delegation.objects.filter(pk=delegation.pk, ended_at__gt=now).update(ended_at=now):
        return False
    population, subject = policy.ROLE + delegation.role, delegation.holder.uuid
    same = Membership.objects.at(now).filter(population=population, subject=subject)
    if same.filter(began_at=delegation.began_at).exists():
        ledger.record_membership(
            population,
            Subject.objects.get(uuid=subject),
            began_at=delegation.began_at,
            ended_at=now,
            actor=uuid_of(by),
        )
    note("take_back", subject, actor=uuid_of(by), now=now, role=(delegation.role, None))
    return True


def end_standing(person: User, *, at: datetime, by: User | None, now: datetime) -> None:
    """Let go of who leaves: nobody's manager, nobody's deputy, nobody's stand-in any more."""
    for rows in (
        Reporting.objects.filter(person=person, ended_at=None),
        Reporting.objects.filter(manager=person, ended_at=None),
    ):
        rows.filter(began_at__gt=at).delete()
        rows.update(ended_at=at)
    Absence.objects.filter(person=person, began_at__gt=at).delete()
    Absence.objects.filter(person=person, ended_at__gt=at).update(ended_at=at)
    for delegation in Delegation.objects.at(now).filter(giver=person).select_related("holder"):
        take_back(delegation, by=by, now=now)
    Delegation.objects.filter(holder=person, ended_at__gt=now).update(ended_at=now)


def _above(manager: int, person: int, now: datetime) -> bool:
    """Say whether somebody's chain of managers, the person included, comes past `person`."""
    above: dict[int, int] = dict(Reporting.objects.at(now).values_list("person", "manager"))
    at: int | None = manager
    for _step in range(DEEPEST):
        if at is None or at == person:
            return at is not None
        at = above.get(at)
    return True
