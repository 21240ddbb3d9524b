"""Open, take, assign, lend, put off, remind and close work: each one transaction and one note."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from tertib.audit.actions import note
from tertib.evidence import ledger, subjects
from tertib.evidence.models import Subject
from tertib.lib.errors import Refused
from tertib.people.models import User, uuid_of
from tertib.sop import promises
from tertib.work import telling
from tertib.work.evidence import OVERDUE
from tertib.work.models import Counter, Event, Item, ItemQuerySet, Step
from tertib.work.rules import SNOOZE, Choice, may_snooze, reminder
from tertib.work.whose import is_it


def next_number(prefix: str) -> int:
    """Return the next number; the UPDATE holds the row until the commit, so nobody gets it too."""
    Counter.objects.get_or_create(prefix=prefix)
    Counter.objects.filter(prefix=prefix).update(last=F("last") + 1)
    return Counter.objects.get(prefix=prefix).last


@transaction.atomic
def open_task(
    *,
    title: str,
    due_by: datetime,
    owner: User,
    by: User,
    now: datetime,
    text: str = "",
    look: str = Item.Look.TASK,
    subject: Subject | None = None,
    prefix: str = "TGS",
    clause: str = "",
    control: str = "",
) -> Item:
    """Open work that no lapse opened. control: whose ladder it climbs; "": it climbs none."""
    if due_by <= now:
        raise Refused(_("The due time has passed already."))
    item = Item.objects.create(
        prefix=prefix,
        number=next_number(prefix),
        look=look,
        clause=clause,
        title_id=title,
        title_en=title,
        text=text,
        subject=subject,
        site=owner.site,
        owner=owner,
        why=Item.Why.GIVEN,
        opened_by=by,
        began_at=now,
        opened_at=now,
        due_by=due_by,
    )
    rungs = promises.ladder(control, start=due_by, zone=owner.site.zone)[1:] if control else []
    plan(item, rungs, control, due=True)
    Event.objects.create(item=item, act="opened", at=now, found_at=now, by=by)
    note("open_item", item.uuid, actor=by.uuid, now=now, owner=(None, owner.uuid))
    telling.assigned(item, by=by, now=now)
    return item


def plan(item: Item, ladder: Sequence[promises.Rung], control: str, *, due: bool = False) -> None:
    """Write down what is to happen to the item, and when."""
    steps = [
        Step(item=item, kind=Step.Kind.CLIMB, at=rung.climb_by, control=control, role=rung.to)
        for rung in ladder
    ]
    if due:
        steps.append(Step(item=item, kind=Step.Kind.DUE, at=item.due_by))
        if at := reminder(item.due_by, item.opened_at):
            steps.append(Step(item=item, kind=Step.Kind.REMIND, at=at))
    Step.objects.bulk_create(steps, ignore_conflicts=True)


@transaction.atomic
def take(item: Item, *, by: User, now: datetime) -> bool:
    """Make it one's own and begin with it. False: it is closed, or so already."""
    still = Item.objects.open().filter(pk=item.pk)
    if item.owner_id == by.pk and item.started_at:
        return False
    if not change(still, owner=by, why="given", started_at=now, instead_of=None, **NOT_LENT):
        return False
    _event(item, "taken", by=by, now=now)
    note("take_item", item.uuid, actor=by.uuid, now=now, owner=(item.owner_id, by.pk))
    item.refresh_from_db()
    return True


@transaction.atomic
def assign(item: Item, to: User, *, by: User, now: datetime) -> bool:
    """Give it to somebody. False: it is theirs already, or closed."""
    if not to.is_active:
        raise Refused(_("%(name)s has left.") % {"name": to.full_name})
    still = Item.objects.open().filter(pk=item.pk).exclude(owner=to)
    if not change(still, owner=to, why="given", started_at=None, instead_of=None, **NOT_LENT):
        return False
    _event(item, "assigned", by=by, now=now, to=to.full_name)
    note("assign_item", item.uuid, actor=by.uuid, now=now, owner=(item.owner_id, to.pk))
    item.refresh_from_db()
    telling.assigned(item, by=by, now=now)
    return True


@transaction.atomic
def lend(item: Item, to: User, *, until: datetime, by: User | None, now: datetime) -> bool:
    """Delegate it until then; afterwards it is its owner's again. False: it is closed."""
    if until <= now:
        raise Refused(_("The delegation would have ended already."))
    if not to.is_active:
        raise Refused(_("%(name)s has left.") % {"name": to.full_name})
    owner = item.lent_by_id or item.owner_id
    if owner is None:
        raise Refused(_("Nobody owns this yet: assign it instead."))
    if owner == to.pk:
        return give_back(item, now=now)
    still = Item.objects.open().filter(pk=item.pk, version=item.version)
    lent = {"lent_by_id": owner, "lent_until": until, "lent_away": by is None}
    if not change(still, owner=to, **lent):
        return False
    _event(item, "lent", by=by, now=now, to=to.full_name, until=until)
    note("lend_item", item.uuid, actor=uuid_of(by), now=now, owner=(item.owner_id, to.pk))
    item.refresh_from_db()
    telling.assigned(item, by=by, now=now)
    return True


@transaction.atomic
def give_back(item: Item, *, now: datetime) -> bool:
    """End a delegation. False: it was none any more."""
    if item.lent_by_id is None:
        return False
    still = Item.objects.open().filter(pk=item.pk, version=item.version)
    if not change(still, owner_id=item.lent_by_id, **NOT_LENT):
        return False
    ended = min(item.lent_until or now, now)
    Event.objects.create(item=item, act="given_back", at=ended, found_at=now)
    note("give_back_item", item.uuid, actor=None, now=now, owner=(item.owner_id, item.lent_by_id))
    item.refresh_from_db()
    telling.assigned(item, by=None, now=now)
    return True


@transaction.atomic
def hand_on(item: Item, choice: Choice, *, now: datetime) -> bool:
    """Give what only a role decides to whoever may, as at its opening. False: it is closed."""
    still = Item.objects.open().filter(pk=item.pk, version=item.version)
    theirs = {"why": choice.why, "instead_of_id": choice.instead_of, **NOT_LENT}
    if not change(still, owner_id=choice.person, **theirs):
        return False
    before = item.owner_id
    item.refresh_from_db()
    to = item.owner.full_name if item.owner else ""
    Event.objects.create(item=item, act="assigned", at=now, found_at=now, told={"to": to})
    note("assign_item", item.uuid, actor=None, now=now, owner=(before, choice.person))
    telling.assigned(item, by=None, now=now)
    return True


@transaction.atomic
def snooze(item: Item, *, until: datetime, by: User, now: datetime) -> bool:
    """Put it out of sight until then. The ladder goes on, and what climbs wakes it."""
    if not may_snooze(until, now):
        raise Refused(
            _("Work can be put off from now to %(days)s days ahead.") % {"days": SNOOZE.days}
        )
    if not change(Item.objects.open().filter(pk=item.pk), snoozed_until=until):
        return False
    _event(item, "snoozed", by=by, now=now, until=until)
    note("snooze_item", item.uuid, actor=by.uuid, now=now, until=(item.snoozed_until, until))
    return True


@transaction.atomic
def remind(item: Item, *, at: datetime, by: User, now: datetime) -> Step:
    """Have oneself reminded of it at that instant."""
    if at <= now:
        raise Refused(_("That moment has passed already."))
    note("remind_of_item", item.uuid, actor=by.uuid, now=now, at=(None, at))
    return Step.objects.create(item=item, kind=Step.Kind.REMIND, at=at, person=by)


@transaction.atomic
def finish(item: Item, *, by: User, now: datetime) -> bool:
    """Say that it is done. Refused for what only evidence closes. False: it is closed already."""
    if item.matter:
        raise Refused(
            _("%(number)s closes by itself, once what it is about is decided or done.")
            % {"number": item.name}
        )
    if item.ends_by_itself:
        raise Refused(
            _("%(number)s closes by evidence alone: when each of its findings is put right.")
            % {"number": item.name}
        )
    return close_item(item, because=Item.End.DONE, by=by, now=now)


def close_item(item: Item, *, because: str, by: User | None, now: datetime) -> bool:
    """Close it, inside the caller's transaction. False: it was closed already."""
    still = Item.objects.open().filter(pk=item.pk)
    if not change(still, closed_at=now, closed_because=because, snoozed_until=None, **NOT_LENT):
        return False
    Step.objects.filter(item=item, outcome="").update(outcome="skipped", found_at=now)
    _event(item, "closed", by=by, now=now, because=because)
    note("close_item", item.uuid, actor=uuid_of(by), now=now, because=(None, because))
    telling.closed(item, because=because, now=now)
    climbed = item.events.filter(act="raised").values_list("told__to", flat=True)
    concerned = {item.owner_id, item.lent_by_id, item.raised_to_id, *climbed}
    telling.done(item, concerned, now=now)
    if item.steps.filter(kind=Step.Kind.DUE, outcome="taken").exists():
        tell_overdue([item], "closed", at=now)
    return True


def tell_overdue(items: Sequence[Item], outcome: str, *, at: datetime) -> None:
    """Record that work of the IT team's is overdue, or no longer. Others' is nobody's lapse."""
    its = {role for role in {item.role for item in items} if role and is_it(role)}
    concerned = [item for item in items if item.role in its]
    if not concerned:
        return
    new = [subjects.New(item.uuid, item.name, item.opened_at) for item in concerned]
    known = subjects.introduce_many("work", new, now=at)
    told: list[ledger.Told] = []
    for item in concerned:
        when = item.due_by if outcome == "open" else max(at, item.due_by)
        told.append(
            ledger.Told(
                kind=OVERDUE,
                subject=known[item.uuid],
                occurred_at=when,
                outcome=outcome,
                source_id=f"{item.uuid}:{outcome}:{when.isoformat()}",
            )
        )
    for fact in ledger.record_many(told):
        if isinstance(fact, Refused):
            raise fact


NOT_LENT = {"lent_by": None, "lent_until": None, "lent_away": False}


def change(still: ItemQuerySet, **values: Any) -> int:
    """Change the row if it is still so: the count says whether it was."""
    return still.update(**values, version=F("version") + 1)


def _event(item: Item, act: str, *, by: User | None, now: datetime, **told: object) -> None:
    Event.objects.create(item=item, act=act, at=now, found_at=now, by=by, told=told)
