"""What the IT asks for, and what management decides."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tertib.access.decorators import needs
from tertib.evidence import ledger
from tertib.governance import actions, deciding, pages
from tertib.governance.forms import BecauseForm, ResourceForm
from tertib.governance.models import Request
from tertib.lib.errors import Refused
from tertib.people.models import PersonRequest
from tertib.sop import versions

PAGE = 50


@needs("governance.read")
@require_safe
def requests(request: PersonRequest) -> HttpResponse:
    now = ledger.now()
    every = Request.objects.select_related("asked_by", "decided_by")
    past = every.exclude(decision="").order_by("-decided_at")[:PAGE]
    context = {
        "here": "decisions",
        "tab": "requests",
        "name": _("Resources"),
        "now": now,
        "waiting": every.filter(decision="").order_by("decide_by", "asked_at"),
        "past": [(one, pages.WORDS[one.decision]) for one in past],
        "may_ask": request.user.may("resource.ask", now=now),
    }
    return render(request, "governance/requests.html", context)


@needs("resource.ask")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: PersonRequest) -> HttpResponse:
    form = ResourceForm(request.POST or None)
    if form.is_bound and form.is_valid():
        made = actions.ask_resource(**form.cleaned_data, by=request.user, now=ledger.now())
        return redirect("governance:request", made.uuid)
    context = {
        "here": "decisions",
        "tab": "requests",
        "name": _("Ask for something"),
        "headline": _("Ask management for something"),
        "above": "governance:requests",
        "above_name": _("Resources"),
        "press": _("Ask"),
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "governance/ask_resource.html", context, status=status)


@needs("governance.read")
@require_safe
def request(request: PersonRequest, uuid: UUID) -> HttpResponse:
    return _page(request, uuid)


@needs("resource.decide")
@require_POST
def decide(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Approve or refuse. Of two who press at once one wins; the other is told who did."""
    form = BecauseForm(request.POST)
    if not form.is_valid():
        return _page(request, uuid, form=form)
    try:
        done = actions.decide_resource(
            _find(uuid),
            approved=request.POST.get("decision") == "approve",
            because=form.cleaned_data["because"],
            by=request.user,
            now=ledger.now(),
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return _page(request, uuid, form=form)
    if not done:
        raise Refused(_decided(_find(uuid)))
    return redirect("governance:request", uuid)


@needs("resource.ask")
@require_POST
def withdraw(request: PersonRequest, uuid: UUID) -> HttpResponse:
    if not actions.withdraw_resource(_find(uuid), by=request.user, now=ledger.now()):
        raise Refused(_decided(_find(uuid)))
    return redirect("governance:request", uuid)


def _find(uuid: UUID) -> Request:
    return get_object_or_404(Request.objects.select_related("asked_by", "decided_by"), uuid=uuid)


def _decided(found: Request) -> str:
    name = found.decided_by.full_name if found.decided_by else pages.NOTHING
    told = {"name": name, "what": pages.WORDS[found.decision]}
    return _("%(name)s was faster: %(what)s. Nothing of yours was changed.") % told


def _page(request: PersonRequest, uuid: UUID, *, form: BecauseForm | None = None) -> HttpResponse:
    now, found = ledger.now(), _find(uuid)
    mine = found.asked_by_id == request.user.pk
    role = versions.current(now).approve_by
    right = (
        None
        if found.decision
        else deciding.right(request.user, role, matter=uuid, asked_by=found.asked_by_id, now=now)
    )
    context = {
        "here": "decisions",
        "tab": "requests",
        "now": now,
        "request_": found,
        "word": pages.WORDS[found.decision],
        "late": not found.decision and found.decide_by is not None and found.decide_by <= now,
        "right": right,
        "may_decide": right and right.may,
        "instead_of": deciding.decided_for(uuid, "decide_resource") if found.decision else "",
        "may_withdraw": not found.decision and mine,
        "form": form or BecauseForm(),
    }
    return render(request, "governance/request.html", context, status=422 if form else 200)
