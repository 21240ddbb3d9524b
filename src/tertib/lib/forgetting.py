"""One person's names taken out of free text, a pseudonym put in. Values in, values out."""

import re
from collections.abc import Iterable
from typing import Any

SHORTEST_ACCOUNT = 6  # of what stands before the @, to be taken for somebody's name


class Names:
    """The names and addresses of one person, and what stands in their place from now on.

    others: full names of people who stay. "Ani Wulandari" is left alone when "Ani" is forgotten.
    """

    def __init__(self, names: Iterable[str], pseudonym: str, *, others: Iterable[str] = ()) -> None:
        self.pseudonym = pseudonym
        told = {" ".join(name.split()) for name in names} - {"", pseudonym}
        told |= {account for name in told if (account := _account(name))}
        own = sorted(told, key=lambda name: (-len(name), name))
        self.hints = sorted({_hint(name) for name in own} - {""})
        alike = {name for name in others if any(_holds(name, mine) for mine in own)} - told
        kept = "|".join(map(_pattern, sorted(alike, key=lambda name: (-len(name), name))))
        mine = "|".join(map(_pattern, own))
        self._find = re.compile(
            rf"(?<![\w.@-])(?:(?P<kept>{kept or r'(?!)'})|(?P<mine>{mine or r'(?!)'}))(?![\w@])",
            re.IGNORECASE,
        )

    def inside(self, value: Any) -> bool:
        return bool(self.replaced(value) != value)

    def replaced(self, value: Any, longest: int | None = None) -> Any:
        """Return a text, or whatever JSON holds, without the names; cut where it got too long."""
        if isinstance(value, str):
            text: str = self._find.sub(self._instead, value)
            return text[:longest] if longest and text != value else text
        if isinstance(value, dict):
            return {key: self.replaced(one) for key, one in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.replaced(one) for one in value]
        return value

    def _instead(self, found: re.Match[str]) -> str:
        return str(found[0]) if found["kept"] else self.pseudonym


def _account(name: str) -> str:
    """Return "budi.santoso" of such an address; "" of ti@, which is nobody's name."""
    account, at, _domain = name.partition("@")
    told = at and len(account) >= SHORTEST_ACCOUNT and re.search(r"[._-]", account)
    return account if told else ""


def _pattern(name: str) -> str:
    return r"\s+".join(map(re.escape, name.split()))


def _holds(name: str, mine: str) -> bool:
    """Say whether another's longer name has this one in it."""
    return bool(re.search(rf"(?<!\w){_pattern(mine)}(?!\w)", name, re.IGNORECASE))


def _hint(name: str) -> str:
    """Return the longest run that every database compares alike and no JSON writes otherwise."""
    return max((str(run) for run in re.findall(r"[A-Za-z0-9]+", name)), key=len, default="")
