"""What waits for management, on one page."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from tertib.access.decorators import needs
from tertib.evidence import ledger
from tertib.governance import actions, pages
from tertib.people.models import PersonRequest
from tertib.ui import panels


@needs("governance.read")
@require_safe
def decisions(request: PersonRequest) -> HttpResponse:
    now = ledger.now()
    waiting = pages.waiting(now)
    context = {
        "here": "decisions",
        "tab": "decisions",
        "now": now,
        "waiting": waiting,
        "total": pages.count(now)[0],
        "statements": pages.statements(request.user, now),
        "actions": pages.open_actions()[:20],
        "panels": list(panels.about("decisions", request.user.uuid, now)),
    }
    return render(request, "governance/decisions.html", context)


@needs("governance.read")
@require_POST
def attest(request: PersonRequest, control: str) -> HttpResponse:
    actions.attest(control, by=request.user, now=ledger.now())
    return redirect("governance:decisions")
