"""Circles through alive and rollup: a verdict that would wait for itself (semantics 5)."""

from collections.abc import Iterable, Iterator, Mapping

from tertib.sop.faults import N_, Found
from tertib.sop.format import Clause, Control, Rollup
from tertib.sop.tree import Spot


def check(clauses: Iterable[Clause], places: Mapping[str, Spot], found: Found) -> None:
    """Add a fault at each control where a circle closes."""
    named = {clause.id: clause for clause in clauses}
    controls = {one.id: one for clause in named.values() for one in clause.controls}
    done: set[str] = set()
    for begin in controls:
        path: dict[str, None] = {}  # from begin down to where we are, in order; no recursion
        ways: list[Iterator[str]] = [iter([begin])]
        while ways:
            name = next(ways[-1], None)
            if name is None:
                ways.pop()
                if path:
                    done.add(path.popitem()[0])
            elif name in path:
                steps = list(path)
                circle = " → ".join([*steps[steps.index(name) :], name])
                say = N_("The verdict would wait for itself: %(circle)s.")
                hint = N_("Take one of these steps out.")
                found.add(places[steps[-1]], say, hint, circle=circle)
            elif name not in done and name in controls:
                path[name] = None
                ways.append(iter(_waits_for(controls[name], named)))


def _waits_for(control: Control, clauses: Mapping[str, Clause]) -> list[str]:
    """Return the controls that must be judged before this one."""
    waits = [control.alive] if control.alive else []
    if isinstance(control, Rollup):
        below = (clauses[name] for name in control.of if name in clauses)
        waits += [one.id for clause in below for one in clause.controls]
    return waits
