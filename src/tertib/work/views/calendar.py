from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST, require_safe

from tertib.access.decorators import needs, public
from tertib.evidence import ledger
from tertib.lib.limits import midnight
from tertib.people.models import PersonRequest
from tertib.people.rules import digest
from tertib.ui.rules import last_day
from tertib.work import actions, ical, pages
from tertib.work.models import Feed
from tertib.work.rows import language
from tertib.work.views.common import ROOM

WEEK, DAY = timedelta(days=7), timedelta(days=1)


@needs("work.own")
@require_safe
def calendar(request: PersonRequest) -> HttpResponse:
    """A month of what is due; ?bulan=2026-11 chooses it."""
    now, zone = ledger.now(), timezone.get_current_timezone()
    first = _month(request.GET.get("bulan", ""), now.astimezone(zone).date())
    begin = first - timedelta(days=first.weekday())
    after = _next(first)
    end = after + timedelta(days=-after.weekday() % 7)
    items = pages.month(request.user, midnight(begin, zone), midnight(end, zone))
    by_day: dict[date, list[Any]] = {}
    for item in items:
        cell = by_day.setdefault(last_day(item.due_by, zone), [])
        cell.append((item, item.title(language()), pages.urgency(item, now)))
    days = [begin + DAY * n for n in range((end - begin).days)]
    context = {
        "here": ROOM,
        "now": now,
        "first": midnight(first, zone),
        "previous": (first - DAY).strftime("%Y-%m"),
        "following": after.strftime("%Y-%m"),
        "today": now.astimezone(zone).date(),
        "weeks": [
            [(day, day.month == first.month, by_day.get(day, [])) for day in days[n : n + 7]]
            for n in range(0, len(days), 7)
        ],
        "empty": not items,
        "feed": Feed.objects.filter(person=request.user).first(),
    }
    return render(request, "work/calendar.html", context)


@needs("work.own")
@require_POST
def feed_key(request: PersonRequest) -> HttpResponse:
    """Make the address of one's calendar feed, which is shown this once, or let it end."""
    now = ledger.now()
    if request.POST.get("hapus") == "1":
        actions.revoke_feed(request.user, now=now)
        return redirect("work:calendar")
    secret = actions.issue_feed(request.user, now=now)
    context = {"here": ROOM, "now": now, "address": request.build_absolute_uri(_path(secret))}
    response = render(request, "work/feed.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@public("A calendar program sends no cookies: the key in the address opens one person's list.")
@require_safe
def feed(request: Any, secret: str) -> HttpResponse:
    found = Feed.objects.select_related("person").filter(digest=digest(secret)).first()
    if found is None or not found.person.is_active:
        raise Http404
    items = pages.month(found.person, ledger.now() - 4 * WEEK, ledger.now() + 52 * WEEK)
    address = request.build_absolute_uri("/tugas/")
    text = ical.calendar(items, found.person.language, address=address, now=ledger.now())
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


def _path(secret: str) -> str:
    return f"/kalender/{secret}.ics"


def _month(text: str, today: date) -> date:
    try:
        found = parse_date(f"{text}-01")
    except ValueError:
        found = None
    if found is None or not 2000 <= found.year <= 2200:
        found = today
    return found.replace(day=1)


def _next(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
