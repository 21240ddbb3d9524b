"""The conditions of a `require` (semantics 4.3)."""

from collections.abc import Iterator
from difflib import get_close_matches

from tertib.sop.book import Book
from tertib.sop.faults import N_, Found
from tertib.sop.fields import fraction, lasting, listed, span
from tertib.sop.format import Condition
from tertib.sop.known import FactKind
from tertib.sop.tree import Items, Node, Pairs, Scalar

ORDERS = ("gte", "lte", "gt", "lt")
LASTING = ("newer_than", "none_or_newer_than", "within_next", "in_force")
OPERATORS = ("eq", "ne", *ORDERS, "in", "contains", "filled", "differs_from", *LASTING)
OF_NUMBERS = ("eq", "ne", *ORDERS, "in")


def of_body(node: Node, book: Book, kinds: tuple[FactKind | None, ...]) -> tuple[Condition, ...]:
    """Read conditions on the names of a body; each name must be one of a kind's keys."""
    if not isinstance(node, Pairs) or not node.nodes:
        book.found.add(
            node, N_("“require” names what must hold."), N_("Write it like {name: {eq: true}}.")
        )
        return ()
    conditions: list[Condition] = []
    for name, value in node.nodes.items():
        holders = [kind for kind in kinds if kind and name in kind.keys]
        if not holders and all(kinds):
            for kind in kinds:
                book.holds(node.keys[name], kind, name)
        conditions += _at((name,), value, book, holders)
    return tuple(conditions)


def of_value(node: Node, book: Book) -> tuple[Condition, ...]:
    """Read a threshold's conditions, which are about body.value: {gte: 0.95}."""
    conditions = tuple(_at(("value",), node, book, []))
    for condition in conditions:
        if condition.op not in OF_NUMBERS or len(condition.path) > 1:
            book.found.add(
                node,
                N_("A metric is a number: “%(op)s” cannot be asked of it."),
                N_("Known are: %(known)s."),
                op=condition.op if len(condition.path) == 1 else condition.path[1],
                known=", ".join(OF_NUMBERS),
            )
    return conditions


def _at(
    path: tuple[str, ...], node: Node, book: Book, holders: list[FactKind]
) -> Iterator[Condition]:
    """Read the conditions on the value at that path: a value, operators or a deeper path."""
    if not isinstance(node, Pairs):
        yield Condition(path, "eq", _scalar(node, book.found))
        return
    if not node.nodes:
        book.found.add(node, N_("“%(name)s” asks for nothing."), name=".".join(path))
    deeper = [name for name in node.nodes if name not in OPERATORS]
    for name, value in node.nodes.items():
        if name in OPERATORS:
            operand = _operand(name, value, book, holders)
            yield Condition(path, name, operand)
            if deeper:
                say = N_("“%(name)s” is an operator and stands beside a name: write one or other.")
                book.found.add(node.keys[name], say, name=name)
        elif get_close_matches(name, OPERATORS, n=1, cutoff=0.8):
            say = N_("There is no operator “%(name)s”.")
            book.found.unknown(node.keys[name], say, name, OPERATORS)
        else:
            yield from _at((*path, name), value, book, holders)


def _operand(op: str, node: Node, book: Book, holders: list[FactKind]) -> object:
    found = book.found
    if op in LASTING:
        return lasting()(node, found) if op != "in_force" else span(node, found, least=0)
    if op in ORDERS:
        if fraction(node) is None:
            say = N_("“%(op)s” compares numbers, and this is none.")
            found.add(node, say, op=op)
        return node.value if isinstance(node, Scalar) else None
    if op in ("in", "contains"):
        read = listed(_scalar, single=op == "contains")(node, found)
        return read if isinstance(node, Items) or not read else read[0]
    if op == "filled":
        return _filled(node, found)
    if op == "differs_from":
        other = node.text if isinstance(node, Scalar) else ""
        if holders and not any(other in kind.keys for kind in holders):
            for kind in holders:
                book.holds(node, kind, other)
        return (other,)
    return _scalar(node, found)


def _filled(node: Node, found: Found) -> object:
    if isinstance(node, Items):
        return listed(_scalar)(node, found)
    if isinstance(node, Scalar) and node.value is True:
        return True
    found.add(
        node,
        N_("“filled” is true or a list of names."),
        N_("Write it like {filled: true} or {filled: [tag, serial]}."),
    )
    return None


def _scalar(node: Node, found: Found) -> object:
    if not isinstance(node, Scalar):
        found.add(node, N_("One value belongs here."))
        return None
    if node.value is None:
        say = N_("Nothing can be compared with an empty value.")
        found.add(node, say, N_("For “empty or recent” there is none_or_newer_than."))
    return node.value
