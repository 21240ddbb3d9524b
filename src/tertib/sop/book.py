"""The names of a file, read before anything that refers to them, and what they may refer to."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from tertib.lib.durations import length
from tertib.lib.limits import Duration
from tertib.sop.faults import N_, Found, Place
from tertib.sop.fields import Reader, names, reference
from tertib.sop.format import Lapse
from tertib.sop.known import FactKind, Known
from tertib.sop.tree import Items, Node, Pairs, Scalar

ORGANISATION = "org"
SENSORS = ("freshness", "schedule", "coverage", "threshold", "attest")  # what alive may name
TOO_LATE = 4  # a default warn needs a period so many times as long


@dataclass
class Defaults:
    target: Any
    empty: Any
    warn: Any
    weight: Any
    settle: Any
    alive_share: Any
    lapse_open: Any
    lapse_due: Any
    lapse_escalation: Any

    def warn_for(self, period: Duration | None) -> Duration | None:
        """Return the default warn if the period is long enough to have one (semantics 1)."""
        if not period or not self.warn:
            return None
        return self.warn if length(period) >= TOO_LATE * length(self.warn) else None

    def lapse(self, to: str) -> Lapse:
        return Lapse(self.lapse_open, to, self.lapse_due, self.lapse_escalation)


@dataclass
class Book:
    known: Known
    found: Found
    roles: frozenset[str] = frozenset()
    ladders: frozenset[str] = frozenset()
    populations: dict[str, str | None] = field(default_factory=dict)  # name: kind of subject
    clauses: frozenset[str] = frozenset()
    kinds: dict[str, str] = field(default_factory=dict)  # control: its kind
    off: frozenset[str] = frozenset()  # controls that are not active

    @classmethod
    def of(cls, root: Node, known: Known, found: Found) -> "Book":
        top = root.nodes if isinstance(root, Pairs) else {}
        book = cls(known, found, _keys(top, "roles"), _keys(top, "escalation"))
        if isinstance(populations := top.get("populations"), Pairs):
            for name, node in populations.nodes.items():
                of = node.nodes.get("of") if isinstance(node, Pairs) else None
                book.populations[name] = of.text if isinstance(of, Scalar) else None
        clauses = _items(top, "clauses")
        book._twice(_items(top, "sections"))
        book.clauses = book._twice(clauses)
        controls = [item for clause in clauses for item in _items(clause.nodes, "controls")]
        book._twice(controls)
        for node in controls:
            for name, _place in names([node], "id"):
                kind, active = node.nodes.get("kind"), node.nodes.get("active")
                book.kinds[name] = kind.text if isinstance(kind, Scalar) else ""
                if isinstance(active, Scalar) and active.value is False:
                    book.off |= {name}
        return book

    def _twice(self, nodes: Iterable[Pairs]) -> frozenset[str]:
        first: dict[str, Scalar] = {}
        for name, place in names(nodes, "id"):
            if first.setdefault(name, place) is not place:
                self.found.add(
                    place,
                    N_("The id “%(name)s” is taken since line %(first)s."),
                    N_("Give this one another id."),
                    name=name,
                    first=first[name].line,
                )
        return frozenset(first)

    # Readers of names that must exist

    @property
    def role(self) -> Reader:
        return reference(self.roles, N_("There is no role “%(name)s” in this file."))

    @property
    def ladder(self) -> Reader:
        return reference(self.ladders, N_("There is no escalation “%(name)s” in this file."))

    @property
    def clause(self) -> Reader:
        return reference(self.clauses, N_("There is no clause “%(name)s” in this file."))

    @property
    def population(self) -> Reader:
        say = N_("There is no population “%(name)s” in this file.")
        return reference(self.populations, say)

    def sensor(self, node: Node, found: Found) -> str | None:
        """Read what alive names."""
        name: str | None = reference(
            self.kinds, N_("There is no control “%(name)s” in this file.")
        )(node, found)
        if name and self.kinds[name] not in SENSORS:
            found.add(
                node,
                N_("“%(name)s” is of kind %(kind)s, which cannot tell whether anybody speaks."),
                N_("alive names a control of these kinds: %(known)s."),
                name=name,
                kind=self.kinds[name],
                known=", ".join(SENSORS),
            )
        return name

    def fact(self, node: Node, found: Found) -> FactKind | None:
        name = node.text if isinstance(node, Scalar) else ""
        if kind := self.known.kinds.get(name):
            return kind
        if name.startswith("attest.") and self.kinds.get(name.removeprefix("attest.")) == "attest":
            nothing: frozenset[str] = frozenset()
            return FactKind(name, frozenset({ORGANISATION}), nothing, None, False, None)
        say = N_("The vocabulary knows no kind of fact “%(name)s”.")
        found.unknown(node, say, name, self.known.kinds)
        return None

    # Whether two names fit each other

    def about(self, place: Place, kind: FactKind | None, population: str | None) -> None:
        """Check that facts of the kind can be about members of the population."""
        of = self.populations.get(population) if population else ORGANISATION
        if not kind or of not in self.known.subjects or of in kind.about:
            return
        say = (
            N_("“%(kind)s” is about %(about)s, but “%(population)s” holds subjects of kind %(of)s.")
            if population
            else N_("“%(kind)s” is about %(about)s; without a population it must be about org.")
        )
        hint = N_("Name a population of %(about)s, or another kind of fact.")
        about = ", ".join(sorted(kind.about))
        self.found.add(place, say, hint, kind=kind.name, about=about, population=population, of=of)

    def corresponds(
        self, place: Place, one: FactKind | None, other: FactKind | None, match: str | None
    ) -> None:
        """Check that a fact of one kind can answer one of the other (semantics 3)."""
        if not one or not other:
            return
        if not one.about & other.about and not match:
            self.found.add(
                place,
                N_(
                    "“%(other)s” is about %(about)s and “%(one)s” about %(of)s: nothing joins them."
                ),
                N_("Add “match” with a name that both bodies hold."),
                one=one.name,
                other=other.name,
                about=", ".join(sorted(other.about)),
                of=", ".join(sorted(one.about)),
            )
        elif match:
            self.holds(place, other, match)

    def holds(self, place: Place, kind: FactKind | None, name: str | None) -> None:
        """Check that bodies of the kind may hold that name."""
        if kind and name and name not in kind.keys:
            say = N_("The body of “%(kind)s” holds no “%(name)s”.")
            if not kind.keys:
                self.found.add(place, say, N_("It holds nothing."), kind=kind.name, name=name)
            else:
                self.found.add(
                    place,
                    say,
                    N_("It holds: %(known)s."),
                    kind=kind.name,
                    name=name,
                    known=", ".join(sorted(kind.keys)),
                )

    def record(self, place: Place, kind: FactKind | None) -> None:
        if kind and not kind.is_record:
            records = sorted(one.name for one in self.known.kinds.values() if one.is_record)
            self.found.add(
                place,
                N_("“%(kind)s” is never open or closed, so it is no record."),
                N_("Records are: %(known)s."),
                kind=kind.name,
                known=", ".join(records),
            )


def _keys(top: dict[str, Node], key: str) -> frozenset[str]:
    node = top.get(key)
    return frozenset(node.nodes) if isinstance(node, Pairs) else frozenset()


def _items(top: dict[str, Node], key: str) -> list[Pairs]:
    node = top.get(key)
    nodes: Collection[Node] = node.nodes if isinstance(node, Items) else ()
    return [item for item in nodes if isinstance(item, Pairs)]
