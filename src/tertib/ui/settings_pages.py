"""The pages of the settings, which stand beside one another under one menu of their own.

A room registers its page in `apps.ready`; its template extends `ui/settings.html` and fills the
block `settings`, its view names the page: `"here": "settings", "section": KEY`.
"""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Page:
    key: str  # what a page's `section` names to be marked as current
    label: str | Promise
    icon: str
    url: str  # name of the url
    permission: str
    order: int = 50


ROOM = "settings"  # of the menu
_pages: dict[str, Page] = {}


def register(page: Page) -> None:
    _pages[page.key] = page


def pages(permissions: frozenset[str]) -> list[Page]:
    """Return what somebody with these permissions may open, in the order of the menu."""
    allowed = [page for page in _pages.values() if page.permission in permissions]
    return sorted(allowed, key=lambda page: (page.order, page.key))
