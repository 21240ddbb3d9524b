"""Which controls look at what: from a kind of fact, a population or a role to control ids."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tertib.compliance import kinds
from tertib.evidence import vocabulary
from tertib.sop.format import (
    Attest,
    Control,
    Deadline,
    Existence,
    InForce,
    OfItems,
    OfSubjects,
    Rollup,
    Sequence,
    Sop,
)

ORGANISATION = "organisation"  # the population of controls that judge the company itself
ROLE = "role:"

type Law = tuple[InForce, ...]
type Foreign = frozenset[tuple[str, frozenset[str]]]  # (name in the body, kinds)


@dataclass(frozen=True)
class Routes:
    """Derived from the law, once per process and law. Inactive controls and rollups are left out.

    versions  control id → its form in each version that has it active, oldest first
    """

    versions: Mapping[str, tuple[Control, ...]]
    by_kind: Mapping[str, frozenset[str]]
    by_population: Mapping[str, frozenset[str]]
    by_role: Mapping[str, frozenset[str]]
    reads: Mapping[str, frozenset[str]]  # control id → kinds of facts
    populations: Mapping[str, frozenset[str]]  # control id → populations (over all versions)
    by_alive: Mapping[str, frozenset[str]]  # control id → those that live on it
    foreign: Mapping[str, Foreign]  # control id → facts about others that belong to it
    steady: frozenset[str]  # controls that no version changes
    company: frozenset[str]  # controls whose one slice holds facts about whomever (existence)
    items: frozenset[str]  # controls with a standing per item
    attests: frozenset[str]

    def lived_on(self, controls: Collection[str]) -> set[str]:
        """Return those controls with the ones that they name as alive; rollups are left out."""
        known = self.versions.keys() & set(controls)
        return known | {form.alive for c in known for form in self.versions[c] if form.alive}


_known: list[tuple[Law, Routes]] = []  # at most one: the law changes a few times a year


def routes(law: Law) -> Routes:
    if not _known or _known[0][0] is not law:
        _known[:] = [(law, _derive(law))]
    return _known[0][1]


def _derive(law: Law) -> Routes:
    versions: dict[str, list[Control]] = defaultdict(list)
    by_kind, by_population, by_role, by_alive, reads, populations = (
        defaultdict[str, set[str]](set) for _ in range(6)
    )
    for in_force in law:
        for control in in_force.sop.controls.values():
            if not control.active or isinstance(control, Rollup):
                continue
            versions[control.id].append(control)
            for kind in kinds.reads(control):
                by_kind[kind].add(control.id)
                reads[control.id].add(kind)
            if (population := population_of(control)) is not None:
                by_population[population].add(control.id)
                populations[control.id].add(population)
            if control.alive:
                by_alive[control.alive].add(control.id)
            if isinstance(control, Attest):
                for role in heirs(in_force.sop, control.by):
                    by_role[ROLE + role].add(control.id)
    about = {name: vocabulary.kind(name).about for name in by_kind}
    foreign = {
        control: frozenset(
            (form.match, across)
            for form in forms
            if isinstance(form, Deadline | Sequence)
            and form.match
            and (across := kinds.across(form, about))
        )
        for control, forms in versions.items()
    }
    return Routes(
        versions={control: tuple(forms) for control, forms in versions.items()},
        by_kind=_frozen(by_kind),
        by_population=_frozen(by_population),
        by_role=_frozen(by_role),
        reads=_frozen(reads),
        populations=_frozen(populations),
        by_alive=_frozen(by_alive),
        foreign={control: asked for control, asked in foreign.items() if asked},
        steady=frozenset(
            control
            for control, forms in versions.items()
            if len(forms) == len(law) and all(form == forms[0] for form in forms)
        ),
        company=frozenset(c for c, forms in versions.items() if isinstance(forms[-1], Existence)),
        items=frozenset(c for c, forms in versions.items() if isinstance(forms[-1], OfItems)),
        attests=frozenset(c for c, forms in versions.items() if isinstance(forms[-1], Attest)),
    )


def _frozen(found: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {name: frozenset(of) for name, of in found.items()}


def names(law: Law) -> list[list[str]]:
    """Return which versions it is, in a form that can be stored."""
    return [[one.since.isoformat(), one.sop.version] for one in law]


def population_of(control: Control) -> str | None:
    """Return the population whose members it judges; None: whoever its facts are about."""
    if isinstance(control, OfSubjects):
        return control.population or ORGANISATION
    return control.population if isinstance(control, OfItems) else None


def heirs(sop: Sop, role: str) -> frozenset[str]:
    """Return the role and all that descend from it: who holds one of them holds the role."""
    found = {role}
    while more := {name for name, of in sop.roles.items() if of.parent in found} - found:
        found |= more
    return frozenset(found)
