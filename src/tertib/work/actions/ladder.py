"""What time does to work: it climbs, is overdue, reminds, and goes back to whoever lent it.

Each step is taken once, whoever finds it first, and is dated at the instant it was due.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from tertib.audit.actions import note_many
from tertib.lib.errors import Refused
from tertib.notify import actions as notify
from tertib.people import reach
from tertib.people.models import User, uuid_of
from tertib.sop import versions
from tertib.sop.format import Sop
from tertib.work import telling
from tertib.work.actions.items import give_back, hand_on, lend, tell_overdue
from tertib.work.models import Event, Item, Step
from tertib.work.rules import Choice, found_late
from tertib.work.telling import Due
from tertib.work.whose import Office

log = logging.getLogger(__name__)


def due(now: datetime, some: int) -> list[int]:
    """Return the steps that have come, the longest due first."""
    rows = Step.objects.filter(outcome="", at__lte=now).order_by("at", "pk")
    return list(rows.values_list("pk", flat=True)[:some])


def take_steps(pks: Sequence[int], *, now: datetime, office: Office | None = None) -> int:
    """Take some steps in one short transaction. Return how many: others may have been quicker.

    office: whom they climb to, read once for many calls.
    """
    if not pks:
        return 0
    sop, office = versions.current(now), office or Office(now)
    read = Step.objects.filter(pk__in=pks, outcome="").order_by("at", "pk")
    steps = list(read.select_related("item", "item__owner", "person"))
    to = {step.pk: _to(step, sop, office) for step in steps if step.kind == Step.Kind.CLIMB}
    told = {step.pk: _event(step, to.get(step.pk), now) for step in steps}
    people = {person.pk: person for person in User.objects.filter(pk__in=_raised(to))}
    said = _said_by_due(steps, now)
    notices = {
        step.pk: [] if step.pk in said else telling.prepare(_concerned([step], to, people), now=now)
        for step in steps
    }
    with transaction.atomic():  # from here on only what has to be: others wait
        still = Step.objects.filter(pk__in=pks, outcome="", item__closed_at=None)
        ours = set(still.select_for_update(of=("self",)).values_list("pk", flat=True))
        steps = [step for step in steps if step.pk in ours]
        Step.objects.filter(pk__in=ours).update(outcome="taken", found_at=now)
        Event.objects.bulk_create(event for step in steps if (event := told[step.pk]))
        _climb([step for step in steps if step.kind == Step.Kind.CLIMB], to, now)
        overdue = [step.item for step in steps if step.kind == Step.Kind.DUE]
        tell_overdue(overdue, "open", at=now)
        notify.tell_prepared(notice for step in steps for notice in notices[step.pk])
    return len(steps)


def _raised(to: Mapping[int, Choice]) -> set[int]:
    return {choice.person for choice in to.values() if choice.person}


def _concerned(
    steps: Sequence[Step], to: Mapping[int, Choice], people: Mapping[int, User]
) -> Iterator[Due]:
    for step in steps:
        if step.kind == Step.Kind.CLIMB:
            yield Due(step.item, people.get(to[step.pk].person or 0), "raised", step.at)
        else:
            yield Due(step.item, step.person or step.item.owner, "due", step.at)


def _said_by_due(steps: Sequence[Step], now: datetime) -> set[int]:
    """Return the reminders found only once the work is due: the notice of that is enough."""
    reminders = [
        step
        for step in steps
        if step.kind == Step.Kind.REMIND and step.person_id in (None, step.item.owner_id)
    ]
    if not reminders:
        return set()
    come = Step.objects.filter(kind=Step.Kind.DUE, at__lte=now).exclude(outcome="skipped")
    items = [step.item_id for step in reminders]
    due_at = dict(come.filter(item__in=items).values_list("item", "at"))
    return {step.pk for step in reminders if (at := due_at.get(step.item_id)) and step.at <= at}


def _climb(
    steps: Sequence[Step], to: Mapping[int, Choice], now: datetime, by: User | None = None
) -> None:
    """Raise each item to whom its step names; what was put off comes back into sight."""
    groups: dict[tuple[str, int | None], list[Step]] = {}
    for step in steps:
        groups.setdefault((step.role, to[step.pk].person), []).append(step)
    for (role, person), some in groups.items():
        Item.objects.filter(pk__in=[step.item_id for step in some]).update(
            raised_to=person, raised_role=role, snoozed_until=None, version=F("version") + 1
        )
        told = [
            (step.item.uuid, {"role": (step.item.raised_role or step.item.role, role)})
            for step in some
        ]
        note_many("raise_item", told, actor=uuid_of(by), now=now)


def _to(step: Step, sop: Sop, office: Office) -> Choice:
    """Return to whom it climbs: the role's holder at the site, or who stands in further up."""
    judged = sop.controls.get(step.control)
    lapse = judged.lapse if judged else None
    ladder = [rung.to for rung in sop.escalation.get(lapse.escalation, ())] if lapse else []
    above = ladder[ladder.index(step.role) + 1 :] if step.role in ladder else []
    return office.owner(step.role, step.item.site_id, above)


def _event(step: Step, to: Choice | None, now: datetime) -> Event | None:
    if step.person_id:
        return None  # a reminder of one's own is nobody else's history
    act = {"climb": "raised", "due": "overdue", "remind": "reminded"}[step.kind]
    told: dict[str, object] = {"late": found_late(step.at, now)}
    if to:
        told |= {"role": step.role, "to": to.person, "why": to.why}
    return Event(item=step.item, act=act, at=step.at, found_at=now, told=told)


def escalate(item: Item, *, by: User, now: datetime) -> bool:
    """Climb now what would have climbed later. False: somebody was quicker, or it is closed."""
    step = item.steps.filter(kind=Step.Kind.CLIMB, outcome="").order_by("at").first()
    if step is None:
        raise Refused(_("There is nobody further up to escalate it to."))
    to = {step.pk: _to(step, versions.current(now), Office(now))}
    with transaction.atomic():
        still = Step.objects.filter(pk=step.pk, outcome="", item__closed_at=None)
        if not still.update(outcome="taken", at=now, found_at=now):
            return False
        told = {"late": False, "role": step.role, "to": to[step.pk].person}
        Event.objects.create(item=item, act="raised", at=now, found_at=now, by=by, told=told)
        step.at = now
        _climb([step], to, now, by=by)
        people = {person.pk: person for person in User.objects.filter(pk__in=_raised(to))}
        notify.tell_prepared(telling.prepare(_concerned([step], to, people), now=now))
    return True


def return_lent(*, now: datetime) -> int:
    """Give back what was lent until now, or because of somebody who is back. Return how many."""
    lent = Item.objects.open().filter(lent_until__isnull=False)
    back = Q(lent_away=True) & ~Q(lent_by__in=reach.away(now))
    ended = lent.filter(Q(lent_until__lte=now) | back).order_by("lent_until")
    returned = sum(give_back(item, now=now) for item in ended[:100])
    return returned + _decided_again(now)


def _decided_again(now: datetime) -> int:
    """What only a role decides is no longer its deputy's, once its holder is back."""
    theirs = Item.objects.open().exclude(matter="").exclude(role="").filter(lent_until=None)
    theirs = theirs.filter(why=Item.Why.DEPUTY, instead_of__isnull=False)
    back = theirs.exclude(instead_of__in=reach.away(now)).filter(instead_of__is_active=True)
    return sum(hand_on(item, Choice(item.instead_of_id, "holder"), now=now) for item in back[:100])


def stand_in(*, now: datetime) -> int:
    """Let somebody stand in for each owner who is away. Return how many items changed hands.

    The deputy, or else the line manager, or else the ladder's next: until the owner is back.
    """
    office, moved = Office(now), 0
    if not office.away:
        return 0
    # A deputy who is away, too, passes it on; what was lent by hand stays with whom it was lent to.
    left = Item.objects.open().filter(owner__in=office.away)
    left = left.filter(Q(lent_until=None) | Q(lent_away=True))
    sop = versions.current(now)
    for item in left.select_related("site")[:100]:
        whose = _whose(item, office)
        choice = _instead(item, whose, office, sop)
        if choice.person is None or choice.person == item.owner_id:
            continue
        if item.decides:
            moved += hand_on(item, choice, now=now)
            continue
        to = User.objects.get(pk=choice.person)
        moved += lend(item, to, until=office.away[whose].until, by=None, now=now)
    return moved


def _whose(item: Item, office: Office) -> int:
    """Return for whom, who is away, somebody is looked for: not for a deputy, for whose it is."""
    for person in (item.lent_by_id, item.instead_of_id if item.decides else None):
        if person in office.away:
            return person
    assert item.owner_id is not None  # noqa: S101 who is away owns it
    return item.owner_id


def _instead(item: Item, whose: int, office: Office, sop: Sop) -> Choice:
    if item.decides:
        return office.decider(item.role, item.site_id, but=item.opened_by_id, first=whose)
    judged = sop.controls.get(item.control)
    lapse = judged.lapse if judged else None
    ladder = [rung.to for rung in sop.escalation[lapse.escalation]] if lapse else []
    return office.instead(whose, item.site_id, ladder)
