from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tertib.access.decorators import needs
from tertib.evidence import attached, ledger
from tertib.lib.errors import Refused
from tertib.people.models import Company, PersonRequest
from tertib.reports import actions, printing, rules, sheet
from tertib.reports.content import build
from tertib.reports.forms import IssueForm
from tertib.reports.models import Report
from tertib.ui.rules import known

ROOM = "reports"  # of the menu


@needs("report.read")
@require_safe
def reports(request: PersonRequest) -> HttpResponse:
    """The archive; ?sidik=… looks a fingerprint up in the ledger."""
    now = ledger.now()
    asked = request.GET.get("sidik", "")[:100]
    found = Report.objects.filter(replaced_at=None).select_related("issued_by", "signed_by")
    rows = list(found.order_by("-month"))
    there = {report.month for report in rows}
    zone, began = actions.zone(now), Company.objects.get().started_at
    context = {
        "here": ROOM,
        "now": now,
        "rows": [(report, _name(report.month)) for report in rows],
        "missing": [
            (f"{month:%Y-%m}", _name(month))
            for month in actions.open_months(now)
            if month not in there and rules.last_instant(month, zone) >= began
        ],
        "asked": asked,
        "found": [(one, _about(one.about)) for one in attached.find(asked)],
        "may_issue": request.user.may("report.issue", now=now),
    }
    return render(request, "reports/reports.html", context)


@needs("report.read")
@require_safe
def report(request: PersonRequest, month: str) -> HttpResponse:
    return _page(request, _month(month))


@needs("report.read")
@require_safe
def pdf(request: PersonRequest, month: str) -> HttpResponse:
    first = _month(month)
    found = get_object_or_404(_current(first))
    drawn = printing.pdf({"sheet": sheet.of(found.content, found)})
    answer = HttpResponse(drawn, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="laporan-{month}.pdf"'
    return answer


@needs("report.issue")
@require_POST
def issue(request: PersonRequest, month: str) -> HttpResponse:
    """Issue it. Of two who press at once one wins; the other is told who did."""
    first, form = _month(month), IssueForm(request.POST)
    if not form.is_valid():
        return _page(request, first, form=form)
    actions.issue(
        first,
        form.asks,
        instead_of=form.cleaned_data["instead_of"],
        by=request.user,
        now=ledger.now(),
    )
    return redirect("reports:report", month)


@needs("report.sign")
@require_POST
def sign(request: PersonRequest, month: str) -> HttpResponse:
    """Sign what one has read: its fingerprint comes with the form."""
    seen = request.POST.get("fingerprint", "")
    found = get_object_or_404(_current(_month(month)))
    if found.fingerprint != seen:
        raise Refused(_("The report was issued anew since this page was opened. Read it first."))
    if not actions.sign(found, by=request.user, now=ledger.now()):
        now_signed = get_object_or_404(_current(found.month))
        name = now_signed.signed_by.full_name if now_signed.signed_by else ""
        raise Refused(_("%(name)s has signed this report already.") % {"name": name})
    return redirect("reports:report", month)


def _page(request: PersonRequest, month: date, *, form: IssueForm | None = None) -> HttpResponse:
    now = ledger.now()
    found = _current(month).first()
    may_issue = request.user.may("report.issue", now=now) and month in actions.open_months(now)
    if found is None and month not in actions.open_months(now):
        raise Http404
    content = found.content if found else build(month, [], now=now)
    open_ = found is None or found.signed_at is None
    right = actions.may_sign(found, request.user, now=now) if found and open_ else None
    context: dict[str, Any] = {
        "here": ROOM,
        "now": now,
        "name": f"{month:%Y-%m}",
        "report": found,
        "sheet": sheet.of(content, found),
        "title": _name(month),
        "right": right,
        "may_sign": right and (right.may or found.issued_by_id == request.user.pk),
        "issued_it": found is not None and found.issued_by_id == request.user.pk,
        "form": form or _form(found) if may_issue and open_ else None,
    }
    return render(request, "reports/report.html", context, status=422 if form else 200)


def _form(found: Report | None) -> IssueForm:
    asks = found.content["asks"] if found else []
    given = {f"ask_{n}": text for n, text in enumerate(asks, 1)}
    return IssueForm(initial={**given, "instead_of": found.uuid if found else None})


def _current(month: date) -> Any:
    found = Report.objects.filter(month=month, replaced_at=None)
    return found.select_related("issued_by", "signed_by")


def _month(name: str) -> date:
    month = rules.parse(name)
    if month is None:
        raise Http404
    return month


def _about(told: str) -> str:
    """Return the month that a fact is about; what tells no day is called as it says."""
    try:
        return _name(date.fromisoformat(told))
    except ValueError:
        return told


def _name(month: date) -> str:
    return sheet.month_name(f"{month:%Y-%m}", known(get_language()))
