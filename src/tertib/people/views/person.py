"""One person: name and place, roles over time, who is above, leaving, a link for a new password."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tertib.access.decorators import needs
from tertib.lib.errors import Refused
from tertib.people import actions
from tertib.people.forms import AbsenceForm, EndRoleForm, Form, LeaveForm, PersonForm, RoleForm
from tertib.people.models import (
    Absence,
    Delegation,
    Identity,
    PersonRequest,
    Reporting,
    Team,
    User,
)
from tertib.people.rules import midnight


@needs("people.read")
@require_safe
def person(request: PersonRequest, uuid: UUID) -> HttpResponse:
    return _person(request, uuid)


@needs("people.manage")
@require_POST
def change(request: PersonRequest, uuid: UUID) -> HttpResponse:
    somebody = get_object_or_404(User.objects.select_related("site"), uuid=uuid, is_active=True)
    form = PersonForm(request.POST)

    def act(told: dict[str, Any], now: datetime) -> None:
        actions.change_person(
            somebody,
            full_name=told["full_name"],
            site=told["site"],
            team=told["team"].word if told["team"] else "",
            by=request.user,
            now=now,
        )
        actions.set_manager(somebody, told["manager"], by=request.user, now=now)

    return _do(request, uuid, "change", form, act)


@needs("people.manage")
@require_POST
def give_role(request: PersonRequest, uuid: UUID) -> HttpResponse:
    somebody = get_object_or_404(User.objects.select_related("site"), uuid=uuid, is_active=True)
    form = RoleForm(request.POST)

    def act(told: dict[str, Any], now: datetime) -> None:
        since = midnight(told["since"], somebody.site.zone) if told["since"] else None
        given = actions.give_role(
            somebody,
            told["role"],
            by=request.user,
            now=now,
            began_at=since,
            reason=told["reason"],
        )
        if not given:
            raise Refused(_("%(name)s holds this role already.") % {"name": somebody.full_name})

    return _do(request, uuid, "role", form, act)


@needs("people.manage")
@require_POST
def end_role(request: PersonRequest, uuid: UUID) -> HttpResponse:
    somebody = get_object_or_404(User.objects.select_related("site"), uuid=uuid)
    form = EndRoleForm(request.POST)

    def act(told: dict[str, Any], now: datetime) -> None:
        until = _after(told["last"], somebody.site.zone) if told["last"] else None
        if until and until <= now:
            raise Refused(_("A role ends today at the earliest: what was done with it stays done."))
        actions.end_role(
            somebody,
            told["role"],
            by=request.user,
            now=now,
            ended_at=until,
            reason=told["reason"],
        )

    return _do(request, uuid, "end", form, act)


@needs("people.manage")
@require_POST
def leave(request: PersonRequest, uuid: UUID) -> HttpResponse:
    somebody = get_object_or_404(User.objects.select_related("site"), uuid=uuid, is_active=True)
    form = LeaveForm(request.POST)

    def act(told: dict[str, Any], now: datetime) -> None:
        if somebody == request.user:
            raise Refused(_("Nobody lets themselves leave: somebody else must do it."))
        zone = somebody.site.zone
        today = now.astimezone(midnight(told["last"], zone).tzinfo).date()
        left_at = now if told["last"] == today else _after(told["last"], zone)
        actions.leave(somebody, left_at=left_at, by=request.user, now=now)

    return _do(request, uuid, "leave", form, act)


@needs("people.manage")
@require_POST
def be_away(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Enter an absence of somebody who cannot: ill, say. What only they decide stays theirs."""
    somebody = get_object_or_404(User.objects.select_related("site"), uuid=uuid, is_active=True)
    form = AbsenceForm(request.POST)

    def act(told: dict[str, Any], now: datetime) -> None:
        began_at, ended_at = form.span(somebody.site.zone, now)
        actions.be_away(
            somebody,
            began_at=began_at,
            ended_at=ended_at,
            deputy=told["deputy"],
            by=request.user,
            now=now,
        )

    return _do(request, uuid, "absence", form, act)


@needs("people.manage")
@require_POST
def be_back(request: PersonRequest, uuid: UUID, absence: UUID) -> HttpResponse:
    found = get_object_or_404(Absence, uuid=absence, person__uuid=uuid)
    actions.be_back(found, by=request.user, now=timezone.now())
    return redirect("people:person", uuid)


@needs("people.manage")
@never_cache
@require_POST
def make_link(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Show a one-time link: this is the only time that anybody sees it."""
    somebody = get_object_or_404(User, uuid=uuid, is_active=True)
    path = actions.person_link(somebody, by=request.user, now=timezone.now())
    return _person(request, uuid, link=_absolute(request, path))


def _do(
    request: PersonRequest,
    uuid: UUID,
    name: str,
    form: Form,
    act: Callable[[dict[str, Any], datetime], None],
) -> HttpResponse:
    """Act on a form that says enough, and go back; else show it again, open, with what is wrong."""
    if form.is_valid():
        try:
            act(form.cleaned_data, timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return _person(request, uuid, status=409, forms={name: form})
        return redirect("people:person", uuid)
    return _person(request, uuid, status=422, forms={name: form})


def _person(
    request: PersonRequest,
    uuid: UUID,
    *,
    link: str = "",
    status: int = 200,
    forms: Mapping[str, Form] | None = None,
) -> HttpResponse:
    now, forms = timezone.now(), forms or {}
    somebody = get_object_or_404(User.objects.select_related("site"), uuid=uuid)
    team = Team.objects.filter(word=somebody.team).first() if somebody.team else None
    above = Reporting.objects.at(now).select_related("manager").filter(person=somebody).first()
    below = Reporting.objects.at(now).select_related("person").filter(manager=somebody)
    lent = Delegation.objects.at(now).filter(holder=somebody).select_related("giver")
    known = {
        "full_name": somebody.full_name,
        "site": somebody.site,
        "team": team,
        "manager": above.manager.email if above else "",
    }
    manages = request.user.may("people.manage", now=now)
    context = {
        "person": somebody,
        "team": team,
        "manager": above.manager if above else None,
        "reports": [row.person for row in below.order_by("person__full_name")],
        "absences": Absence.objects.filter(person=somebody, ended_at__gt=now)
        .select_related("deputy")
        .order_by("began_at"),
        "held": sorted(somebody.held(), key=lambda held: (held.ended_at is not None, held)),
        "lent": {entry.role: entry.giver for entry in lent},
        "change": forms.get("change") or PersonForm(initial=known),
        "role": forms.get("role") or RoleForm(),
        "end": forms.get("end"),
        "ending": EndRoleForm(),
        "leave": forms.get("leave") or LeaveForm(),
        "absence": forms.get("absence") or AbsenceForm(),
        "link": link,
        "codes": actions.has_factor(somebody),
        "passkeys": actions.has_passkey(somebody),
        "identity": Identity.objects.filter(person=somebody).exists(),
        "now": now,
        "may_manage": manages,
        "may_erase": request.user.may("people.erase", now=now)
        and not (somebody.is_active or somebody.erased_at),
        "may_change_roles": manages and somebody != request.user,
        "here": "people",
    }
    return render(request, "people/person.html", context, status=status)


def _after(day: Any, zone: str) -> datetime:
    """Return the end of that day there."""
    return midnight(day + timedelta(days=1), zone)


def _absolute(request: HttpRequest, path: str) -> str:
    return settings.URL + path if settings.URL else request.build_absolute_uri(path)
