"""What work offers to shared pages: its room in the menu, and one's own work on Beranda."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tertib.people.models import User
from tertib.ui import navigation, panels
from tertib.work import pages, telling
from tertib.work.rows import row

FEW = 5


def register() -> None:
    navigation.register(
        navigation.Room(
            "work",
            _("Tasks"),
            icon="list-check",
            url="work:queue",
            permission="work.own",
            group="work",
            order=10,
        )
    )
    panels.register("home", mine, order=10)
    telling.register()


def mine(person: UUID, now: datetime) -> tuple[str, dict[str, Any]] | None:
    """What of somebody's own is due first."""
    found = User.objects.filter(uuid=person).first()
    if found is None:
        return None
    rows = pages.Wanted(found, frozenset(), False).rows(now)
    first = rows.select_related("owner", "lent_by").order_by("due_by", "pk")[:FEW]
    context = {
        "now": now,
        "tally": pages.tally(found, now),
        "rows": [row(item, now) for item in first],
    }
    return "work/_mine.html", context
