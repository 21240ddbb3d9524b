"""The company's directory: its settings, and a look at what it would change."""

import logging
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tertib.access.decorators import needs
from tertib.people.actions import directory as looks
from tertib.people.actions.directory import Look
from tertib.people.directory import ACTIVE_DIRECTORY, OPENLDAP
from tertib.people.forms_signin import DirectoryForm
from tertib.people.ldap.client import Trouble
from tertib.people.models import Directory, DirectoryEntry, PersonRequest
from tertib.people.views.people import SHOWN, told

log = logging.getLogger(__name__)

EXAMPLES = {"openldap": OPENLDAP, "ad": ACTIVE_DIRECTORY}


@needs("company.manage")
@never_cache
@sensitive_post_parameters("bind_password")
@require_http_methods(["GET", "HEAD", "POST"])
def configure(request: PersonRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    form = DirectoryForm(request.POST, stored=_stored())
    if not form.is_valid():
        return _page(request, form=form)
    said = dict(form.cleaned_data)
    password = said.pop("bind_password")
    new = (password or None) if said["bind_dn"] else ""
    looks.set_directory(said, new, by=request.user, now=timezone.now())
    return redirect("people:directory")


@needs("people.manage")
@never_cache
@require_POST
def look(request: PersonRequest) -> HttpResponse:
    """Show what would change; shown again unchanged, do it."""
    found, now = Directory.objects.filter(pk=1).first(), timezone.now()
    if found is None:
        return redirect("people:directory")
    try:
        seen = looks.look(found, by=request.user, now=now)
    except Trouble as trouble:
        log.info("directory_does_not_answer", extra={"why": trouble.detail})
        looks.settle({"trouble": trouble.words, "detail": trouble.detail}, now=now)
        return _page(request, trouble=trouble)
    mark = _fingerprint(seen)
    if request.POST.get("fingerprint") == mark:
        done = looks.take(seen, by=request.user, now=now)
        return _page(request, done=done)
    plan = seen.plan
    return _page(
        request,
        plan=plan,
        told=told(plan.changes[:SHOWN]),
        moves=list(seen.moves.items())[:SHOWN],
        faults=seen.read.faults[:SHOWN],
        look=seen,
        elsewhere=sorted(seen.read.elsewhere)[:20],
        suspicious=_(seen.suspicious) if seen.suspicious else "",
        mark=mark,
    )


@needs("company.manage")
@require_POST
def drop(request: PersonRequest) -> HttpResponse:
    looks.drop_directory(by=request.user, now=timezone.now())
    return redirect("people:directory")


def _stored() -> bool:
    return Directory.objects.filter(pk=1, bind_password__isnull=False).exists()


def _fingerprint(seen: Look) -> str:
    """Return what changes when the directory, or the people, have changed since it was shown."""
    changes = [(change.kind, change.email, change.words) for change in seen.plan.changes]
    return sha256(repr((changes, seen.moves)).encode()).hexdigest()


def _page(
    request: PersonRequest,
    *,
    form: DirectoryForm | None = None,
    trouble: Trouble | None = None,
    **more: object,
) -> HttpResponse:
    found = Directory.objects.filter(pk=1).first()
    example = EXAMPLES.get(request.GET.get("contoh", ""), {} if found else OPENLDAP)
    known: Mapping[str, Any] = vars(found) if found else {}
    answered = "look" in more or "done" in more  # just now: what was wrong last time is over
    last = found.outcome.get("trouble", "") if found and not answered else ""
    context = {
        "here": "settings",
        "section": "directory",
        "directory": found,
        "form": form or DirectoryForm(initial={**known, **example}, stored=_stored()),
        "editing": bool(form) or not found or "contoh" in request.GET,
        "trouble": _(trouble.words) if trouble else "",
        "detail": trouble.detail if trouble else "",
        "last_trouble": _(last) if last else "",
        "known": DirectoryEntry.objects.filter(person__is_active=True).count(),
        "now": timezone.now(),
        **more,
    }
    return render(request, "people/directory.html", context, status=422 if form else 200)
