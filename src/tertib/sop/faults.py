"""What is wrong with a file: where, in plain words, and what to write instead."""

from collections.abc import Collection
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import override

MOST_NAMES = 1000  # among which the closest is looked for
MOST = 300  # faults told at once; a file with more is not read on


def N_(msgid: str) -> str:  # noqa: N802
    """Mark a msgid for the catalogue; unlike Django's own it asks for no settings."""
    return msgid


class Place(Protocol):
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


@dataclass(frozen=True, order=True)
class Fault:
    """One fault. Line and column count from 1; `say` and `hint` are msgids with `%(name)s`."""

    line: int
    column: int
    say: str
    hint: str = ""
    values: tuple[tuple[str, str], ...] = ()

    def words(self, language: str | None = None) -> str:
        """Say it in that language, or in the one that is active."""
        if language:
            with override(language):
                return self.words()
        values = dict(self.values)
        said = _(self.say) % values
        return f"{said} {_(self.hint) % values}" if self.hint else said

    def __str__(self) -> str:
        return f"{self.line}:{self.column} {self.words()}"


class Faults(tuple[Fault, ...]):
    """All faults of a file, in its order. It is never empty."""


class TooManyError(Exception):
    """More faults than anybody would read: the file is not read on."""


@dataclass
class Found:
    """The faults found so far."""

    faults: list[Fault] = field(default_factory=list)
    spoilt: set[tuple[int, int]] = field(default_factory=set)  # places of which enough is said

    def spoil(self, place: Place, say: str, hint: str = "", **values: object) -> None:
        """Add a fault after which whatever else is wrong with that value is of no interest."""
        self.add(place, say, hint, **values)
        self.spoilt.add((place.line, place.column))

    def add(self, place: Place, say: str, hint: str = "", **values: object) -> None:
        if (place.line, place.column) in self.spoilt:
            return
        told = tuple(sorted((name, shown(value)) for name, value in values.items()))
        fault = Fault(place.line, place.column, say, hint, told)
        if fault not in self.faults:
            self.faults.append(fault)
        if len(self.faults) >= MOST:
            raise TooManyError

    def unknown(self, place: Place, say: str, name: str, known: Collection[str]) -> None:
        """Add a fault about a name that does not exist, with the closest one that does."""
        names = sorted(known) if len(known) <= MOST_NAMES else []
        if closest := get_close_matches(name[:80], names, n=1, cutoff=0.6):
            self.add(place, say, N_("Did you mean “%(closest)s”?"), name=name, closest=closest[0])
        elif names and len(names) <= 30:
            self.add(place, say, N_("Known are: %(known)s."), name=name, known=", ".join(names))
        else:
            self.add(place, say, name=name)


def shown(value: object) -> str:
    """Cut what a file says to what fits into a sentence."""
    text = str(value)
    return text if len(text) <= 300 else f"{text[:300]}…"
