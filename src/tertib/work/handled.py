"""Whose work a lapse is by now, for the pages about lapses."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from tertib.work.models import Item, Line

WANTED = ("prefix", "number", "owner__full_name", "due_by")


@dataclass(frozen=True)
class Handled:
    """The work that is open for a control: the most urgent, if there is more."""

    name: str
    url: str
    owner: str  # "": nobody's yet
    due_by: datetime


def of(controls: Collection[str]) -> dict[str, Handled]:
    """Return the open work of each control, in one query.

    A lapse of something that has an item of its own is a line of that one.
    """
    if not controls:
        return {}
    items = Item.objects.open().filter(control__in=controls)
    lines = Line.objects.filter(control__in=controls, closed_at=None, item__control="")
    found = items.values_list("control", *WANTED).union(
        lines.values_list("control", *(f"item__{name}" for name in WANTED)), all=True
    )
    return {
        control: Handled(
            f"{prefix}-{number}",
            reverse("work:item", args=[f"{prefix}-{number}"]),
            owner or "",
            due_by,
        )
        for control, prefix, number, owner, due_by in sorted(found, key=_urgency, reverse=True)
    }


def _urgency(row: tuple[str, str, int, str | None, datetime]) -> tuple[datetime, int]:
    return row[4], row[2]
