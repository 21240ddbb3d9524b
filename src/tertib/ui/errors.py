"""The error pages. They ask neither database nor session, which may be what is broken."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from tertib.access.decorators import public
from tertib.ui.context import Shell

EVERYBODY = "An error says nothing that a stranger may not know."


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


@public(EVERYBODY)
def server_error(request: HttpRequest) -> HttpResponse:
    return _page(
        request,
        500,
        _("Something broke on our side"),
        _("What you saved before is kept. Try again; if it stays, tell whoever runs Tertib here."),
    )


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    context = {"shell": Shell(request), "status": status, "heading": title, "text": text}
    return HttpResponse(render_to_string("ui/error.html", context), status=status)
