"""Which populations a subject belongs to, and since when. Values in, values out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

type Where = Mapping[str, Sequence[str]]
type Filters = Mapping[str, tuple[str, Where]]  # population: kind of subject, its `where:`
type Interval = tuple[datetime, datetime | None]  # from, and until, not including


@dataclass(frozen=True)
class Since[T]:
    """What holds from an instant on, until the next one begins."""

    at: datetime
    value: T


def matches(where: Where, attributes: Mapping[str, object]) -> bool:
    """Whether every named attribute has one of the words; of a list one word is enough."""
    return all(_words(attributes.get(name)) & set(words) for name, words in where.items())


def _words(value: object) -> set[object]:
    return set(value) if isinstance(value, (list, tuple, set, frozenset)) else {value}


def intervals(
    of: str,
    described: Sequence[Since[Mapping[str, object]]],
    defined: Sequence[Since[Filters]],
) -> dict[str, list[Interval]]:
    """Return when a subject of that kind is in which population; both histories oldest first.

    Before the first version its filters hold: what was in service then, was. Memberships that
    join without a gap are one.
    """
    if not described or not defined:
        return {}
    begin = described[0].at
    turns = sorted({begin, *(d.at for d in described), *(d.at for d in defined if d.at > begin)})
    populations = sorted({name for since in defined for name in since.value})
    return {
        name: joined
        for name in populations
        if (joined := _joined(name, of, turns, described, defined))
    }


def _joined(
    name: str,
    of: str,
    turns: Sequence[datetime],
    described: Sequence[Since[Mapping[str, object]]],
    defined: Sequence[Since[Filters]],
) -> list[Interval]:
    found: list[Interval] = []
    began: datetime | None = None
    for at in turns:
        about, where = holding(defined, at).get(name, ("", {}))
        inside = about == of and matches(where, holding(described, at))
        if inside and began is None:
            began = at
        elif not inside and began is not None:
            found.append((began, at))
            began = None
    return [*found, (began, None)] if began else found


def holding[T](history: Sequence[Since[T]], at: datetime) -> T:
    """Return what holds then; before the first, the first."""
    return next((since.value for since in reversed(history) if since.at <= at), history[0].value)


def latest[T](rows: Iterable[tuple[datetime, T]]) -> list[Since[T]]:
    """Order a history; of rows that begin at the same instant the one said last counts."""
    return [Since(at, value) for at, value in sorted(dict(rows).items(), key=lambda item: item[0])]
