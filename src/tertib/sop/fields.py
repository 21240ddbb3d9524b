"""Reading one value after the other, each with its own faults.

A reader returns the value, or None after it has added a fault. What a faulty file's values build
is never handed out, so nobody has to look whether one is there.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from tertib.lib import durations
from tertib.lib.limits import Duration, Windows
from tertib.sop.faults import N_, Found, Place
from tertib.sop.format import Text
from tertib.sop.tree import Items, Node, Pairs, Scalar

type Reader = Callable[[Node, Found], Any]

NAME = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*", re.ASCII)
CLAUSE = re.compile(r"[0-9]+(?:\.[0-9]+)*[a-z]?", re.ASCII)
VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,39}", re.ASCII)
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
WINDOW = re.compile(r"([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})", re.ASCII)
HINT_DURATION = N_("Write it like “2 hours”, “6 bulan” or “3 hari kerja”.")


@dataclass
class Fields:
    """The named values of one mapping. What nobody has taken when it closes is a fault."""

    node: Pairs
    found: Found
    name: str  # of what the mapping is, for sentences: "inv.scan", "sop"

    def __post_init__(self) -> None:
        self.taken: set[str] = set()

    def at(self, key: str) -> Place:
        """Where a value stands: for a fault about several of them."""
        return self.node.nodes.get(key, self.node)

    def has(self, key: str) -> bool:
        return key in self.node.nodes

    def need(self, key: str, read: Reader) -> Any:
        if self.has(key):
            return self.may(key, read)
        self.taken.add(key)
        self.found.add(
            self.node,
            N_("“%(key)s” is missing in “%(name)s”."),
            N_("Add “%(key)s: …”."),
            key=key,
            name=self.name,
        )
        return None

    def may(self, key: str, read: Reader, default: object = None) -> Any:
        self.taken.add(key)
        return read(self.node.nodes[key], self.found) if self.has(key) else default

    def close(self) -> None:
        for key, place in self.node.keys.items():
            if key not in self.taken:
                self.found.unknown(
                    place,
                    N_("“%(name)s” is no key that may stand here."),
                    key,
                    self.taken - self.node.nodes.keys() or self.taken,
                )


def fields(node: Node, found: Found, name: str) -> Fields:
    """Open a mapping. If it is none, add that and return an empty one that asks for nothing."""
    if isinstance(node, Pairs):
        return Fields(node, found, name)
    found.add(
        node,
        N_("“%(name)s” has named values of its own."),
        N_("Write them as “name: value”, each in its line or in { }."),
        name=name,
    )
    return _Nothing(Pairs(node.line, node.column), found, name)


class _Nothing(Fields):
    def need(self, key: str, read: Reader) -> Any:
        return None


def text(node: Node, found: Found) -> str | None:
    if isinstance(node, Scalar) and isinstance(node.value, str) and node.value.strip():
        return node.value
    if isinstance(node, Scalar) and node.text.strip():
        hint = N_('Put it in quotes: “"%(value)s"”.')
        found.add(node, N_("%(value)s is no text."), hint, value=node.text)
    else:
        found.add(node, N_("A text belongs here."))
    return None


def both(node: Node, found: Found) -> Text | None:
    """Read words in both languages."""
    words = fields(node, found, "{id, en}")
    in_id, in_en = words.need("id", text), words.need("en", text)
    words.close()
    return Text(in_id, in_en) if in_id and in_en else None


def word(node: Node, found: Found) -> str | None:
    """Read any short plain text: a version, a path, a mapping's number."""
    if isinstance(node, Scalar) and node.text.strip() and len(node.text) <= 80:
        return node.text
    found.add(node, N_("A short text belongs here."))
    return None


def pattern(regex: re.Pattern[str], say: str, hint: str, longest: int = 50) -> Reader:
    def read(node: Node, found: Found) -> str | None:
        if isinstance(node, Scalar) and len(node.text) <= longest and regex.fullmatch(node.text):
            return node.text
        found.add(node, say, hint, value=_told(node))
        return None

    return read


identifier = pattern(
    NAME,
    N_("“%(value)s” is no id."),
    N_("An id is small letters, digits and _, with dots between its parts; at most 50."),
)
version = pattern(
    VERSION,
    N_("“%(value)s” is no version."),
    N_("A version is letters, digits, dots and dashes, like 1.0.0."),
)


def clause_id(node: Node, found: Found) -> str | None:
    """Read a clause's or section's number. What looks like a number itself goes in quotes."""
    if isinstance(node, Scalar) and CLAUSE.fullmatch(node.text[:30]):
        if isinstance(node.value, str):
            return node.text
        hint = N_('Write “"%(value)s"”: as a number 4.10 would be 4.1.')
        found.add(
            node, N_("The number of a clause or section goes in quotes."), hint, value=node.text
        )
        return None
    say = N_("“%(value)s” is no number of a clause or section.")
    found.add(node, say, N_('Write one like “"4.1.1a"”.'), value=_told(node))
    return None


def one_of(*known: str) -> Reader:
    return reference(known, N_("“%(name)s” is nothing that may stand here."))


def reference(known: Collection[str], say: str) -> Reader:
    """Read a name that must exist."""

    def read(node: Node, found: Found) -> str | None:
        if isinstance(node, Scalar) and node.text in known:
            return node.text
        found.unknown(node, say, _told(node), known)
        return None

    return read


def listed(read: Reader, *, least: int = 1, single: bool = False) -> Reader:
    """Read a list; with `single` one value without brackets, too. The same twice is a fault."""

    def read_all(node: Node, found: Found) -> tuple[Any, ...] | None:
        nodes = node.nodes if isinstance(node, Items) else []
        if single and isinstance(node, Scalar):
            nodes = [node]
        elif not isinstance(node, Items) or len(nodes) < least:
            found.add(node, N_("A list belongs here."), N_("Write it in brackets: [one, two]."))
            return None
        seen: dict[str, int] = {}
        for item in nodes:
            if isinstance(item, Scalar) and seen.setdefault(item.text, id(item)) != id(item):
                found.add(item, N_("“%(name)s” stands in this list twice."), name=item.text)
        return tuple(read(item, found) for item in nodes)

    return read_all


def boolean(node: Node, found: Found) -> bool | None:
    if isinstance(node, Scalar) and isinstance(node.value, bool):
        return node.value
    found.add(node, N_("“%(value)s” is neither true nor false."), value=_told(node))
    return None


def whole(least: int, most: int = 1000) -> Reader:
    def read(node: Node, found: Found) -> int | None:
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        say = N_("“%(value)s” is no whole number from %(least)s to %(most)s.")
        found.add(node, say, value=_told(node), least=least, most=most)
        return None

    return read


def fraction(node: Node) -> Fraction | None:
    """Return a number exactly as it is written; None: it is none."""
    if not isinstance(node, Scalar) or not node.plain or isinstance(node.value, bool):
        return None
    return Fraction(node.text) if isinstance(node.value, int | float) else None


def percent(node: Node, found: Found) -> Fraction | None:
    value = fraction(node)
    if value is not None and 0 <= value <= 100:
        return value
    hint = N_("Write it without %%, like 95 or 99.5.")
    found.add(node, N_("“%(value)s” is no percentage from 0 to 100."), hint, value=_told(node))
    return None


def positive(node: Node, found: Found) -> Fraction | None:
    value = fraction(node)
    if value is not None and 0 < value <= 1000:
        return value
    found.add(node, N_("“%(value)s” is no number above 0."), value=_told(node))
    return None


def span(
    node: Node, found: Found, *, least: int = 1, units: Collection[str] = durations.ENGLISH
) -> Duration | None:
    """Read a duration of one of these units."""
    try:
        duration = durations.parse(node.text if isinstance(node, Scalar) else "")
    except ValueError:
        say = N_("“%(value)s” is no duration.")
        found.add(node, say, HINT_DURATION, value=_told(node))
        return None
    if duration.count < least:
        found.add(node, N_("“%(value)s” is too short to hold."), HINT_DURATION, value=_told(node))
        return None
    if duration.unit not in units:
        say = N_("“%(value)s” has a unit that cannot stand here.")
        known = ", ".join(units)
        found.add(node, say, N_("Known are: %(known)s."), value=_told(node), known=known)
        return None
    return duration


def lasting(*, least: int = 1, workdays: bool = True) -> Reader:
    units = [unit for unit in durations.ENGLISH if workdays or unit != "workdays"]
    return lambda node, found: span(node, found, least=least, units=units)


def day(node: Node, found: Found) -> date | None:
    given = node.text if isinstance(node, Scalar) else ""
    try:
        if DATE.fullmatch(given):
            return date.fromisoformat(given)
    except ValueError:
        pass
    hint = N_("Write it like 2026-12-31.")
    found.add(node, N_("“%(value)s” is no date."), hint, value=_told(node))
    return None


def zone(node: Node, found: Found) -> str | None:
    name = node.text if isinstance(node, Scalar) else ""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        found.unknown(node, N_("There is no time zone “%(name)s”."), name, available_timezones())
        return None
    return name


def windows(node: Node, found: Found) -> Windows | None:
    """Read the working windows of a day: ["08:00-12:00", "13:00-17:00"]."""
    if not isinstance(node, Items):
        hint = N_('Write them like ["08:00-12:00", "13:00-17:00"].')
        found.add(node, N_("The working hours of a day are a list."), hint)
        return None
    read = [_window(item, found) for item in node.nodes]
    ends = timedelta()
    for item, window in zip(node.nodes, read, strict=True):
        if window is None:
            return None
        if window[0] >= window[1]:
            say = N_("“%(value)s” ends before it begins.")
            found.add(item, say, N_("A night is two windows of two days."), value=_told(item))
        elif window[0] < ends:
            say = N_("“%(value)s” begins before the window in front of it ends.")
            found.add(item, say, N_("Put them in order, without overlap."), value=_told(item))
        ends = max(ends, window[1])
    return tuple(window for window in read if window)


def mapping(read_key: Callable[[Scalar, Found], Any], read: Reader) -> Reader:
    """Read names of the file's own choice, each with a value."""

    def read_all(node: Node, found: Found) -> Mapping[Any, Any]:
        own = fields(node, found, "…")
        return {
            read_key(own.node.keys[key], found): read(value, found)
            for key, value in own.node.nodes.items()
        }

    return read_all


def _window(node: Node, found: Found) -> tuple[timedelta, timedelta] | None:
    parts = WINDOW.fullmatch(node.text if isinstance(node, Scalar) else "")
    if parts:
        hours = [int(part) for part in parts.groups()]
        opens, closes = (
            timedelta(hours=h, minutes=m) for h, m in zip(hours[::2], hours[1::2], strict=True)
        )
        if max(hours[1], hours[3]) < 60 and max(opens, closes) <= timedelta(hours=24):
            return opens, closes
    hint = N_('Write it like "08:00-17:00"; "24:00" may close a day.')
    found.add(node, N_("“%(value)s” are no hours of a day."), hint, value=_told(node))
    return None


def _told(node: Node) -> str:
    match node:
        case Scalar():
            return node.text
        case Pairs():
            return f"{{{', '.join(node.nodes)}}}"
    return "[…]"


def names(nodes: Iterable[Node], key: str) -> list[tuple[str, Scalar]]:
    """Return what each of the mappings is called, and where: read before anything refers to it."""
    called = (node.nodes.get(key) for node in nodes if isinstance(node, Pairs))
    return [(node.text, node) for node in called if isinstance(node, Scalar)]
