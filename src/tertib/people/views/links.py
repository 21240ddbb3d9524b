"""Signing in by a link that came by mail."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tertib.access.decorators import public
from tertib.people import actions
from tertib.people.views.signin import by_mail, closed, enter, quiet


@public("Whoever has no password at hand asks for a link, which goes to their own address.")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    return by_mail(request, actions.mail_sign_in, "people/by_mail.html")


@public("The secret in the link is the proof; it works once and for a few minutes.")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask for one press of a button: mail scanners look at links, too, and use nothing up."""
    now = timezone.now()
    found = actions.valid_link(secret, now=now, first=False, signs_in=True)
    if found is None or found.user is None:
        return closed(request, mailed=True)
    if request.method == "POST":
        person = actions.sign_in_by_link(found, now=now)
        return enter(request, person) if person else closed(request, mailed=True)
    return quiet(render(request, "people/by_link.html", {"person": found.user}))
