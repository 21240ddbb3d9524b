from typing import Any

from django.conf import settings as installation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tertib.access.decorators import needs, public
from tertib.ui import search, settings_pages
from tertib.ui.context import DENSITIES, THEMES

YEAR = 365 * 24 * 60 * 60


@public("Colours, density and language are a browser's own; a stranger may read in theirs too.")
@require_POST
def display(request: HttpRequest) -> HttpResponse:
    """Keep how this browser shows pages, and go back to where it was."""
    allowed = {
        "theme": ("tertib_theme", THEMES),
        "density": ("tertib_density", DENSITIES),
        "keys": ("tertib_keys", ("off",)),
        "language": (installation.LANGUAGE_COOKIE_NAME, tuple(dict(installation.LANGUAGES))),
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


@needs("account.own")
@never_cache
@require_safe
def search_page(request: Any) -> HttpResponse:
    """Find pages and things by what is typed; to the palette only the hits."""
    text = search.asked(request.GET.get("q", ""))
    groups = list(search.groups(text, request.user, timezone.now()))
    context = {
        "here": "search",
        "text": text,
        "groups": groups,
        "found": any(not source.action for source, _hits in groups),
    }
    part = "#hits" if "HX-Request" in request.headers else ""
    response = render(request, f"ui/search.html{part}", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@needs("settings.read")
@require_safe
def settings(request: Any) -> HttpResponse:
    """Go to the first page of the settings that this person may open."""
    pages = settings_pages.pages(request.user.permissions(now=timezone.now()))
    return redirect(pages[0].url if pages else "/")
