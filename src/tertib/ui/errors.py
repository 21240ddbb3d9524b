"""The error pages. They ask neither database nor session, which may be what is broken."""

import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as N_  # noqa: N812 what tools extract by
from django.utils.translation import override

from tertib.access.decorators import came_from, public
from tertib.lib.errors import Trouble, trouble
from tertib.ui.context import Shell

EVERYBODY = "An error says nothing that a stranger may not know."

# What Django's own forms say, whose Indonesian is no way to say it.
N_("This field is required.")
N_("Enter a whole number.")
N_("Ensure this value is less than or equal to %(limit_value)s.")
N_("Ensure this value is greater than or equal to %(limit_value)s.")
API = "/api/"  # machines are answered in JSON and in English


@public(EVERYBODY)
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        400,
        _("This request could not be read"),
        _("Nothing was changed. Go back and try again."),
    )


@public(EVERYBODY)
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        403,
        _("Your role does not open this page"),
        _("Nothing was changed. If you need it for your work, ask whoever runs Tertib here."),
    )


@public(EVERYBODY)
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(
        request,
        403,
        _("The form was open for too long"),
        _("Nothing was changed. Go back, reload the page and send it again."),
    )


@public(EVERYBODY)
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        404,
        _("There is no such page"),
        _("The address may have been mistyped, or what it showed is gone."),
    )


def not_a_page(request: HttpRequest, allow: str) -> HttpResponse:
    """Somebody opened by hand what only a button of ours may press."""
    answer = _page(
        request,
        405,
        _("There is nothing to see here"),
        _("Only a button of Tertib uses this address. Nothing was changed."),
    )
    answer.headers["Allow"] = allow
    return answer


@public(EVERYBODY)
def server_error(request: HttpRequest) -> HttpResponse:
    """Whatever was raised and not caught, wherever: Django calls this while it is being handled."""
    if what := trouble(sys.exc_info()[1]):
        return cannot_store(request, what)
    return _page(
        request,
        500,
        _("Something broke on our side"),
        _("What you saved before is kept. Try again; if it stays, tell whoever runs Tertib here."),
    )


def cannot_store(request: HttpRequest, what: Trouble) -> HttpResponse:
    """It passes: 503 says to whoever asked that it may ask again."""
    title, text = told(what)
    answer = _page(request, 503, title, text)
    answer.headers["Retry-After"] = "60"
    return answer


def told(what: Trouble) -> tuple[Promise, Promise]:
    """Return what is the matter, and what that means to whoever wanted something stored."""
    if what is Trouble.FULL:
        return (
            _("Tertib's disk is full"),
            _("Nothing was changed and nothing is lost. Try again once there is room."),
        )
    return (
        _("Tertib's database does not answer"),
        _("Nothing was changed and nothing is lost. Try again in a moment."),
    )


def _page(request: HttpRequest, status: int, title: Promise, text: Promise) -> HttpResponse:
    if request.path_info.startswith(API):
        with override("en"):
            return JsonResponse({"detail": f"{title}. {text}"}, status=status)
    context = {
        "shell": Shell(request),
        "status": status,
        "heading": title,
        "text": text,
        "back": came_from(request) if status != 400 else "",  # whose Host may be what is wrong
    }
    return HttpResponse(render_to_string("ui/error.html", context), status=status)
