"""Tertib's own backups: which there are, how old and whole they are, and making one now."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tertib.access.decorators import needs
from tertib.jobs.pages import plain
from tertib.keep import actions, pages, shelf
from tertib.people.models import PersonRequest


@needs("keep.manage")
@never_cache
@require_safe
def backups(request: PersonRequest) -> HttpResponse:
    """Show the backups; htmx asks again while one is made or read."""
    now, rows = timezone.now(), pages.rows()
    job, free = pages.under_way(), shelf.free()
    failed = pages.last_failure(rows[0].kept.made_at if rows else None)
    context = {
        "here": "settings",
        "section": "backups",
        "now": now,
        "rows": rows,
        "newest": rows[0] if rows else None,
        "state": pages.state(rows, now),
        "job": job,
        "job_why": plain(job.errors[-1])[0] if job and job.errors else "",
        "share": [(job.done, "compliant"), (job.total - job.done, "rest")]
        if job and job.total and job.done is not None
        else None,
        "failed": failed,
        "why": plain(failed.errors[-1])[0] if failed and failed.errors else "",
        "folder": shelf.folder(),
        "free": free,
        "postgresql": "postgresql" in settings.DATABASES["default"]["ENGINE"],
        "under_way": job is not None or any(row.checking for row in rows),
    }
    polled = "HX-Request" in request.headers
    response = render(request, f"keep/backups.html{'#live' if polled else ''}", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@needs("keep.manage")
@require_POST
def make(request: PersonRequest) -> HttpResponse:
    actions.ask_for_backup(by=request.user.uuid, now=timezone.now())
    return redirect("keep:backups")


@needs("keep.manage")
@require_POST
def check(request: PersonRequest, name: str) -> HttpResponse:
    actions.ask_for_check(name, by=request.user.uuid, now=timezone.now())
    return redirect("keep:backups")
