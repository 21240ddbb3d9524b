"""From the text of a file to the SOP it holds, or to all of its faults.

One walk reads and checks. Names are collected first (`book`), so that a reference is checked where
it stands; what two controls are to each other is checked last.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from tertib.sop import circles, header
from tertib.sop.book import Book, Defaults
from tertib.sop.controls import control
from tertib.sop.faults import N_, Faults, Found, TooManyError
from tertib.sop.fields import Fields, Reader, both, clause_id, fields, listed, one_of, word
from tertib.sop.format import Clause, Sop
from tertib.sop.header import Holidays
from tertib.sop.known import Known, shipped
from tertib.sop.tree import Node, Pairs, Scalar, Spot, UnreadableError, grow, planted
from tertib.sop.verbatim import Source

FORMAT = "tertib-sop/1"
TYPES = (
    *("outcome", "scope", "coverage", "interval", "state"),
    *("existence", "deadline", "sequence", "responsibility"),
)


def no_holidays(country: str, years: Iterable[int], *, collective_leave: bool) -> Collection[date]:
    return ()


type SourceText = str | Callable[[str], str | None]


def read(
    text: str | bytes,
    source_text: SourceText,
    *,
    holidays: Holidays = no_holidays,
    setup: Mapping[str, object] | None = None,
    known: Known | None = None,
) -> Sop | Faults:
    """Read a file. `setup` replaces keys of its `sop:` (holidays, special_days, …).

    source_text: the text itself, or how to find it by the name that the file gives.
    """
    found = Found()
    try:
        root = grow(text, found)
        if setup:
            root = _replaced(root, setup)
        read = _sop(root, Book.of(root, known or shipped(), found), source_text, holidays)
    except (UnreadableError, TooManyError):
        return Faults(sorted(found.faults))
    return Faults(sorted(found.faults)) if found.faults else read


def _replaced(root: Node, setup: Mapping[str, object]) -> Node:
    sop = root.nodes.get("sop") if isinstance(root, Pairs) else None
    if not (isinstance(root, Pairs) and isinstance(sop, Pairs)):
        return root
    nodes = sop.nodes | {key: planted(value) for key, value in setup.items()}
    keys = sop.keys | {key: Scalar(0, 0, key, plain=False) for key in setup}
    return replace(root, nodes=root.nodes | {"sop": replace(sop, nodes=nodes, keys=keys)})


def _sop(root: Node, book: Book, source_text: SourceText, holidays: Holidays) -> Sop:
    found = book.found
    top = fields(root, found, "format, sop, …")
    top.need("format", one_of(FORMAT))
    about = top.need("sop", lambda node, _found: header.header(node, book, holidays))
    nothing: tuple[Any, Any, Any] = (None, None, None)
    standard, waiver = top.need("defaults", lambda node, _found: header.defaults(node, book)) or (
        Defaults(*[None] * 9),
        nothing,
    )
    parts: dict[str, Any] = {
        name: top.need(name, _with(book, part)) for name, part in PARTS.items()
    }
    source = Source(_found(source_text, top, about), found)
    for place, section in _placed(top, "sections", parts["sections"]):
        if section and section.text and isinstance(place, Pairs):
            source.check(place.nodes.get("text", place), section.text.id)
    clauses = _Clauses(
        book, standard, source, [one.id for one in parts["sections"] or () if one and one.id]
    )
    read = top.need("clauses", listed(clauses.read)) or ()
    top.close()
    circles.check([clause for clause in read if clause], clauses.places, found)
    about = about or header.Header(*[None] * 10)
    return Sop(
        about.id,
        about.version,
        about.title,
        about.effective_from,
        about.timezone,
        about.calendar,
        waiver[0],
        waiver[1],
        waiver[2],
        about.acknowledge_by,
        about.acknowledge_within,
        about.approve_by,
        **parts,
        clauses=read,
        source_text=about.source_text,
    )


def _found(source_text: SourceText, top: Fields, about: header.Header | None) -> str | None:
    """Return the source's text. None: there is none, so nothing is compared with it."""
    if isinstance(source_text, str):
        return source_text
    name = about.source_text if about else None
    text = source_text(name) if name else None
    if name and text is None:
        say = N_("There is no file “%(name)s” beside this one.")
        hint = N_("Put the source text there.")
        sop = top.node.nodes["sop"]
        place = sop.nodes["source_text"] if isinstance(sop, Pairs) else sop
        top.found.add(place, say, hint, name=name)
    return text


PARTS: dict[str, Callable[[Node, Book], Any]] = {
    "escalation": header.escalation,
    "roles": header.roles,
    "populations": header.populations,
    "sections": header.sections,
}


NOBODY: dict[str, Any] = {"responsible": "", "accountable": "", "consulted": (), "informed": ()}


def _with(book: Book, part: Callable[[Node, Book], Any]) -> Reader:
    return lambda node, _found: part(node, book)


class _Clauses:
    def __init__(
        self, book: Book, defaults: Defaults, source: Source, sections: Collection[str]
    ) -> None:
        self.book, self.defaults, self.source, self.sections = book, defaults, source, sections
        self.places: dict[str, Spot] = {}  # where each control's id stands

    def read(self, node: Node, found: Found) -> Clause | None:
        if not isinstance(node, Pairs):
            fields(node, found, "clauses")
            return None
        called = node.nodes.get("id")
        own = Fields(node, found, getattr(called, "text", "clauses"))
        clause = Clause(
            own.need("id", clause_id),
            own.need("title", both),
            own.need("text", both),
            own.need("type", one_of(*TYPES)),
            **own.need("raci", self._raci) or NOBODY,
            map=own.may("map", self._map, {}),
            controls=(),
        )
        if clause.text:
            self.source.check(own.at("text"), clause.text.id)
        if clause.id and not any(clause.id.startswith(section) for section in self.sections):
            say = N_("No section's number begins “%(name)s”.")
            found.add(own.at("id"), say, N_("Add the section that it stands in."), name=clause.id)
        controls = self._controls(own, clause)
        own.close()
        return replace(clause, controls=controls)

    def _controls(self, own: Fields, clause: Clause) -> tuple[Any, ...]:
        def read(node: Node, found: Found) -> Any:
            one = control(node, clause, self.book, self.defaults)
            if one and one.id:
                self.places[one.id] = Spot(node.line, node.column)
            return one

        if not own.has("controls"):
            say = N_("Clause “%(name)s” has no control, so nobody could tell whether it holds.")
            hint = N_("Add at least one under “controls”.")
            own.found.add(own.node, say, hint, name=own.name)
            own.may("controls", word)
            return ()
        controls = tuple(one for one in own.need("controls", listed(read)) or () if one)
        if controls and not any(one.active for one in controls):
            say = N_("No control of clause “%(name)s” is active.")
            own.found.add(own.at("controls"), say, N_("Turn one on."), name=own.name)
        return controls

    def _raci(self, node: Node, found: Found) -> dict[str, Any]:
        own, roles = fields(node, found, "raci"), listed(self.book.role)
        read = {
            "responsible": own.need("responsible", self.book.role),
            "accountable": own.need("accountable", self.book.role),
            "consulted": own.may("consulted", roles, ()),
            "informed": own.may("informed", roles, ()),
        }
        own.close()
        return read

    def _map(self, node: Node, found: Found) -> Mapping[str, tuple[str, ...]]:
        own = fields(node, found, "map")
        return {name: listed(word)(kept, found) or () for name, kept in own.node.nodes.items()}


def _placed(top: Fields, key: str, values: Any) -> list[tuple[Node, Any]]:
    node = top.node.nodes.get(key)
    nodes = getattr(node, "nodes", [])
    return list(zip(nodes, values, strict=True)) if isinstance(nodes, list) and values else []
