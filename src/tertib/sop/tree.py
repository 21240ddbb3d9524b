"""YAML text as a tree that knows its lines, read without YAML's surprises.

No aliases, tags, directives, second documents, tabs, duplicate keys, or words that only look like
text (`yes`, `010`, `1:30`). Size, depth and count are limited before and while it is read, so the
worst file costs a second.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from tertib.sop.faults import N_, Found

BYTES = 1_000_000
DEPTH = 30
NODES = 40_000
LONGEST = 10_000  # characters of one value
KEPT = 4  # trees of sound texts read last: publishing reads one, digests it and compares it

INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})", re.ASCII)
DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}", re.ASCII)
# What YAML 1.1 takes for a truth value, a number or nothing, and people for text (or other way).
SURPRISES = re.compile(
    r"(?i:y|yes|n|no|on|off|~)|True|TRUE|False|FALSE|Null|NULL"
    r"|[-+]?0[0-9_]+|[-+]?0[xob][0-9a-f_]+|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"
    r"|[-+]?\.(?:inf|nan)|[-+]?[0-9][0-9_]*\.?[0-9_]*[eE][-+]?[0-9]+|\+[0-9.]+"
    r"|[-+]?[0-9]+_[0-9_]+|[-+]?[0-9]+\.|[-+]?\.[0-9]+|=",
    re.ASCII,
)
# Characters that break lines, or show a text otherwise than it is.
ODD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)


@dataclass(frozen=True, slots=True)
class Scalar:
    line: int
    column: int
    text: str
    plain: bool  # not in quotes

    @property
    def value(self) -> str | int | float | bool | None:
        """What it is: quoted is always text."""
        if not self.plain:
            return self.text
        if self.text in ("true", "false"):
            return self.text == "true"
        if self.text in ("null", ""):
            return None
        if INTEGER.fullmatch(self.text):
            return int(self.text)
        return float(self.text) if DECIMAL.fullmatch(self.text) else self.text


@dataclass(frozen=True, slots=True)
class Items:
    line: int
    column: int
    nodes: list["Node"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Pairs:
    line: int
    column: int
    nodes: dict[str, "Node"] = field(default_factory=dict)
    keys: dict[str, Scalar] = field(default_factory=dict)  # where each key stands


type Node = Scalar | Items | Pairs


@dataclass(frozen=True, slots=True)
class Spot:
    line: int
    column: int


class UnreadableError(Exception):
    """The text is no tree; why is among the faults."""


_kept: dict[str | bytes, "Node"] = {}


def grow(text: str | bytes, found: Found) -> Node:
    """Return the tree of a text; add its faults. Raise UnreadableError if there is none.

    A sound text is read once while it is among the last; nobody may change a tree.
    """
    if tree := _kept.get(text):
        return tree
    tree = _grown(text, found)
    if not found.faults:
        for oldest in [*_kept][: 1 - KEPT]:
            _kept.pop(oldest, None)
        _kept[text] = tree
    return tree


def _grown(text: str | bytes, found: Found) -> Node:
    checked = _characters(text, found)
    # The C reader is twenty times as fast; it reads on only as we ask for the next event.
    events = yaml.parse(checked, Loader=yaml.CSafeLoader)
    try:
        return _Grower(events, found).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        spot = Spot(mark.line + 1, mark.column + 1) if mark else Spot(1, 1)
        found.add(
            spot,
            N_("From here on this cannot be read as YAML."),
            N_("Look for an open quote or bracket, and at the spaces that begin the line."),
        )
        raise UnreadableError from error
    except yaml.YAMLError as error:
        found.add(Spot(1, 1), N_("This cannot be read as YAML."))
        raise UnreadableError from error


def planted(value: object) -> Node:
    """Return plain values as a tree without lines: what a setup puts in place of the file's."""
    match value:
        case Mapping():
            keys = {str(key): Scalar(0, 0, str(key), plain=False) for key in value}
            return Pairs(0, 0, {str(key): planted(kept) for key, kept in value.items()}, keys)
        case list() | tuple():
            return Items(0, 0, [planted(kept) for kept in value])
        case None | bool():
            return Scalar(0, 0, {None: "null", True: "true", False: "false"}[value], plain=True)
        case int() | float():
            return Scalar(0, 0, str(value), plain=True)
    return Scalar(0, 0, str(value), plain=False)


def bare(node: Node) -> object:
    """Return a tree as plain values, as JSON knows them."""
    match node:
        case Pairs():
            return {key: bare(kept) for key, kept in node.nodes.items()}
        case Items():
            return [bare(kept) for kept in node.nodes]
    return node.value


def _characters(text: str | bytes, found: Found) -> str:
    """Check size and characters before any parser sees them."""
    size = len(text) if isinstance(text, bytes) else len(text[: BYTES + 1].encode(errors="replace"))
    if size > BYTES:
        found.add(
            Spot(1, 1),
            N_("The file is larger than %(limit)s bytes."),
            N_("An SOP of a hundred clauses needs a tenth of that."),
            limit=BYTES,
        )
        raise UnreadableError
    try:
        text = text.decode() if isinstance(text, bytes) else text
        text.encode()
    except UnicodeError as error:
        before = error.object[: error.start] if isinstance(error, UnicodeDecodeError) else b""
        found.add(
            Spot(before.count(b"\n") + 1, 1),
            N_("The file is not UTF-8 text."),
            N_("Save it with the encoding UTF-8."),
        )
        raise UnreadableError from error
    text = text.removeprefix("\ufeff")
    if "\t" not in text and not ODD.search(text):
        return text
    for number, line in enumerate(text.split("\n"), 1):
        if "\t" in line:
            spot = Spot(number, line.index("\t") + 1)
            found.add(spot, N_("Here is a tab."), N_("Write spaces."))
        if odd := ODD.search(line):
            found.add(
                Spot(number, odd.start() + 1),
                N_("Here is a character that nobody sees: %(code)s."),
                N_("Delete it."),
                code=f"U+{ord(odd[0]):04X}",
            )
    raise UnreadableError


class _Grower:
    """Events, whose classes PyYAML's stubs leave without attributes, become nodes."""

    def __init__(self, events: Iterator[yaml.Event], found: Found) -> None:
        self.events = events
        self.found = found
        self.nodes = 0

    def document(self) -> Node:
        next(self.events)  # the stream's start
        start: Any = next(self.events)
        if isinstance(start, yaml.StreamEndEvent):
            self.found.add(
                Spot(1, 1), N_("The file is empty."), N_("Begin with “format: tertib-sop/1”.")
            )
            raise UnreadableError
        if start.version or start.tags:
            self.found.add(
                _spot(start), N_("A line that begins with %% is not allowed."), N_("Delete it.")
            )
        root = self._node(next(self.events), 1)
        next(self.events)  # the document's end
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            self.found.add(
                _spot(after),
                N_("A second document begins here."),
                N_("A file holds one SOP: delete the line “---”."),
            )
            raise UnreadableError
        return root

    def _node(self, event: Any, depth: int) -> Node:
        spot = _spot(event)
        self.nodes += 1
        if self.nodes > NODES or depth > DEPTH:
            limit = NODES if self.nodes > NODES else DEPTH
            say = (
                N_("The file holds more than %(limit)s values.")
                if self.nodes > NODES
                else N_("Brackets and indents are more than %(limit)s deep here.")
            )
            self.found.add(spot, say, limit=limit)
            raise UnreadableError
        if isinstance(event, yaml.AliasEvent):
            self.found.spoil(
                spot,
                N_("“*%(name)s” repeats something from elsewhere, which is not allowed."),
                N_("Write it out."),
                name=event.anchor,
            )
            return Scalar(spot.line, spot.column, "", plain=False)
        if event.anchor:
            self.found.add(
                spot,
                N_("“&%(name)s” marks something for repeating, which is not allowed."),
                N_("Delete the mark."),
                name=event.anchor,
            )
        if event.tag:
            self.found.spoil(
                spot,
                N_("“%(tag)s” is a YAML tag, which is not allowed."),
                N_("Delete it; text that looks like something else goes in quotes."),
                tag=event.tag,
            )
        if isinstance(event, yaml.MappingStartEvent):
            return self._pairs(spot, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            items = Items(spot.line, spot.column)
            while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
                items.nodes.append(self._node(event, depth + 1))
            return items
        return self._scalar(event)

    def _pairs(self, spot: Spot, depth: int) -> Pairs:
        pairs = Pairs(spot.line, spot.column)
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(next(self.events), depth + 1)
            if not isinstance(key, Scalar):
                self.found.add(key, N_("A name before a colon is one word."))
            elif key.text in pairs.nodes:
                self.found.add(
                    key,
                    N_("“%(name)s” stands here twice; first in line %(first)s."),
                    N_("Keep one of the two."),
                    name=key.text,
                    first=pairs.keys[key.text].line,
                )
            else:
                pairs.nodes[key.text], pairs.keys[key.text] = value, key
        return pairs

    def _scalar(self, event: Any) -> Scalar:
        spot = _spot(event)
        plain = event.style in (None, "")
        text = event.value
        if len(text) > LONGEST:
            self.found.spoil(
                spot, N_("This text is longer than %(limit)s characters."), limit=LONGEST
            )
            text = text[:LONGEST]
        if plain and len(text) < 60 and SURPRISES.fullmatch(text):
            self.found.spoil(
                spot,
                N_("YAML reads %(text)s otherwise than people do."),
                N_("Write true, false or a plain number; text goes in quotes."),
                text=text,
            )
        return Scalar(spot.line, spot.column, text, plain)


def _spot(event: Any) -> Spot:
    return Spot(event.start_mark.line + 1, event.start_mark.column + 1)
