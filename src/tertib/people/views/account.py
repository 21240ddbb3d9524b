"""One's own account: where one is signed in, when one is away, who has one's role for a while."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tertib.access import policy
from tertib.access.decorators import needs
from tertib.lib.errors import Refused
from tertib.people import actions
from tertib.people.forms import AbsenceForm, DelegateForm, Form, LanguageForm
from tertib.people.models import Absence, Delegation, Passkey, PersonRequest, Reporting, Session
from tertib.people.rules import midnight
from tertib.people.words import named


@needs("account.own")
@never_cache
@require_safe
def account(request: PersonRequest) -> HttpResponse:
    return _account(request)


@needs("account.own")
@require_POST
def end_session(request: PersonRequest, uuid: UUID) -> HttpResponse:
    actions.end_session(request.user, uuid, by=request.user, now=timezone.now())
    return redirect("people:account")


@needs("account.own")
@require_POST
def end_sessions(request: PersonRequest) -> HttpResponse:
    """End all the others: this one stays."""
    keep = request.session.session_key
    actions.end_sessions(request.user, keep=keep, by=request.user, now=timezone.now())
    return redirect("people:account")


@needs("account.own")
@require_POST
def choose_language(request: PersonRequest) -> HttpResponse:
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return _account(request, language=form)
    actions.choose_language(request.user, form.cleaned_data["language"], now=timezone.now())
    return redirect(reverse("people:account") + "?disimpan=1")


@needs("account.own")
@require_POST
def be_away(request: PersonRequest) -> HttpResponse:
    now, person, form = timezone.now(), request.user, AbsenceForm(request.POST)
    if not form.is_valid():
        return _account(request, absence=form)
    began_at, ended_at = form.span(person.site.zone, now)
    deputy = form.cleaned_data["deputy"]
    try:
        actions.be_away(
            person, began_at=began_at, ended_at=ended_at, deputy=deputy, by=person, now=now
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _account(request, absence=form)
    return redirect("people:account")


@needs("account.own")
@require_POST
def be_back(request: PersonRequest, uuid: UUID) -> HttpResponse:
    absence = get_object_or_404(Absence, uuid=uuid, person=request.user)
    actions.be_back(absence, by=request.user, now=timezone.now())
    return redirect("people:account")


@needs("account.own")
@require_POST
def delegate(request: PersonRequest) -> HttpResponse:
    now, person = timezone.now(), request.user
    form = DelegateForm(request.POST, roles=_own_roles(request))
    if not form.is_valid():
        return _account(request, delegation=form)
    told = form.cleaned_data
    days = told["last"].toordinal() + 1
    ended_at = midnight(told["last"].fromordinal(days), person.site.zone)
    try:
        actions.delegate(
            told["role"], giver=person, holder=told["holder"], ended_at=ended_at, now=now
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _account(request, delegation=form)
    return redirect("people:account")


@needs("account.own")
@require_POST
def take_back(request: PersonRequest, uuid: UUID) -> HttpResponse:
    delegation = get_object_or_404(Delegation, uuid=uuid, giver=request.user)
    actions.take_back(delegation, by=request.user, now=timezone.now())
    return redirect("people:account")


def _account(
    request: PersonRequest,
    *,
    absence: Form | None = None,
    delegation: Form | None = None,
    language: Form | None = None,
) -> HttpResponse:
    now, person = timezone.now(), request.user
    roles = _own_roles(request)
    lent = Delegation.objects.filter(ended_at__gt=now).order_by("ended_at")
    sessions = Session.objects.filter(person=person, expire_date__gt=now).order_by("-seen_at")
    reporting = Reporting.objects.at(now).select_related("manager").filter(person=person)
    context = {
        "sessions": sessions,
        "codes": actions.has_factor(person),
        "passkeys": Passkey.objects.filter(person=person).count(),
        "current": request.session.session_key,
        "roles": named(role.removeprefix(policy.ROLE) for role in sorted(person.roles(now=now))),
        "manager": next((row.manager for row in reporting), None),
        "absences": Absence.objects.filter(person=person, ended_at__gt=now)
        .select_related("deputy")
        .order_by("began_at"),
        "standing": Absence.objects.filter(deputy=person, ended_at__gt=now)
        .select_related("person")
        .order_by("began_at"),
        "lent": lent.filter(giver=person).select_related("holder"),
        "borrowed": lent.filter(holder=person).select_related("giver"),
        "absence": absence or AbsenceForm(),
        "delegation": delegation or DelegateForm(roles=roles),
        "may_delegate": bool(roles),
        "language": language or LanguageForm(initial={"language": person.language}),
        "now": now,
        "here": "account",
    }
    status = 422 if absence or delegation or language else 200
    return render(request, "people/account.html", context, status=status)


def _own_roles(request: PersonRequest) -> list[str]:
    """Return the roles that one may delegate: of the SOP, and not borrowed oneself."""
    now, person = timezone.now(), request.user
    held = {role.removeprefix(policy.ROLE) for role in person.roles(now=now)} - policy.SYSTEM
    lent = Delegation.objects.at(now).filter(holder=person)
    return sorted(held - set(lent.values_list("role", flat=True)) - {"pengguna"})
