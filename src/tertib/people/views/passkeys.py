"""Passkeys: one's own page of them, and the way in. A browser asks for options, then answers."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tertib.access.decorators import needs, public
from tertib.lib.errors import Refused
from tertib.people import actions, passkeys
from tertib.people.forms import Form
from tertib.people.forms_signin import ConfirmForm, PasskeyForm
from tertib.people.middleware import HALF, begin_session, place, proven
from tertib.people.models import Passkey, PersonRequest, User
from tertib.people.sessions import BEGAN
from tertib.people.views.signin import inside, sign_in_page, wait

SURE = "sure"  # in the session: when its person told the password once more
SURE_LASTS = timedelta(minutes=10)


@needs("account.own")
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: PersonRequest) -> HttpResponse:
    """List one's keys. Who came a while ago tells the password first: a session may be stolen."""
    if request.method != "POST":
        return _own(request)
    form, now = ConfirmForm(request.POST), timezone.now()
    if form.is_valid():
        told, at, why = form.cleaned_data["password"], place(request), "confirm_password"
        try:
            if actions.sign_in(request.user.email, told, place=at, now=now, why=why):
                request.session[SURE] = now.timestamp()
                return redirect("people:passkeys")
            form.add_error("password", _("This is not your password."))
        except actions.Throttled as throttled:
            form.add_error("password", wait(throttled))
            return _own(request, confirm=form, status=429)
    return _own(request, confirm=form, status=422)


@needs("account.own")
@never_cache
@require_POST
def options(request: PersonRequest) -> HttpResponse:
    """Tell the browser which key to make."""
    home, person = _home(request), request.user
    if home is None or not _sure(request):
        return HttpResponse(status=403)
    told = passkeys.ask_for_new(
        home,
        person=person.uuid,
        email=person.email,
        name=person.full_name,
        known=Passkey.objects.filter(person=person).values_list("credential", flat=True),
        now=timezone.now(),
    )
    return HttpResponse(told, content_type="application/json")


@needs("account.own")
@require_POST
def add(request: PersonRequest) -> HttpResponse:
    form, home = PasskeyForm(request.POST), _home(request)
    if home is None or not _sure(request):
        return redirect("people:passkeys")
    if form.is_valid():
        told, name = request.POST.get("credential", ""), form.cleaned_data["name"]
        try:
            actions.add_passkey(request.user, told, name=name, home=home, now=timezone.now())
            proven(request)
            return redirect("people:passkeys")
        except Refused as refusal:
            form.add_error(None, str(refusal))
    return _own(request, new=form, status=422)


@needs("account.own")
@require_POST
def change(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Name a key, or remove it: which, the button says."""
    now, person = timezone.now(), request.user
    if "remove" in request.POST:
        if _sure(request):
            actions.remove_passkey(person, uuid, by=person, now=now)
        return redirect("people:passkeys")
    form = PasskeyForm(request.POST)
    if form.is_valid():
        actions.rename_passkey(person, uuid, form.cleaned_data["name"], now=now)
    return redirect("people:passkeys")


@needs("people.manage")
@require_POST
def remove_of(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Somebody lost what held them."""
    somebody = get_object_or_404(User, uuid=uuid)
    actions.remove_passkeys(somebody, by=request.user, now=timezone.now())
    return redirect("people:person", uuid)


@public("Whoever wants to sign in is told what to sign; it says nothing of anybody.")
@never_cache
@require_POST
def sign_in_options(request: HttpRequest) -> HttpResponse:
    home = _home(request)
    if home is None:
        return HttpResponse(status=403)
    told = passkeys.ask_to_sign_in(home, now=timezone.now())
    return HttpResponse(told, content_type="application/json")


@public("What the browser signed is the proof.")
@never_cache
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """The device knew its owner: key and finger (or PIN) are two factors, so no code is due."""
    there, home, now = inside(request.POST.get("next")), _home(request), timezone.now()
    if request.user.is_authenticated:
        return redirect(there)
    half = request.session.get(HALF) or {}
    told, person, status = request.POST.get("credential", ""), None, 422
    error = _("This passkey was not accepted. Try once more, or sign in with your password.")
    if home:
        try:
            at = place(request)
            person = actions.sign_in_by_passkey(told, place=at, home=home, now=now)
        except actions.Throttled as throttled:
            error, status = wait(throttled), 429
    if person is None:
        return sign_in_page(request, there=there, error=error, status=status)
    begin_session(request, person, proven=True)
    return redirect(half.get("next") or there)


def _own(
    request: PersonRequest,
    *,
    confirm: Form | None = None,
    new: Form | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "keys": Passkey.objects.filter(person=request.user).order_by("made_at"),
        "possible": _home(request) is not None,
        "sure": _sure(request),
        "confirm": confirm or ConfirmForm(),
        "new": new or PasskeyForm(),
        "now": timezone.now(),
        "here": "account",
    }
    return render(request, "people/passkeys.html", context, status=status)


def _sure(request: HttpRequest) -> bool:
    """Say whether the person proved who they are just now: by signing in, or once more since."""
    last = max(request.session.get(SURE, 0.0), request.session.get(BEGAN, 0.0))
    return bool(timezone.now().timestamp() - last < SURE_LASTS.total_seconds())


def _home(request: HttpRequest) -> passkeys.House | None:
    return passkeys.house(settings.URL, request.get_host())
