"""Lapses become work and end it: what compliance hands over (semantics 7).

Idempotent by the key of a line: told twice, by two workers or after a restart, it is done once.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from tertib.audit.actions import note
from tertib.evidence.models import Subject
from tertib.people import reach
from tertib.people.models import Site, User
from tertib.sop import promises, versions
from tertib.sop.format import Control, Sop
from tertib.work import kept_open, places, telling
from tertib.work.actions.items import close_item, next_number, plan
from tertib.work.models import Event, Item, ItemQuerySet, Line
from tertib.work.rules import Choice, begins, known_at
from tertib.work.whose import PERSONAL, SUPERIOR, USER, Office


class Lapse(NamedTuple):
    """One subject or item that is not as it should be.

    trigger  seq of the fact that began it; 0: it is the subject's own
    began_at  of the state, as detected now
    known_at  when what decides was recorded; None: nothing was, it is the silence itself
    """

    subject: UUID
    trigger: int
    began_at: datetime
    known_at: datetime | None


class Mended(NamedTuple):
    line: int
    because: str  # of Line.End


def open_lines(control: str, lapses: Sequence[Lapse], *, now: datetime) -> int:
    """Let each lapse be a line of the control's one open item. Return how many are new.

    Some at a time (a hundred): writers are brief.
    """
    sop = versions.current(now)
    judged = sop.controls[control]
    known = {(line.subject, line.trigger) for line in _open(control, lapses)}
    fresh = [lapse for lapse in lapses if (lapse.subject, lapse.trigger) not in known]
    if not fresh or judged.lapse is None:
        return 0
    ground = _Ground.of(judged, sop, fresh, now)
    with transaction.atomic():
        return _write(ground, fresh, now)


def close_lines(control: str, mended: Sequence[Mended], *, now: datetime) -> int:
    """Close lines, and with the last one their item: by evidence alone. Return how many closed."""
    by_reason: dict[str, list[int]] = {}
    for line in mended:
        by_reason.setdefault(line.because, []).append(line.line)
    with transaction.atomic():
        touched = _locked(Item.objects.filter(lines__in=[line.line for line in mended]))
        closed = 0
        for because, pks in by_reason.items():
            still = Line.objects.filter(pk__in=pks, closed_at=None)
            closed += still.update(closed_at=now, because=because)
        for item in touched:
            recount(item, now=now)
        _settle(touched, [line.line for line in mended], now)
    return closed


def recount(item: Item, *, now: datetime) -> None:
    """Write down how many lines are open; with the last one a control's item is closed, unless
    somebody has yet to look at it.
    """
    before = item.lines_open
    item.lines_open = Line.objects.filter(item=item, closed_at=None).count()
    if item.lines_open == before:
        return
    Item.objects.filter(pk=item.pk).update(lines_open=item.lines_open)
    note("change_lines", item.uuid, actor=None, now=now, lines=(before, item.lines_open))
    if item.control and not item.lines_open and not kept_open.waits(item.control, now):
        close_item(item, because=Item.End.EVIDENCE, by=None, now=now)


# --- What is read before the transaction ---------------------------------------------------------


@dataclass
class _Ground:
    control: Control
    sop: Sop
    site: Site
    choice: Choice
    known: datetime  # when the first of the lapses was there to be known
    start: datetime  # of the promise
    people: dict[UUID, int]  # who has to act on the line of a subject
    own: dict[UUID, int]  # subjects that have an open item of their own

    @classmethod
    def of(cls, control: Control, sop: Sop, lapses: Sequence[Lapse], now: datetime) -> "_Ground":
        assert control.lapse is not None  # noqa: S101 the caller has looked
        subjects = Subject.objects.in_bulk([lapse.subject for lapse in lapses])
        first = min(lapses, key=lambda lapse: lapse.began_at)
        sites = places.sites_of(list(subjects.values()))
        site = Site.objects.filter(pk=sites.get(first.subject, 0)).first()
        site = site or Site.objects.order_by("pk")[0]
        office = Office(now)
        role = responsible(control, sop)
        ladder = [rung.to for rung in sop.escalation[control.lapse.escalation]]
        choice = office.owner(role, site.pk, ladder)
        known = [subjects[first.subject].introduced_at] if first.subject in subjects else []
        known += [first.known_at] if first.known_at else []
        since = known_at(first.began_at, known)
        start = begins(since, now, office.back_at(choice))
        people = _doers(control, subjects.values(), now)
        own = Item.objects.open().filter(subject__in=subjects, control="")
        linked = dict(own.values_list("subject_id", "pk"))
        return cls(control, sop, site, choice, since, start, people, linked)


def responsible(control: Control, sop: Sop) -> str:
    """Return the role that follows up: the lapse's, or the clause's where everybody acts."""
    assert control.lapse is not None  # noqa: S101
    if control.lapse.to not in PERSONAL:
        return control.lapse.to
    clause = next(one for one in sop.clauses if one.id == control.clause)
    rungs = sop.escalation[control.lapse.escalation]
    named = (clause.responsible, clause.accountable, *(rung.to for rung in rungs))
    return next((role for role in named if role not in PERSONAL), control.lapse.to)


def _doers(control: Control, subjects: Collection[Subject], now: datetime) -> dict[UUID, int]:
    to = control.lapse.to if control.lapse else ""
    if to not in PERSONAL:
        return {}
    uuids = [subject.uuid for subject in subjects if subject.kind == "person"]
    people = User.objects.filter(uuid__in=uuids, is_active=True).values_list("uuid", "pk")
    found = dict(people)
    if to == USER:
        return found
    assert to == SUPERIOR  # noqa: S101
    managers = reach.manager_of(list(found.values()), now)
    return {uuid: managers[pk] for uuid, pk in found.items() if pk in managers}


# --- The transaction -----------------------------------------------------------------------------


def _write(ground: _Ground, fresh: Sequence[Lapse], now: datetime) -> int:
    control = ground.control.id
    known = {(line.subject, line.trigger) for line in _open(control, fresh)}
    fresh = [lapse for lapse in fresh if (lapse.subject, lapse.trigger) not in known]
    linked = [lapse for lapse in fresh if lapse.subject in ground.own]
    rest = [lapse for lapse in fresh if lapse.subject not in ground.own]
    for lapse in linked:
        [item] = _locked(Item.objects.filter(pk=ground.own[lapse.subject]))
        _add(item, ground, [lapse], now)
        plan(item, promises.ladder(control, start=ground.start, zone=item.site.zone)[1:], control)
    if rest:
        _add(_item(ground, rest, now), ground, rest, now)
    return len(fresh)


def _item(ground: _Ground, lapses: Sequence[Lapse], now: datetime) -> Item:
    """Return the control's open item; else the one that a line of this key had; else a new one."""
    control = ground.control
    if found := _locked(Item.objects.open().filter(control=control.id)):
        return found[0]
    before = _keys(lapses)
    closed = Item.objects.filter(lines__in=Line.objects.filter(before, control=control.id))
    if found := _locked(closed.filter(control=control.id).order_by("-opened_at")[:1]):
        return _reopen(found[0], now)
    return _new(ground, now)


def _new(ground: _Ground, now: datetime) -> Item:
    control, zone = ground.control, ground.site.zone
    assert control.lapse is not None  # noqa: S101
    look = control.lapse.open
    title = control.title
    item = Item.objects.create(
        number=next_number("TGS"),
        look=look if look in Item.Look.values else Item.Look.TASK,
        control=control.id,
        clause=control.clause,
        title_id=title.id if title else control.id,
        title_en=title.en if title else control.id,
        site=ground.site,
        role=responsible(control, ground.sop),
        owner_id=ground.choice.person,
        why=ground.choice.why,
        instead_of_id=ground.choice.instead_of,
        began_at=ground.start,
        opened_at=now,
        due_by=promises.work_due(control.id, start=ground.start, zone=zone),
    )
    ladder = promises.ladder(control.id, start=ground.start, zone=zone)[1:]
    plan(item, ladder, control.id, due=True)
    Event.objects.create(
        item=item,
        act="opened",
        at=min(ground.known, now),
        found_at=now,
        told={"why": ground.choice.why},
    )
    note("open_item", item.uuid, actor=None, now=now, control=(None, control.id))
    telling.assigned(item, by=None, now=now)
    return item


def _reopen(item: Item, now: datetime) -> Item:
    """Open the very item again: what had closed it turned out not to be so."""
    Item.objects.filter(pk=item.pk).update(
        closed_at=None, closed_because="", version=item.version + 1
    )
    item.closed_at, item.closed_because, item.version = None, "", item.version + 1
    item.steps.filter(outcome="skipped").update(outcome="", found_at=None)
    Event.objects.create(item=item, act="reopened", at=now, found_at=now)
    note("reopen_item", item.uuid, actor=None, now=now)
    telling.assigned(item, by=None, now=now)
    return item


def _add(item: Item, ground: _Ground, lapses: Sequence[Lapse], now: datetime) -> None:
    control = ground.control.id
    again = Line.objects.filter(_keys(lapses), control=control)
    back = {(line.subject, line.trigger, line.began_at) for line in again}
    again.update(closed_at=None, because="", item=item)
    Line.objects.bulk_create(
        Line(
            item=item,
            control=control,
            subject=lapse.subject,
            trigger=lapse.trigger,
            began_at=lapse.began_at,
            opened_at=now,
            person_id=ground.people.get(lapse.subject),
        )
        for lapse in lapses
        if (lapse.subject, lapse.trigger, lapse.began_at) not in back
    )
    if not item.control:
        Event.objects.create(item=item, act="linked", at=now, found_at=now, told={"of": control})
    recount(item, now=now)
    telling.lines(item, {ground.people[s] for s, *_ in lapses if s in ground.people}, now=now)


def _settle(items: Sequence[Item], pks: Sequence[int], now: datetime) -> None:
    """Of whom nothing more is asked need not read that it was."""
    of = Line.objects.filter(pk__in=pks, person__isnull=False)
    asked = set(of.values_list("item_id", "person_id"))
    if not asked:
        return
    people = {person for _item, person in asked}
    still = Line.objects.filter(item__in=items, person__in=people, closed_at=None)
    asked -= set(still.values_list("item_id", "person_id"))
    for item in items:
        theirs = {person for pk, person in asked if pk == item.pk}
        telling.done(item, theirs, now=now, asked=telling.LINE)


def _open(control: str, lapses: Sequence[Lapse]) -> Sequence[Line]:
    subjects = {lapse.subject for lapse in lapses}
    return list(Line.objects.filter(control=control, subject__in=subjects, closed_at=None))


def _keys(lapses: Sequence[Lapse]) -> Q:
    found = Q(pk=None)
    for lapse in lapses:
        found |= Q(subject=lapse.subject, trigger=lapse.trigger, began_at=lapse.began_at)
    return found


def _locked(items: ItemQuerySet) -> list[Item]:
    """Read rows that nobody else changes until this transaction ends."""
    pks = set(items.values_list("pk", flat=True))
    return list(
        Item.objects.filter(pk__in=pks).select_related("site").select_for_update(of=("self",))
    )
