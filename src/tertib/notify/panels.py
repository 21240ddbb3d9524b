"""What notify shows on an employee's first page: what they have not read yet."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Window
from django.utils import timezone
from django.utils.translation import get_language

from tertib.notify import topics
from tertib.notify.models import Notice
from tertib.ui import panels
from tertib.ui.rules import known

FEW = 3


def register() -> None:
    panels.register("portal", unread, order=30)


def unread(person: UUID, now: datetime) -> tuple[str, dict[str, Any]] | None:
    mine = Notice.objects.shown().filter(person=person, read_at=None)
    found = list(mine.annotate(all=Window(Count("pk"))).order_by("-pk")[:FEW])
    if not found:
        return None
    zone, language = ZoneInfo(timezone.get_current_timezone_name()), known(get_language())
    rows = [
        (
            topics.read(one.topic, one.data, language, zone).title,
            topics.icon(one.topic),
            one.told_at,
            one.uuid,
        )
        for one in found
    ]
    context = {"rows": rows, "all": getattr(found[0], "all", 0), "now": now}
    return "notify/_portal.html", context
