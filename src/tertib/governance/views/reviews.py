"""The yearly review of the SOP."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tertib.access.decorators import needs
from tertib.evidence import ledger
from tertib.governance import actions, deciding, forms, matters, pages
from tertib.governance.models import Action, Point, Review
from tertib.lib.errors import Refused
from tertib.people.models import PersonRequest
from tertib.sop import promises, versions


@needs("governance.read")
@require_safe
def reviews(request: PersonRequest) -> HttpResponse:
    now = ledger.now()
    found = Review.objects.select_related("written_by", "signed_by").order_by("-held_on", "-pk")
    last = found.filter(signed_at__isnull=False).order_by("-signed_at").first()
    context = {
        "here": "decisions",
        "tab": "reviews",
        "name": _("Yearly review"),
        "now": now,
        "rows": found,
        "last": last,
        "next_by": _next(last.signed_at) if last and last.signed_at else None,
        "actions": pages.open_actions(),
        "may_write": request.user.may("review.write", now=now),
    }
    return render(request, "governance/reviews.html", context)


@needs("review.write")
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: PersonRequest) -> HttpResponse:
    now = ledger.now()
    today = now.astimezone(ZoneInfo(versions.current(now).timezone)).date()
    form = forms.ReviewForm(request.POST or None, initial={"held_on": today})
    agenda = [str(text) for text in pages.AGENDA]
    if form.is_bound and form.is_valid():
        try:
            made = actions.begin_review(
                form.cleaned_data["held_on"], agenda=agenda, by=request.user, now=now
            )
        except Refused as refused:
            form.add_error("held_on", str(refused))
        else:
            return redirect("governance:review", made.uuid)
    context = {
        "here": "decisions",
        "tab": "reviews",
        "name": _("Write down a review"),
        "above": "governance:reviews",
        "above_name": _("Yearly review"),
        "press": _("Begin"),
        "form": form,
        "agenda": agenda,
    }
    status = 422 if form.is_bound else 200
    return render(request, "governance/begin_review.html", context, status=status)


@needs("governance.read")
@require_safe
def review(request: PersonRequest, uuid: UUID) -> HttpResponse:
    return _page(request, uuid)


@needs("review.write")
@require_POST
def add_point(request: PersonRequest, uuid: UUID) -> HttpResponse:
    form = forms.PointForm(request.POST)
    if not form.is_valid():
        return _page(request, uuid, **{f"{request.POST.get('kind')}_form": form})
    actions.add_point(_find(uuid), **form.cleaned_data, by=request.user, now=ledger.now())
    return redirect("governance:review", uuid)


@needs("review.write")
@require_POST
def drop_point(request: PersonRequest, uuid: UUID, pk: int) -> HttpResponse:
    point = get_object_or_404(Point.objects.select_related("review"), pk=pk, review__uuid=uuid)
    actions.drop_point(point, by=request.user, now=ledger.now())
    return redirect("governance:review", uuid)


@needs("review.write")
@require_POST
def participants(request: PersonRequest, uuid: UUID) -> HttpResponse:
    form = forms.PeopleForm(request.POST)
    if not form.is_valid():
        return _page(request, uuid, people_form=form)
    people = form.cleaned_data["people"]
    actions.set_participants(_find(uuid), people, by=request.user, now=ledger.now())
    return redirect("governance:review", uuid)


@needs("review.write")
@require_POST
def add_action(request: PersonRequest, uuid: UUID) -> HttpResponse:
    form = forms.ActionForm(request.POST)
    if form.is_valid():
        try:
            actions.add_action(_find(uuid), **form.cleaned_data, by=request.user, now=ledger.now())
        except Refused as refused:
            form.add_error("due_on", str(refused))
        else:
            return redirect("governance:review", uuid)
    return _page(request, uuid, action_form=form)


@needs("review.write")
@require_POST
def drop_action(request: PersonRequest, uuid: UUID, pk: int) -> HttpResponse:
    action = get_object_or_404(Action.objects.select_related("review"), pk=pk, review__uuid=uuid)
    actions.drop_action(action, by=request.user, now=ledger.now())
    return redirect("governance:review", uuid)


@needs("review.sign")
@require_POST
def sign(request: PersonRequest, uuid: UUID) -> HttpResponse:
    if not actions.sign_review(_find(uuid), by=request.user, now=ledger.now()):
        signed_by = _find(uuid).signed_by
        name = signed_by.full_name if signed_by else pages.NOTHING
        raise Refused(_("%(name)s has signed it already.") % {"name": name})
    return redirect("governance:review", uuid)


@needs("account.own")
@require_POST
def finish(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Whose action it is says that it is done: whoever that is, with any role."""
    action = get_object_or_404(Action.objects.select_related("review"), uuid=uuid)
    actions.finish_action(action, by=request.user, now=ledger.now())
    return redirect("governance:review", action.review.uuid)


def _find(uuid: UUID) -> Review:
    return get_object_or_404(Review.objects.select_related("written_by", "signed_by"), uuid=uuid)


def _page(request: PersonRequest, uuid: UUID, **bound: Any) -> HttpResponse:
    now, found = ledger.now(), _find(uuid)
    points = list(found.points.order_by("pk"))
    people = list(found.participants.order_by("full_name"))
    may_write = found.signed_at is None and request.user.may("review.write", now=now)
    role, control = versions.current(now).approve_by, matters.YEARLY
    asked_by = found.written_by_id
    right = (
        None
        if found.signed_at
        else deciding.right(request.user, role, control=control, asked_by=asked_by, now=now)
    )
    context = {
        "here": "decisions",
        "tab": "reviews",
        "now": now,
        "review": found,
        "agenda": [point for point in points if point.kind == Point.Kind.AGENDA],
        "decisions": [point for point in points if point.kind == Point.Kind.DECISION],
        "people": people,
        "actions": found.actions.select_related("owner", "done_by").order_by("due_on", "pk"),
        "may_write": may_write,
        "right": right,
        "may_sign": right and right.may,
        "instead_of": deciding.decided_for(uuid, "sign_review") if found.signed_at else "",
        "lacks": actions.unfinished([point.kind for point in points], len(people)),
        "wrote_it": found.written_by_id == request.user.pk,
        "agenda_form": forms.PointForm(initial={"kind": "agenda"}, auto_id="agenda_%s"),
        "decision_form": forms.PointForm(initial={"kind": "decision"}, auto_id="decision_%s"),
        "people_form": forms.PeopleForm(initial={"people": people}) if may_write else None,
        "action_form": forms.ActionForm(),
        **bound,
    }
    return render(request, "governance/review.html", context, status=422 if bound else 200)


def _next(signed_at: datetime) -> datetime | None:
    """Return until when the next review has to be signed, by the SOP; None: it does not say."""
    return promises.lasts_until("eva.yearly", signed_at)
