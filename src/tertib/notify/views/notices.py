"""What one was told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tertib.access.decorators import needs
from tertib.notify import actions, topics
from tertib.notify.models import Notice
from tertib.notify.views import PersonRequest
from tertib.ui.rules import known

PAGE = 50
MOST = 99  # more than that the bell does not count


@dataclass(frozen=True)
class Row:
    notice: Notice
    title: str
    text: str
    icon: str


@needs("account.own")
@never_cache
@require_safe
def notices(request: PersonRequest) -> HttpResponse:
    """Show the newest first. To htmx, which asks every five seconds, only how many came since."""
    mine = Notice.objects.shown().filter(person=request.user.uuid)
    if "HX-Request" in request.headers:
        newer = mine.filter(pk__gt=_number(request.GET.get("sejak"))).count()
        if not newer:
            return HttpResponse(status=204)
        return render(request, "notify/notices.html#newer", {"newer": newer})
    unread = request.GET.get("hanya") == "belum"
    found = mine.filter(read_at=None) if unread else mine
    if before := _number(request.GET.get("sebelum")):
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-pk")[: PAGE + 1])
    context = {
        "now": timezone.now(),
        "groups": _grouped(rows[:PAGE], timezone.now()),
        "before": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "newest": max((notice.pk for notice in rows), default=0),
        "unread": mine.filter(read_at=None).count(),
        "only_unread": unread,
        "first_page": not before,
    }
    return render(request, "notify/notices.html", context)


@needs("account.own")
@never_cache
@require_safe
def bell(request: PersonRequest) -> HttpResponse:
    """Say how many are unread. 204: as many as the page shows already."""
    mine = Notice.objects.shown().filter(person=request.user.uuid, read_at=None)
    unread = len(mine.values_list("pk")[: MOST + 1])
    if request.GET.get("n") == str(unread):
        return HttpResponse(status=204)
    return render(request, "notify/_bell.html", {"unread": unread, "most": MOST})


@needs("account.own")
@require_POST
def open_notice(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Mark one as read and go where it leads."""
    notice = Notice.objects.shown().filter(person=request.user.uuid, uuid=uuid).first()
    if notice is None:
        raise Http404
    actions.mark_read(request.user.uuid, uuid, now=timezone.now())
    return redirect(notice.url or "notify:notices")


@needs("account.own")
@require_POST
def read_all(request: PersonRequest) -> HttpResponse:
    actions.mark_read(request.user.uuid, None, now=timezone.now())
    return redirect("notify:notices")


def _row(notice: Notice) -> Row:
    zone, language = ZoneInfo(timezone.get_current_timezone_name()), known(get_language())
    words = topics.read(notice.topic, notice.data, language, zone)
    return Row(notice, words.title, words.text, topics.icon(notice.topic))


def _grouped(notices: Sequence[Notice], now: datetime) -> list[tuple[str, list[Row]]]:
    """Put what was told, the newest first, under today, yesterday, week and earlier."""
    zone = timezone.get_current_timezone()
    today = now.astimezone(zone).date()
    groups: dict[str, list[Row]] = {}
    for notice in notices:
        ago = (today - notice.told_at.astimezone(zone).date()).days
        name = (
            "today" if ago <= 0 else "yesterday" if ago == 1 else "week" if ago < 7 else "earlier"
        )
        groups.setdefault(name, []).append(_row(notice))
    return list(groups.items())


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0
