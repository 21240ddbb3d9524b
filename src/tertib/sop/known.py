"""What exists outside the file: the vocabulary's kinds of facts, as the checker asks for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tertib.evidence import vocabulary
from tertib.lib.durations import parse
from tertib.lib.limits import Duration
from tertib.sop.format import Text

OPEN_OR_CLOSED = "outcome open or closed"  # how the vocabulary says that a kind's facts are records


@dataclass(frozen=True)
class FactKind:
    name: str
    about: frozenset[str]
    keys: frozenset[str]
    hold: Duration | None  # of a metric: how long a value holds without a next one
    is_record: bool  # open or closed
    comes_from: Text | None


@dataclass(frozen=True)
class Known:
    subjects: frozenset[str]
    kinds: Mapping[str, FactKind]
    # Per kind of subject: attribute and its values; None: any word.
    attributes: Mapping[str, Mapping[str, frozenset[str] | None]] = field(default_factory=dict)


@cache
def shipped() -> Known:
    return read(vocabulary.FILE)


def read(file: Mapping[str, Any]) -> Known:
    return Known(
        frozenset(file["subjects"]),
        {name: _kind(name, entry) for name, entry in file["kinds"].items()},
        {
            subject: {
                name: frozenset(values) if isinstance(values, list) else None
                for name, values in attributes.items()
            }
            for subject, attributes in file["attributes"].items()
        },
    )


def _kind(name: str, entry: Mapping[str, Any]) -> FactKind:
    about, hold = entry["about"], entry.get("hold")
    comes_from = entry.get("comes_from")
    return FactKind(
        name,
        frozenset([about] if isinstance(about, str) else about),
        frozenset(entry.get("keys") or ()),
        parse(hold) if hold else None,
        OPEN_OR_CLOSED in entry.get("note", ""),
        Text(**comes_from) if comes_from else None,
    )
