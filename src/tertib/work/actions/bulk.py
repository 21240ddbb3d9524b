"""One change of several items: what it would do, do it, and take it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tertib.audit.actions import note
from tertib.lib.errors import Refused
from tertib.people.models import User
from tertib.work.actions import items as one
from tertib.work.models import Batch, Event, Item
from tertib.work.rules import may_undo

ACTS = ("take", "assign", "snooze", "finish")
MOST = 50  # a page of the queue
KEPT = (
    *("owner_id", "why", "instead_of_id", "lent_by_id", "lent_until", "lent_away"),
    *("started_at", "snoozed_until", "closed_at", "closed_because"),
)


@dataclass(frozen=True)
class Change:
    """What is done to each item. to: of assign; until: of snooze."""

    act: str
    to: User | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Planned:
    """refused  why it cannot be done to this one; "": it can"""

    item: Item
    refused: str


def plan(items: Sequence[Item], change: Change, *, by: User, now: datetime) -> list[Planned]:
    """Say of each item whether it would be changed, without changing anything."""
    return [Planned(item, _why_not(item, change, by)) for item in items]


@transaction.atomic
def do(items: Sequence[Item], change: Change, *, by: User, now: datetime) -> Batch:
    """Change all that can be changed, together or not at all; return what undoes it."""
    before: list[tuple[int, int, dict[str, Any]]] = []
    for planned in plan(items, change, by=by, now=now):
        item = planned.item
        old = {name: getattr(item, name) for name in KEPT}
        if not planned.refused and _apply(item, change, by=by, now=now):
            item.refresh_from_db(fields=["version"])
            before.append((item.pk, item.version, old))
    return Batch.objects.create(by=by, at=now, act=change.act, before=before)


@transaction.atomic
def undo(batch: Batch, *, by: User, now: datetime) -> int:
    """Take it back for each item that nobody changed since. Return how many."""
    if batch.by_id != by.pk or not may_undo(batch.at, now):
        raise Refused(_("This can no longer be undone."))
    if not Batch.objects.filter(pk=batch.pk, undone_at=None).update(undone_at=now):
        return 0
    undone = 0
    for pk, version, old in batch.before:
        if one.change(Item.objects.filter(pk=pk, version=version), **old):
            item = Item.objects.get(pk=pk)
            if batch.act == "finish":
                item.steps.filter(outcome="skipped").update(outcome="", found_at=None)
            Event.objects.create(item=item, act="undone", at=now, found_at=now, by=by)
            note("undo_item", item.uuid, actor=by.uuid, now=now, batch=(None, batch.pk))
            undone += 1
    return undone


def _why_not(item: Item, change: Change, by: User) -> str:
    if item.closed_at:
        return _("closed already")
    if change.act == "take" and item.owner_id == by.pk and item.started_at:
        return _("yours already")
    if change.act == "assign" and change.to and item.owner_id == change.to.pk:
        return _("theirs already")
    if change.act == "finish" and item.matter:
        return _("closes once it is decided")
    if change.act == "finish" and item.ends_by_itself:
        return _("closes by evidence alone")
    return ""


def _apply(item: Item, change: Change, *, by: User, now: datetime) -> bool:
    match change:
        case Change("take"):
            return one.take(item, by=by, now=now)
        case Change("assign", to=User() as to):
            return one.assign(item, to, by=by, now=now)
        case Change("snooze", until=datetime() as until):
            return one.snooze(item, until=until, by=by, now=now)
        case Change("finish"):
            return one.finish(item, by=by, now=now)
    raise Refused(_("Say to whom, or until when."))
