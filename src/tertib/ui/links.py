"""Where a subject has a page of its own. The domain that knows it registers how to get there."""

from collections.abc import Callable

_pages: dict[str, Callable[[str], str]] = {}


def register(kind: str, page: Callable[[str], str]) -> None:
    """page: from the name by which the world knows the subject (its alias) to a URL."""
    _pages[kind] = page


def to(kind: str, alias: str) -> str | None:
    return _pages[kind](alias) if kind in _pages and alias else None
