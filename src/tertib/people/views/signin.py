"""Ways in and out."""

from datetime import datetime
from typing import Any, Protocol

from django.conf import settings
from django.contrib.auth import logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from tertib.access.decorators import needs, public
from tertib.notify.actions import can_mail
from tertib.people import actions
from tertib.people.forms import (
    ChangePasswordForm,
    FirstStartForm,
    ForgottenForm,
    NewPasswordForm,
    SignInForm,
)
from tertib.people.middleware import HALF, begin_session, place
from tertib.people.models import PersonRequest, Provider, User
from tertib.people.passkeys import house
from tertib.ui.rules import known

GONE = 404  # a link that is used, over, or never was: which, nobody is told


class Send(Protocol):
    """Mail a link to whoever has an address. Raise Throttled."""

    def __call__(self, email: str, /, *, place: str, now: datetime) -> None: ...


@public("This is where people prove who they are.")
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    there = inside(request.POST.get("next") or request.GET.get("next"))
    if request.user.is_authenticated:
        return redirect(there)
    form, status = SignInForm(request.POST or None), 200
    if request.method == "POST":
        person, status = None, 422
        if form.is_valid():
            person, status = _try(request, form)
        if person:
            return enter(request, person, there)
    return sign_in_page(request, form, there=there, status=status)


@public("Whoever forgot the password asks for a link, which goes to their own address.")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    return by_mail(request, actions.mail_link, "people/forgotten.html")


def by_mail(request: HttpRequest, send: Send, template: str) -> HttpResponse:
    """Send a link to an address; answer the same whether anybody has it or not."""
    if not can_mail():
        return redirect("people:sign_in")
    form, status, sent = ForgottenForm(request.POST or None), 200, False
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                send(form.cleaned_data["email"], place=place(request), now=timezone.now())
                sent, status = True, 200
            except actions.Throttled as throttled:
                form.add_error(None, wait(throttled))
                status = 429
    return render(request, template, {"form": form, "sent": sent}, status=status)


@public("Whoever wants to go, may.")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session by POST; somebody who types the address is asked by a page."""
    if request.method == "POST":
        logout(request)
        return redirect("people:sign_in")
    return render(request, "people/sign_out.html")


@needs("account.own")
@never_cache
@sensitive_post_parameters("current", "password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: PersonRequest) -> HttpResponse:
    form, changed = ChangePasswordForm(request.POST or None, person=request.user), False
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            same = actions.sign_in(
                request.user.email,
                form.cleaned_data["current"],
                place=place(request),
                now=now,
                why="confirm_password",
            )
        except actions.Throttled as throttled:
            form.add_error("current", wait(throttled))
        else:
            if same:
                new = form.cleaned_data["password"]
                key = request.session.session_key
                actions.set_password(request.user, new, by=request.user, now=now, keep=key)
                update_session_auth_hash(request, request.user)
                form, changed = ChangePasswordForm(person=request.user), True
            else:
                form.add_error("current", _("This is not your password so far."))
    status = 422 if form.errors else 200
    context = {"form": form, "changed": changed, "here": "account"}
    return render(request, "people/password.html", context, status=status)


@public("The secret in the link is the proof; it works once.")
@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, secret: str) -> HttpResponse:
    """Let a person set a password. Looking at the page uses nothing up: mail scanners look, too."""
    now = timezone.now()
    found = actions.valid_link(secret, now=now, first=False)
    if found is None or found.user is None:
        return closed(request)
    form = NewPasswordForm(request.POST or None, person=found.user)
    if request.method == "POST" and form.is_valid():
        if not actions.set_password_by_link(found, form.cleaned_data["password"], now=now):
            return closed(request)
        return enter(request, found.user)
    context = {"form": form, "person": found.user}
    return quiet(render(request, "people/link.html", context, status=422 if form.errors else 200))


@public("The secret in the link is the proof; it works once, before there is an admin.")
@never_cache
@sensitive_post_parameters("password", "again", "mail_password")
@require_http_methods(["GET", "HEAD", "POST"])
def first(request: HttpRequest, secret: str) -> HttpResponse:
    """Make the first admin and, where told, company, zone and mailbox; then show the SOP."""
    now = timezone.now()
    found = actions.valid_link(secret, now=now, first=True)
    if found is None:
        return closed(request)
    form = FirstStartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = actions.set_up(found, **_told(form), now=now)
        if person is None:
            return closed(request)
        actions.choose_language(person, known(get_language()), now=now)  # as this page was read
        begin_session(request, person)
        return redirect("/sop")
    return quiet(
        render(request, "people/first.html", {"form": form}, status=422 if form.errors else 200)
    )


def sign_in_page(
    request: HttpRequest,
    form: SignInForm | None = None,
    *,
    there: str,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show every way in that this house has. error: what was wrong with another than the form."""
    context = {
        "form": form or SignInForm(),
        "error": error,
        "next": there,
        "nobody": not User.objects.exists(),
        "may_ask": can_mail(),
        "passkeys": house(settings.URL, request.get_host()) is not None,
        "provider": Provider.objects.filter(pk=1).values_list("name", flat=True).first()
        if settings.URL
        else None,
    }
    return render(request, "people/sign_in.html", context, status=status)


def enter(
    request: HttpRequest, person: User, there: str = settings.LOGIN_REDIRECT_URL
) -> HttpResponse:
    """Let somebody in who told the right password, or ask for the code or the passkey first."""
    if not actions.has_factor(person) and not actions.must_show_passkey(person, now=timezone.now()):
        begin_session(request, person)
        return redirect(there)
    request.session.flush()
    request.session[HALF] = {
        "person": person.pk,
        "at": timezone.now().timestamp(),
        "hash": person.get_session_auth_hash(),
        "next": there,
    }
    return redirect("people:second")


@sensitive_variables("form")
def _try(request: HttpRequest, form: SignInForm) -> tuple[User | None, int]:
    """Return the person, or None with the error in the form and the status for it."""
    try:
        person = actions.sign_in(
            form.cleaned_data["email"],
            form.cleaned_data["password"],
            place=place(request),
            now=timezone.now(),
        )
    except actions.Throttled as throttled:
        form.add_error(None, wait(throttled))
        return None, 429
    if person is None:
        form.add_error(None, _("E-mail or password is wrong. Check both and try again."))
    return person, 422


def wait(throttled: actions.Throttled) -> str:
    minutes = max(1, -int((timezone.now() - throttled.until).total_seconds() // 60))
    return _("Too many wrong tries. Try again in %(minutes)s minutes.") % {"minutes": minutes}


def _told(form: FirstStartForm) -> dict[str, Any]:
    return {name: value for name, value in form.cleaned_data.items() if name != "again"}


def inside(there: str | None) -> str:
    """Return a path of this house: nobody is sent elsewhere by a link to the sign-in page."""
    safe = there and url_has_allowed_host_and_scheme(there, allowed_hosts=None)
    return there if there and safe else settings.LOGIN_REDIRECT_URL


def closed(request: HttpRequest, *, mailed: bool = False) -> HttpResponse:
    return quiet(render(request, "people/closed.html", {"mailed": mailed}, status=GONE))


def quiet(response: HttpResponse) -> HttpResponse:
    """The address of this page is a key: no other page is told where the browser came from."""
    # "no-referrer" would make a browser send "Origin: null", which the form's own check refuses.
    response.headers["Referrer-Policy"] = "same-origin"
    return response
