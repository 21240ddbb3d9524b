"""Where a subject has a page of its own, and what else a page may lead to. The domain that knows
registers how to get there.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

type Page = Callable[[str], str]
_pages: dict[str, tuple[Page, str]] = {}


def register(kind: str, page: Page, permission: str) -> None:
    """page: from the name by which the world knows the subject (its alias) to a URL, which opens
    to whoever has that permission."""
    _pages[kind] = page, permission


def to(kind: str, alias: str, permissions: frozenset[str]) -> str | None:
    """Return where it leads whoever has these permissions: nobody is sent to a closed door."""
    page, permission = _pages.get(kind, (None, ""))
    return page(alias) if page and alias and permission in permissions else None


type Describe = Callable[[Collection[str]], Mapping[str, str]]
_words: dict[str, Describe] = {}


def describe(kind: str, find: Describe) -> None:
    """find: from names of that kind to a few words that say which each is. One query."""
    _words[kind] = find


def described(named: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return the words about each (kind, alias) that somebody knows."""
    kinds: dict[str, set[str]] = {}
    for kind, alias in named:
        if kind in _words and alias:
            kinds.setdefault(kind, set()).add(alias)
    return {
        (kind, alias): words
        for kind, aliases in kinds.items()
        for alias, words in _words[kind](aliases).items()
    }


type Offer = Callable[[str, frozenset[str]], tuple[str, str] | None]
_offers: dict[str, list[Offer]] = {}


def offer(kind: str, find: Offer) -> None:
    """find: from a key of that kind and a person's permissions to (label, URL), or None."""
    _offers.setdefault(kind, []).append(find)


def offered(kind: str, key: str, permissions: frozenset[str]) -> Iterator[tuple[str, str]]:
    found = (find(key, permissions) for find in _offers.get(kind, ()))
    return (link for link in found if link)
