"""Where a subject has a page of its own, and what else a page may lead to. The domain that knows
registers how to get there.
"""

from collections.abc import Callable, Iterator

_pages: dict[str, Callable[[str], str]] = {}


def register(kind: str, page: Callable[[str], str]) -> None:
    """page: from the name by which the world knows the subject (its alias) to a URL."""
    _pages[kind] = page


def to(kind: str, alias: str) -> str | None:
    return _pages[kind](alias) if kind in _pages and alias else None


type Offer = Callable[[str, frozenset[str]], tuple[str, str] | None]
_offers: dict[str, list[Offer]] = {}


def offer(kind: str, find: Offer) -> None:
    """find: from a key of that kind and a person's permissions to (label, URL), or None."""
    _offers.setdefault(kind, []).append(find)


def offered(kind: str, key: str, permissions: frozenset[str]) -> Iterator[tuple[str, str]]:
    found = (find(key, permissions) for find in _offers.get(kind, ()))
    return (link for link in found if link)
