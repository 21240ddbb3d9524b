"""Sites, teams and the keys of machines."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tertib.access.decorators import needs
from tertib.lib.errors import Refused
from tertib.people import actions
from tertib.people.forms import Form, LeadForm, SiteForm, TeamForm, TokenForm
from tertib.people.models import ApiToken, InTeam, PersonRequest, Site, Team
from tertib.people.words import scope_words
from tertib.ui import panels

GET_POST = ["GET", "HEAD", "POST"]


@needs("people.read")
@require_http_methods(["GET", "HEAD"])
def sites(request: PersonRequest) -> HttpResponse:
    return _sites(request, SiteForm())


@needs("sites.manage")
@require_POST
def add_site(request: PersonRequest) -> HttpResponse:
    form = SiteForm(request.POST)
    if _done(form, lambda told, now: actions.add_site(**told, by=request.user, now=now)):
        return redirect("people:sites")
    return _sites(request, form, status=422)


@needs("people.read")
@require_http_methods(["GET", "HEAD"])
def site(request: PersonRequest, uuid: UUID) -> HttpResponse:
    place = get_object_or_404(Site, uuid=uuid)
    known = {"name": place.name, "zone": place.zone, "ranges": ", ".join(place.ranges)}
    return _site(request, place, SiteForm(initial=known))


@needs("sites.manage")
@require_POST
def change_site(request: PersonRequest, uuid: UUID) -> HttpResponse:
    place, form = get_object_or_404(Site, uuid=uuid), SiteForm(request.POST)

    def act(told: dict[str, Any], now: datetime) -> None:
        actions.change_site(place, **told, by=request.user, now=now)

    if _done(form, act):
        return redirect("people:site", uuid)
    return _site(request, get_object_or_404(Site, uuid=uuid), form, status=422)


@needs("people.read")
@require_http_methods(["GET", "HEAD"])
def teams(request: PersonRequest) -> HttpResponse:
    return _teams(request, TeamForm())


@needs("people.manage")
@require_POST
def add_team(request: PersonRequest) -> HttpResponse:
    form = TeamForm(request.POST)
    if _done(form, lambda told, now: actions.add_team(**told, by=request.user, now=now)):
        return redirect("people:teams")
    return _teams(request, form, status=422)


@needs("people.read")
@require_http_methods(["GET", "HEAD"])
def team(request: PersonRequest, uuid: UUID) -> HttpResponse:
    return _team(request, get_object_or_404(Team, uuid=uuid))


@needs("people.manage")
@require_POST
def change_team(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Rename it, name who leads it, or close it: which, the button says."""
    group, by = get_object_or_404(Team, uuid=uuid), request.user
    if "close" in request.POST:
        actions.close_team(group, by=by, now=timezone.now())
        return redirect("people:teams")
    if "lead" in request.POST:
        lead = LeadForm(request.POST)
        if _done(lead, lambda t, now: actions.name_lead(group, t["person"], by=by, now=now)):
            return redirect("people:team", uuid)
        return _team(request, group, lead=lead, status=422)
    name = TeamForm(request.POST)
    if _done(name, lambda t, now: actions.rename_team(group, name=t["name"], by=by, now=now)):
        return redirect("people:team", uuid)
    return _team(request, group, name=name, status=422)


@needs("tokens.manage")
@never_cache
@require_http_methods(GET_POST)
def tokens(request: PersonRequest) -> HttpResponse:
    """List the keys; a new one is shown in the answer to its form, and never again."""
    form, secret, status = TokenForm(request.POST or None), "", 200
    if request.method == "POST":
        made: list[str] = []

        def act(told: dict[str, Any], now: datetime) -> None:
            until = now + timedelta(days=told["days"])
            scope, by = " ".join(told["scope"]), request.user
            made.append(
                actions.issue_token(
                    name=told["name"], scope=scope, expires_at=until, by=by, now=now
                )
            )

        if _done(form, act):
            form, secret = TokenForm(), made[0]
        else:
            status = 422
    words = scope_words()
    rows = [
        (token, [words.get(scope, scope) for scope in token.scope.split()])
        for token in ApiToken.objects.order_by("-expires_at", "name")
    ]
    context = {
        "rows": rows,
        "form": form,
        "secret": secret,
        "now": timezone.now(),
    }
    return render(
        request,
        "people/tokens.html",
        {**context, "here": "settings", "section": "tokens"},
        status=status,
    )


@needs("tokens.manage")
@require_POST
def revoke_token(request: PersonRequest, uuid: UUID) -> HttpResponse:
    token = get_object_or_404(ApiToken, uuid=uuid)
    actions.revoke_token(token.name, by=request.user, now=timezone.now())
    return redirect("people:tokens")


def _done(form: Form, act: Callable[[dict[str, Any], datetime], object]) -> bool:
    """Act on a form that says enough. False: it says now what was wrong."""
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data, timezone.now())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _sites(request: PersonRequest, form: Form, status: int = 200) -> HttpResponse:
    here = Count("people", filter=Q(people__is_active=True))
    rows = Site.objects.annotate(here=here).order_by("name")
    may = request.user.may("sites.manage", now=timezone.now())
    context = {"sites": rows, "form": form, "may_manage": may, "here": "people"}
    return render(request, "people/sites.html", context, status=status)


def _site(request: PersonRequest, place: Site, form: Form, status: int = 200) -> HttpResponse:
    now = timezone.now()
    may = request.user.may("sites.manage", now=now)
    context = {
        "site": place,
        "form": form,
        "people": place.people.filter(is_active=True).count(),
        "panels": list(panels.about("site", place.uuid, now)) if may else [],
        "may_manage": may,
        "here": "people",
        "now": now,
    }
    return render(request, "people/site.html", context, status=status)


def _teams(request: PersonRequest, form: Form, status: int = 200) -> HttpResponse:
    still = Q(times__ended_at=None)
    rows = Team.objects.annotate(members=Count("times", filter=still)).order_by("name")
    leads = dict(
        InTeam.objects.filter(ended_at=None, lead=True).values_list("team", "person__full_name")
    )
    may = request.user.may("people.manage", now=timezone.now())
    told = [(row, leads.get(row.pk, "")) for row in rows]
    context = {"teams": told, "form": form, "may_manage": may, "here": "people"}
    return render(request, "people/teams.html", context, status=status)


def _team(
    request: HttpRequest,
    group: Team,
    *,
    name: Form | None = None,
    lead: Form | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    times = InTeam.objects.filter(team=group).select_related("person")
    context = {
        "team": group,
        "members": times.filter(ended_at=None).order_by("-lead", "person__full_name"),
        "former": times.filter(ended_at__gt=F("began_at")).order_by("-ended_at", "-pk")[:50],
        "name": name or TeamForm(initial={"name": group.name}),
        "lead": lead or LeadForm(),
        "may_manage": request.user.may("people.manage", now=now),  # type: ignore[union-attr]
        "here": "people",
    }
    return render(request, "people/team.html", context, status=status)
