"""Waivers: the list, asking for one, deciding, renewing, reviewing."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tertib.access.decorators import needs
from tertib.evidence import ledger
from tertib.governance import actions, deciding, matters, pages
from tertib.governance.forms import BecauseForm, RenewForm, WaiverForm
from tertib.governance.models import Waiver
from tertib.lib import durations
from tertib.lib.errors import Refused
from tertib.people.models import PersonRequest
from tertib.sop import versions
from tertib.ui.rules import known

PAGE = 50


@needs("governance.read")
@require_safe
def waivers(request: PersonRequest) -> HttpResponse:
    now = ledger.now()
    sop = versions.current(now)
    every = Waiver.objects.select_related("asked_by", "decided_by", "subject")
    in_force = every.in_force(now).order_by("ended_at")
    parts = (
        (_("Wait for a decision"), every.waiting().order_by("asked_at")),
        (_("Ran out, to review"), every.to_review(now).order_by("ended_at")),
        (_("In force"), in_force),
    )
    shown = [(name, [(one, pages.title(one, sop)) for one in rows]) for name, rows in parts]
    open_ = {one.pk for _name, rows in shown for one, _title in rows}
    past = every.exclude(pk__in=open_).order_by("-asked_at")[:PAGE]
    context = {
        "here": "decisions",
        "tab": "waivers",
        "name": _("Waivers"),
        "now": now,
        "parts": [(name, rows) for name, rows in shown if rows],
        "past": [(one, pages.title(one, sop), pages.became(one, now)) for one in past],
        "in_force": in_force.count(),
        "longest": durations.words(sop.waiver_max, known(get_language())),
        "may_ask": request.user.may("waiver.ask", now=now),
    }
    return render(request, "governance/waivers.html", context)


@needs("waiver.ask")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: PersonRequest) -> HttpResponse:
    now = ledger.now()
    sop = versions.current(now)
    start = {"control": request.GET.get("kendali", ""), "subject": request.GET.get("untuk", "")}
    form = WaiverForm(request.POST or None, initial=start, sop=sop, now=now)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.ask_waiver(
                given["control"],
                subject=given["about"],
                reason=given["reason"],
                last_day=given["last_day"],
                by=request.user,
                now=now,
            )
        except Refused as refused:
            form.add_error("last_day" if not given["last_day"] else None, str(refused))
        else:
            return redirect("governance:waiver", made.uuid)
    longest = durations.words(sop.waiver_max, known(get_language()))
    context = {
        "here": "decisions",
        "tab": "waivers",
        "name": _("Ask for a waiver"),
        "above": "governance:waivers",
        "above_name": _("Waivers"),
        "press": _("Ask"),
        "form": form,
        "longest": longest,
    }
    return render(
        request, "governance/ask_waiver.html", context, status=422 if form.is_bound else 200
    )


@needs("governance.read")
@require_safe
def waiver(request: PersonRequest, uuid: UUID) -> HttpResponse:
    return _page(request, uuid)


@needs("waiver.grant")
@require_POST
def decide(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Grant or refuse. Of two who press at once one wins; the other is told who did."""
    now = ledger.now()
    found = _find(uuid)
    form = BecauseForm(request.POST)
    if not form.is_valid():
        return _page(request, uuid, form=form)
    try:
        if request.POST.get("decision") == "grant":
            done = actions.grant_waiver(found, by=request.user, now=now)
        else:
            because = form.cleaned_data["because"]
            done = actions.refuse_waiver(found, because=because, by=request.user, now=now)
    except Refused as refused:
        form.add_error(None, str(refused))
        return _page(request, uuid, form=form)
    if not done:
        raise Refused(_decided(_find(uuid)))
    return redirect("governance:waiver", uuid)


@needs("waiver.ask")
@require_POST
def withdraw(request: PersonRequest, uuid: UUID) -> HttpResponse:
    if not actions.withdraw_waiver(_find(uuid), by=request.user, now=ledger.now()):
        raise Refused(_decided(_find(uuid)))
    return redirect("governance:waiver", uuid)


@needs("waiver.ask")
@require_POST
def renew(request: PersonRequest, uuid: UUID) -> HttpResponse:
    form = RenewForm(request.POST)
    if not form.is_valid():
        return _page(request, uuid, renewing=form)
    try:
        made = actions.renew_waiver(
            _find(uuid), **form.cleaned_data, by=request.user, now=ledger.now()
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return _page(request, uuid, renewing=form)
    return redirect("governance:waiver", made.uuid)


@needs("waiver.grant")
@require_POST
def review(request: PersonRequest, uuid: UUID) -> HttpResponse:
    form = BecauseForm(request.POST)
    finding = form.cleaned_data["because"] if form.is_valid() else ""
    try:
        done = actions.review_waiver(
            _find(uuid), finding=finding, by=request.user, now=ledger.now()
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return _page(request, uuid, form=form)
    if not done:
        raise Refused(_("Somebody else has reviewed it already."))
    return redirect("governance:waiver", uuid)


def _find(uuid: UUID) -> Waiver:
    every = Waiver.objects.select_related(
        "asked_by", "decided_by", "reviewed_by", "subject", "renews__renews"
    )
    return get_object_or_404(every, uuid=uuid)


def _decided(waiver: Waiver) -> str:
    name = waiver.decided_by.full_name if waiver.decided_by else pages.NOTHING
    told = {"name": name, "what": pages.WORDS[waiver.decision]}
    return _("%(name)s was faster: %(what)s. Nothing of yours was changed.") % told


def _page(
    request: PersonRequest,
    uuid: UUID,
    *,
    form: BecauseForm | None = None,
    renewing: RenewForm | None = None,
) -> HttpResponse:
    now = ledger.now()
    found, sop = _find(uuid), versions.current(now)
    control = sop.controls.get(found.control)
    mine = found.asked_by_id == request.user.pk
    over = found.ended_at is not None and found.ended_at <= now
    renewal = found.renewals.exclude(decision__in=("refused", "withdrawn")).first()
    may_ask = request.user.may("waiver.ask", now=now)
    waits, reviewed = not found.decision, found.reviewed_at is not None
    to_review = over and not reviewed
    right = (
        deciding.right(
            request.user,
            sop.waiver_approver,
            matter=found.uuid if waits else None,
            control="" if waits else matters.EXPIRED,
            asked_by=found.asked_by_id,
            now=now,
        )
        if waits or to_review
        else None
    )
    context = {
        "here": "decisions",
        "tab": "waivers",
        "now": now,
        "waiver": found,
        "title": pages.title(found, sop),
        "control": control,
        "word": pages.WORDS[found.decision],
        "over": over,
        "renewal": renewal,
        "mine": mine,
        "right": right,
        "may_decide": waits and right and right.may,
        "instead_of": "" if waits else deciding.decided_for(uuid, "grant_waiver", "refuse_waiver"),
        "reviewed_for": deciding.decided_for(uuid, "review_waiver") if reviewed else "",
        "may_withdraw": mine and not found.decision,
        "may_renew": may_ask
        and found.decision == "granted"
        and renewal is None
        and (found.renews is None or sop.waiver_renewals > 1),
        "may_review": to_review and right and right.may,
        "form": form or BecauseForm(),
        "renewing": renewing or RenewForm(),
    }
    status = 422 if form or renewing else 200
    return render(request, "governance/waiver.html", context, status=status)
