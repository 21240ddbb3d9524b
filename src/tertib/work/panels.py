"""What work offers to shared pages: its room in the menu, and one's own work on Beranda."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Value, Window
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tertib.ui import links, navigation, panels
from tertib.work import search, telling, trail
from tertib.work.models import Item
from tertib.work.rows import language, row

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
            letter="t",
            count=navigation.Count(counted, waiting, permission="work.read"),
        )
    )
    links.register("work", lambda name: reverse("work:item", args=[name]), "work.read")
    links.describe("work", told)
    panels.register("home", mine, order=10)
    panels.register("portal", own, order=20)
    telling.register()
    search.register()
    trail.register()


def counted(person: Any, now: datetime) -> list[Any]:
    """Count what of somebody's own is open and awake, and how much of that is overdue."""
    awake = Item.objects.of(person).awake(now).order_by().annotate(room=Value("work"))
    late = Count("pk", filter=Q(due_by__lte=now))
    return [
        awake.values("room").annotate(n=Count("pk"), late=late).values_list("room", "n", "late")
    ]


def waiting(number: int, late: int) -> str:
    words = ngettext("%(count)s open task of yours", "%(count)s open tasks of yours", number)
    told = words % {"count": number}
    return gettext("%(tasks)s, %(late)s overdue") % {"tasks": told, "late": late} if late else told


def told(names: Collection[str]) -> dict[str, str]:
    """Say what items of these numbers are about."""
    numbers = {int(number) for name in names if (number := name.rpartition("-")[2]).isdigit()}
    found = {item.name: item.title(language()) for item in Item.objects.filter(number__in=numbers)}
    return {name: found[name] for name in names if name in found}


def mine(person: UUID, now: datetime) -> tuple[str, dict[str, Any]] | None:
    """What of somebody's own is due first, in one query: every visit of Beranda asks it."""
    awake = Item.objects.of(person).awake(now).counting(person)
    counted = awake.annotate(all=Window(Count("pk")))
    first = list(counted.select_related("owner", "lent_by").order_by("due_by", "pk")[:FEW])
    context = {
        "now": now,
        "all": getattr(first[0], "all", 0) if first else 0,
        "rows": [row(item, now) for item in first],
    }
    return "work/_mine.html", context


def own(person: UUID, now: datetime) -> tuple[str, dict[str, Any]] | None:
    """Show the same on an employee's first page, unless nothing is theirs."""
    found = mine(person, now)
    return ("work/_portal.html", found[1]) if found and found[1]["rows"] else None
