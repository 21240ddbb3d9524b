"""Reading the SOP and saying so."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from tertib.access.decorators import needs
from tertib.evidence import ledger
from tertib.governance import actions
from tertib.governance.asking import acknowledgement, asked, silent
from tertib.people.models import PersonRequest, User
from tertib.sop import versions
from tertib.sop.format import Clause, Section, Sop

PAGE = 100


@needs("account.own")
@require_http_methods(["GET", "HEAD", "POST"])
def acknowledge(request: PersonRequest) -> HttpResponse:
    """The SOP's own text, and the button that says that one keeps to it."""
    now = ledger.now()
    if request.method == "POST":
        actions.acknowledge(request.user, digest=request.POST.get("digest", ""), now=now)
        return redirect("governance:acknowledge")
    ask = asked(now)
    said = acknowledgement(request.user, ask) if ask else None
    due_by = ask.due_by(request.user) if ask else None
    sop = versions.current(now)
    context = {
        "here": "acknowledge",
        "now": now,
        "ask": ask,
        "said": said,
        "due_by": due_by,
        "late": bool(due_by and due_by <= now and not said),
        "sop": sop,
        "chapters": _document(sop),
        "may_read": request.user.may("governance.read", now=now),
    }
    return render(request, "governance/acknowledge.html", context)


@needs("governance.read")
@require_safe
def everybody(request: PersonRequest) -> HttpResponse:
    """Who has acknowledged the version in force, and who has not."""
    now = ledger.now()
    ask = asked(now)
    found = silent(ask).select_related("site").order_by("full_name", "pk") if ask else None
    active = User.objects.filter(is_active=True).count()
    missing = found.count() if found is not None else active
    context = {
        "here": "decisions",
        "tab": "everybody",
        "now": now,
        "ask": ask,
        "rows": [(person, due := ask.due_by(person), due <= now) for person in found[:PAGE]]
        if ask and found is not None
        else [],
        "active": active,
        "said": active - missing,
        "more": max(missing - PAGE, 0) if ask else 0,
    }
    return render(request, "governance/everybody.html", context)


def _document(sop: Sop) -> list[tuple[Section, list[Clause]]]:
    """Return the sections in their order, each with the clauses that stand directly in it."""
    homes: dict[str, list[Clause]] = {}
    for clause in sop.clauses:
        inside = [section.id for section in sop.sections if clause.id.startswith(section.id)]
        homes.setdefault(max(inside, key=len), []).append(clause)
    return [(section, homes.get(section.id, [])) for section in sop.sections]
