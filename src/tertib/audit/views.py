"""The audit trail: who pressed what."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tertib.access.decorators import needs
from tertib.audit import actions, pages
from tertib.audit.forms import TrailForm

ROOM = "audit"  # of the menu


@needs("audit.read")
@never_cache
@require_safe
def trail(request: Any) -> HttpResponse:
    form = TrailForm(request.GET)
    wanted, zone = form.wanted, timezone.get_current_timezone()
    may = request.user.permissions(now=timezone.now())
    rows, following = pages.page(wanted, request.GET.get("setelah", ""), zone, may=may)
    query = request.GET.copy()
    query.pop("setelah", None)
    narrowed = query.urlencode()
    query["setelah"] = following
    context = {
        "here": ROOM,
        "now": timezone.now(),
        "form": form,
        "wanted": wanted,
        "rows": rows,
        "query": narrowed,
        "following": query.urlencode() if following else "",
        "first_page": "setelah" not in request.GET,
    }
    return render(request, "audit/trail.html", context)


@needs("audit.read")
@never_cache
@require_safe
def export(request: Any) -> Any:
    """Everything that the filter finds, as a file; that it was taken is noted, too."""
    wanted, now = TrailForm(request.GET).wanted, timezone.now()
    actions.note_export(request.user.uuid, request.GET.urlencode()[:500], now=now)
    lines = pages.lines(wanted, timezone.get_current_timezone())
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{_name(now)}"'
    return response


def _name(now: datetime) -> str:
    return f"jejak-audit-{timezone.localtime(now):%Y-%m-%d}.csv"
