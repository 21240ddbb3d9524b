from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from tertib.access.decorators import public
from tertib.ui.context import DENSITIES, THEMES

YEAR = 365 * 24 * 60 * 60


@public("Colours, density and language are a browser's own; a stranger may read in theirs too.")
@require_POST
def display(request: HttpRequest) -> HttpResponse:
    """Keep how this browser shows pages, and go back to where it was."""
    allowed = {
        "theme": ("tertib_theme", THEMES),
        "density": ("tertib_density", DENSITIES),
        "language": (settings.LANGUAGE_COOKIE_NAME, tuple(dict(settings.LANGUAGES))),
    }
    there = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(there, {request.get_host()}, request.is_secure())
    response = redirect(there if safe else "/")
    for name, (cookie, values) in allowed.items():
        value = request.POST.get(name)
        if value in values:
            response.set_cookie(
                cookie, value, YEAR, samesite="Lax", httponly=True, secure=request.is_secure()
            )
        elif value is not None:
            response.delete_cookie(cookie, samesite="Lax")
    return response
