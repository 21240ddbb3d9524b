"""Work that is decided or done on a page of its own: it opens with the matter and ends with it.

The room that knows the matter (a request, a version, a review) opens and closes its item in the
transaction in which that begins and ends, so nobody closes it by hand.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import override

from tertib.audit.actions import note
from tertib.evidence.models import Subject
from tertib.people.models import Site, User, uuid_of
from tertib.sop import promises, versions
from tertib.work import telling
from tertib.work.actions.items import close_item, next_number, plan
from tertib.work.actions.lapses import responsible
from tertib.work.models import Event, Item
from tertib.work.rules import Choice
from tertib.work.whose import Office


@dataclass(frozen=True)
class Matter:
    """What somebody has to decide or to do.

    title  called in each language
    role, but  whose it is: a holder of the role who is not that person, who asked for it
    owner  whose it is, if it is a certain person's
    control  whose ladder it climbs once it is overdue; "": it climbs none
    subject  of the ledger: its lapses become lines of this item
    """

    kind: str
    uuid: UUID
    title: Callable[[], str]
    due_by: datetime
    site: Site
    role: str = ""
    but: User | None = None
    owner: User | None = None
    control: str = ""
    subject: Subject | None = None
    look: str = Item.Look.TASK


@transaction.atomic
def open_matter(matter: Matter, *, by: User | None, now: datetime, tell: bool = True) -> bool:
    """Open its item, or find it again. False: there is one already.

    tell: whether the owner hears of it here; not if the room tells more people in better words.
    """
    if Item.objects.filter(matter=matter.kind, matter_uuid=matter.uuid).exists():
        return False
    sop = versions.current(now)
    judged = sop.controls.get(matter.control)
    choice = Choice(matter.owner.pk, "given") if matter.owner else _choose(matter, now)
    zone = matter.site.zone
    rungs = (
        promises.ladder(matter.control, start=max(matter.due_by, now), zone=zone)[1:]
        if judged and judged.lapse
        else []
    )
    item = Item.objects.create(
        number=next_number("TGS"),
        look=matter.look,
        matter=matter.kind,
        matter_uuid=matter.uuid,
        clause=judged.clause if judged else "",
        **_titles(matter.title),
        subject=matter.subject,
        site=matter.site,
        role=matter.role,
        owner_id=choice.person,
        why=choice.why,
        instead_of_id=choice.instead_of,
        opened_by=by,
        began_at=now,
        opened_at=now,
        due_by=matter.due_by,
    )
    plan(item, rungs, matter.control, due=True)
    told = {"why": choice.why}
    Event.objects.create(item=item, act="opened", at=now, found_at=now, by=by, told=told)
    note("open_item", item.uuid, actor=uuid_of(by), now=now, matter=(None, matter.kind))
    if tell:
        telling.assigned(item, by=by, now=now)
    return True


def close_matter(
    kind: str, uuid: UUID, *, by: User | None, now: datetime, done: bool = True
) -> bool:
    """End its item, in the caller's transaction. False: none is open. done: else it was dropped."""
    item = Item.objects.open().filter(matter=kind, matter_uuid=uuid).first()
    if item is None:
        return False
    because = Item.End.DONE if done else Item.End.CANCELLED
    return close_item(item, because=because, by=by, now=now)


@transaction.atomic
def look_ahead(control: str, *, due_by: datetime, now: datetime) -> bool:
    """Open a control's item before anything lapses, so that it is done in time.

    A lapse finds this item and becomes its line (semantics 7: one open item per control). False:
    there is one already, or the SOP in force opens no work for it.
    """
    judged = versions.current(now).controls.get(control)
    if judged is None or not judged.active or judged.lapse is None:
        return False
    if Item.objects.open().filter(control=control).exists():
        return False
    sop = versions.current(now)
    site = Site.objects.order_by("pk")[0]
    role = responsible(judged, sop)
    ladder = [rung.to for rung in sop.escalation[judged.lapse.escalation]]
    choice = Office(now).owner(role, site.pk, ladder)
    look = judged.lapse.open
    item = Item.objects.create(
        number=next_number("TGS"),
        look=look if look in Item.Look.values else Item.Look.TASK,
        control=control,
        clause=judged.clause,
        title_id=judged.title.id,
        title_en=judged.title.en,
        site=site,
        role=role,
        owner_id=choice.person,
        why=choice.why,
        instead_of_id=choice.instead_of,
        began_at=now,
        opened_at=now,
        due_by=due_by,
    )
    start = max(due_by, now)
    plan(item, promises.ladder(control, start=start, zone=site.zone)[1:], control, due=True)
    Event.objects.create(
        item=item, act="opened", at=now, found_at=now, told={"why": choice.why, "ahead": True}
    )
    note("open_item", item.uuid, actor=None, now=now, control=(None, control))
    telling.assigned(item, by=None, now=now)
    return True


def end_ahead(control: str, *, by: User | None, now: datetime) -> bool:
    """End a control's item that nothing lapsed on, in the caller's transaction."""
    item = Item.objects.open().filter(control=control, lines_open=0).first()
    return item is not None and close_item(item, because=Item.End.EVIDENCE, by=by, now=now)


def _choose(matter: Matter, now: datetime) -> Choice:
    but = matter.but.pk if matter.but else None
    return Office(now).decider(matter.role, matter.site.pk, but=but)


def _titles(title: Callable[[], str]) -> dict[str, str]:
    told = {}
    for language in ("id", "en"):
        with override(language):
            words = title()
        told[f"title_{language}"] = words if len(words) <= 200 else f"{words[:199]}\u2026"
    return told
