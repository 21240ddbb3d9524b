"""In through a provider: away to it, back from it, and its settings."""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tertib.access.decorators import needs, public
from tertib.people import actions, oidc
from tertib.people.forms_signin import ProviderForm
from tertib.people.middleware import place
from tertib.people.models import Company, Identity, PersonRequest, Provider
from tertib.people.oidc import Client, Pending, Trouble
from tertib.people.views.signin import enter, inside, sign_in_page, wait
from tertib.vault.fields import LostSecret

log = logging.getLogger(__name__)

COOKIE = "__Host-provider" if settings.BEHIND_TLS else "provider"
SALT, LASTS = "people.provider", 600  # seconds that somebody may take at the provider


@public("Whoever wants to sign in through the company's provider is sent there.")
@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Send the browser away; what must come back with it, it keeps in a signed cookie."""
    there, provider = inside(request.GET.get("next")), Provider.objects.filter(pk=1).first()
    if provider is None or not settings.URL:
        return redirect("people:sign_in")
    try:
        address, pending = oidc.begin(_client(provider), there=there)
    except Trouble as trouble:
        return _refuse(request, there, trouble)
    response = HttpResponse(status=302, headers={"Location": address})
    kept = signing.dumps(pending.told(), salt=SALT)
    secure = settings.BEHIND_TLS
    # Lax: it comes back with the provider's redirect, which is a GET from elsewhere.
    response.set_cookie(
        COOKIE, kept, max_age=LASTS, httponly=True, secure=secure, samesite="Lax", path="/"
    )
    return response


@public("The provider sends the browser back here; its answer is checked, and works once.")
@never_cache
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    pending, provider = _pending(request), Provider.objects.filter(pk=1).first()
    there = inside(pending.there if pending else None)
    if provider is None or not settings.URL:
        return redirect("people:sign_in")
    came = {name: str(said)[:2000] for name, said in request.GET.items()}
    now, at = timezone.now(), place(request)
    try:
        person = actions.sign_in_by_provider(
            provider, _client(provider), pending, came, place=at, now=now
        )
        response = enter(request, person, there)
    except Trouble as trouble:
        response = _refuse(request, there, trouble)
    except actions.Throttled as throttled:
        response = sign_in_page(request, there=there, error=wait(throttled), status=429)
    response.delete_cookie(COOKIE, path="/", samesite="Lax")
    return response


@needs("company.manage")
@never_cache
@sensitive_post_parameters("client_secret")
@require_http_methods(["GET", "HEAD", "POST"])
def configure(request: PersonRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    form = ProviderForm(request.POST, stored=_stored())
    if not form.is_valid():
        return _page(request, form=form)
    told = dict(form.cleaned_data)
    secret, public_ = told.pop("client_secret"), told.pop("public")
    new = "" if public_ else (secret or None)
    actions.set_provider(told, new, by=request.user, now=timezone.now())
    return redirect(reverse("people:set_provider") + "?disimpan=1")


@needs("company.manage")
@never_cache
@require_POST
def check(request: PersonRequest) -> HttpResponse:
    """Ask the provider what it says of itself, and show whether that holds."""
    provider = Provider.objects.filter(pk=1).first()
    if provider is None:
        return redirect("people:set_provider")
    try:
        keys = oidc.look_again(_client(provider))["keys"]
    except Trouble as trouble:
        log.info("provider_does_not_hold", extra={"why": trouble.detail})
        return _page(request, trouble=trouble)
    return _page(request, answers=len(keys))


@needs("company.manage")
@require_POST
def drop(request: PersonRequest) -> HttpResponse:
    actions.drop_provider(by=request.user, now=timezone.now())
    return redirect("people:set_provider")


@needs("people.manage")
@require_POST
def forget(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Somebody has another account at the provider by now: the address decides once more."""
    actions.drop_identity(uuid, by=request.user, now=timezone.now())
    return redirect("people:person", uuid)


def _client(provider: Provider) -> Client:
    try:
        secret = provider.client_secret or ""
    except LostSecret as error:
        raise Trouble(oidc.LOST, str(error)) from error
    back_ = settings.URL + reverse("people:provider_back")
    return Client(
        provider.issuer, provider.client_id, secret, back_, allowed=settings.OUTGOING_ALLOWED
    )


def _pending(request: HttpRequest) -> Pending | None:
    """Return what the browser kept. None: nothing, something bent, or for too long."""
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LASTS)
        return Pending(**kept)
    except (signing.BadSignature, TypeError):
        return None


def _refuse(request: HttpRequest, there: str, trouble: Trouble) -> HttpResponse:
    log.warning("provider_refused", extra={"why": trouble.words, "detail": trouble.detail})
    return sign_in_page(request, there=there, error=_(trouble.words), status=422)


def _stored() -> bool:
    return Provider.objects.filter(pk=1, client_secret__isnull=False).exists()


def _page(
    request: PersonRequest,
    *,
    form: ProviderForm | None = None,
    trouble: Trouble | None = None,
    answers: int | None = None,
) -> HttpResponse:
    provider = Provider.objects.filter(pk=1).first()
    known: Mapping[str, Any] = vars(provider) if provider else {}
    stored = _stored()
    public_ = {"public": bool(provider) and not stored}
    context = {
        "here": "settings",
        "section": "sign_in",
        "provider": provider,
        "form": form or ProviderForm(initial={**known, **public_}, stored=stored),
        "trouble": _(trouble.words) if trouble else "",
        "detail": trouble.detail if trouble else "",
        "answers": answers,
        "known": Identity.objects.filter(issuer=provider.issuer).count() if provider else 0,
        "required": Company.objects.filter(second_factor=True).exists(),
        "back": settings.URL + reverse("people:provider_back") if settings.URL else "",
    }
    return render(request, "people/provider.html", context, status=422 if form else 200)
