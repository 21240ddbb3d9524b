"""What runs by itself: now, next, and what has failed."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tertib.access.decorators import needs
from tertib.jobs import actions, pages
from tertib.jobs.models import Job
from tertib.lib.errors import Refused
from tertib.ui.rules import known


@needs("jobs.read")
@never_cache
@require_safe
def jobs(request: Any) -> HttpResponse:
    """Show the jobs; htmx asks again for what moves."""
    now = timezone.now()
    waiting, more = pages.waiting(now)
    context = {
        "here": "settings",
        "section": "jobs",
        "now": now,
        "running": pages.running(),
        "waiting": waiting,
        "retried": sum(1 for row in waiting if row.why),
        "more": more,
        "failed": pages.failed(),
        "schedules": pages.schedules(known(get_language())),
        "may_manage": request.user.may("jobs.manage", now=now),
    }
    polled = "HX-Request" in request.headers
    response = render(request, f"jobs/jobs.html{'#live' if polled else ''}", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@needs("jobs.manage")
@require_POST
def retry(request: Any, job: str) -> HttpResponse:
    found = get_object_or_404(Job, pk=job)
    if not actions.retry(found, by=request.user.uuid, now=timezone.now()):
        raise Refused(_("This job waits or runs already, or somebody else was faster."))
    return redirect("jobs:jobs")


@needs("jobs.manage")
@require_POST
def run_now(request: Any, name: str) -> HttpResponse:
    actions.run_now(name, by=request.user.uuid, now=timezone.now())
    return redirect("jobs:jobs")
