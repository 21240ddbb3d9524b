"""How things stood at any instant, as known at any other: from the ledger alone, so it may be slow.

What is stored is as known now; this is the door for "as known then", and what `recompute` compares
with.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from collections.abc import Sequence as Several
from dataclasses import replace
from datetime import datetime
from itertools import batched
from uuid import UUID

from tertib.compliance import changes, late, loading, once, score, still
from tertib.compliance.changes import UNKNOWN, Row
from tertib.compliance.judging import anything
from tertib.compliance.kinds import begins
from tertib.compliance.loading import Around
from tertib.compliance.records import Fact, Slice, Span, State, Waiver
from tertib.compliance.routes import ROLE, Law, Routes
from tertib.compliance.walk import walk
from tertib.evidence import reading, vocabulary
from tertib.evidence.subjects import ORGANISATION
from tertib.sop.format import Control, Deadline, Sequence

AT_ONCE = 300  # subjects


class Known:
    """What was known at `known_at` (None: now) of how things stood at t. Remembers what it read."""

    def __init__(self, t: datetime, known_at: datetime | None, law: Law, routes: Routes) -> None:
        self.t, self.known_at, self.law, self.routes = t, known_at, law, routes
        self.facts: dict[int, Fact] = {}  # those that decide, and those that items began with
        self.late = set[int]()  # items whose missing act was done too late
        self.waivers: dict[str, list[Waiver]] = {}
        self._rows: dict[str, list[Row]] = {}
        self._first: dict[str, datetime] = {}
        self._unheard: dict[str, set[UUID]] = {}  # who was not asked whether it ever had evidence
        self._told: dict[str, bool] = {}

    def read(self, controls: Collection[str]) -> None:
        """Judge those controls together: a handful of queries for every few hundred subjects."""
        fresh = set(controls) - self._rows.keys()
        self._rows |= {control: [] for control in fresh}
        if judged := fresh & self.routes.versions.keys():
            loader = Loader(judged, self)
            self.waivers |= loader.around.waivers
            self._told |= loader.told
            for control, rows in loader.rows.items():
                self._rows[control] += rows
                for row in rows:
                    self._notice(control, row.stand.decided_at)
            self._unheard |= loader.spared
            forms = self._forms(judged)
            for slice_ in loader.slices():
                self._rows[slice_.control] += self._judged(slice_, forms.get(slice_.control))

    def rows(self, control: str) -> list[Row]:
        self.read([control])
        return self._rows[control]

    def tally(self, of: Control) -> score.Tally:
        """Count the standings of a control."""
        counts: dict[State, int] = {}
        bare: dict[State, int] = {}
        share: tuple[int, int] | None = None
        for row in self.rows(of.id):
            state, before = row.stand.state, row.stand.bare
            counts[state] = counts.get(state, 0) + 1  # type: ignore[index, call-overload]
            bare[before] = bare.get(before, 0) + 1  # type: ignore[index, call-overload]
            if row.stand.denominator is not None:
                done, due = share or (0, 0)
                share = done + (row.stand.numerator or 0), due + row.stand.denominator
        return score.Tally(counts, bare, share)

    def ever(self, control: str) -> bool:
        """Whether the control had any evidence by then."""
        self.read([control])
        if control not in self._first and (whom := self._unheard.pop(control, None)):
            self._notice(control, once.heard(control, whom, self.t, self.routes))
        first = self._first.get(control)
        return first is not None and first <= self.t

    def told(self, kind: str) -> bool:
        """Whether anybody could tell of such facts, whose controls were read (semantics 5)."""
        return self._told[kind]

    def _forms(self, controls: Collection[str]) -> dict[str, Control]:
        """Return the controls as the version in force at t has them."""
        in_force = next((one for one in self.law[::-1] if one.since <= self.t), None)
        known = in_force.sop.controls if in_force else {}
        return {id_: known[id_] for id_ in controls & known.keys()}

    def _notice(self, control: str, evidence_at: datetime | None) -> None:
        if evidence_at is not None:
            self._first[control] = min(evidence_at, self._first.get(control, evidence_at))

    def _judged(self, slice_: Slice, form: Control | None) -> Iterator[Row]:
        control, since = slice_.control, self.law[0].since
        if not anything(slice_, self.routes):
            return
        if slice_.facts and (slice_.spans or control not in self.routes.populations):
            self._notice(control, slice_.facts[0].occurred_at)
        if isinstance(form, Sequence):
            self.late |= late.made_up(form, slice_, self.t)
        facts = {fact.seq: fact for fact in slice_.facts}
        walked = walk(slice_, min(since, self.t), self.t)
        for item, steps in changes.by_item(slice_, walked).items():
            turned = changes.turns(UNKNOWN, steps, since)
            stand = changes.stand(item, UNKNOWN, turned, steps)
            if stand and stand.state:
                told = {item, *stand.deciding[:1]} & facts.keys()
                self.facts |= {seq: facts[seq] for seq in told}
                if isinstance(form, Deadline) and late.answered(stand):
                    self.late.add(item)
                yield Row(slice_.subject, stand)  # type: ignore[arg-type]  # the ledger's


class Loader:
    """Reads what some controls lived on, a few hundred subjects at a time."""

    def __init__(self, controls: Collection[str], known: Known) -> None:
        self.controls, self.known_at, self.law = controls, known.known_at, known.law
        self.ways = ways = known.routes
        folded = reading.survivors(self.known_at)
        waivers = loading.waivers(controls, self.known_at, folded)
        self.rows: dict[str, list[Row]] = {}  # of those who needn't be walked
        self.spared: dict[str, set[UUID]] = {}  # these, and who did not count
        if self.known_at is None:
            self._spare(known.t, waivers)
        roles = [role for role, of in ways.by_role.items() if not of.isdisjoint(controls)]
        asked = {name for control in controls for name in ways.populations.get(control, ())}
        spans: dict[UUID, list[Span]] = defaultdict(list)
        self.roles: list[Span] = []
        asked |= set(roles)
        but = set.intersection(*(self.spared.get(c, set()) for c in controls))
        rows = reading.spans(asked, but=but, known_at=self.known_at, folded=folded) if asked else ()
        for row in rows:
            if row.population.startswith(ROLE):
                self.roles.append(Span(*row))
            else:
                spans[row.subject].append(Span(*row))
        forms = [form for control in controls for form in ways.versions[control]]
        begun = {kind for form in forms if (kind := begins(form))}
        self.free = {control for control in controls if control not in ways.populations}
        kinds = begun.union(*(ways.reads[control] for control in self.free))
        self.about = reading.about(kinds, until=known.t, known_at=self.known_at)
        heard = vocabulary.claimed() | {kind for kind, _ in self.about}
        self.told = {kind: kind in heard for kind in begun}
        self.around = Around(self.known_at, folded, spans, waivers)

    def _spare(self, t: datetime, waivers: Mapping[str, Several[Waiver]]) -> None:
        at_once = once.candidates(self.controls, self.law, self.ways, t)
        others = still.candidates(set(self.controls) - at_once, self.law, self.ways, t)
        if not at_once | others or not once.followed(self.law):
            return
        for control in at_once:
            of = waivers.get(control, ())
            found = once.stood(control, t, law=self.law, routes=self.ways, waivers=of)
            self.rows[control], self.spared[control] = found.rows, found.spared
        self.rows |= still.rows(others, t, waivers=waivers)
        self.spared |= {
            id_: {row.subject for row in self.rows[id_]} for id_ in others & self.rows.keys()
        }

    def slices(self) -> Iterator[Slice]:
        """Yield the slices of everybody who may ever have stood in one of the controls."""
        pairs = self._pairs()
        company = self.ways.company & set(self.controls)
        everybody: list[Fact] = []  # what an existence is about is told of whomever
        reads = frozenset[str]().union(*(self.ways.reads[control] for control in company))
        for some in batched(sorted(pairs, key=_number), AT_ONCE):
            told = self._facts({c for one in some for c in pairs[one]}, some)
            for subject in some:
                mine = told.get(subject, [])
                everybody += (fact for fact in mine if fact.kind in reads)
                for control in pairs[subject] - company:
                    yield self._assembled(control, subject, mine)
        for control in company:
            yield self._assembled(control, ORGANISATION, everybody)

    def _pairs(self) -> dict[UUID, set[str]]:
        """Return each subject with its controls: members, or else whom the facts are about."""
        found: dict[UUID, set[str]] = defaultdict(set)
        for subject, spans in self.around.spans.items():
            for population in {span.population for span in spans}:
                found[subject] |= self.ways.by_population[population] & set(self.controls)
        for kind, subject in self.about:
            root = self.around.folded.get(subject, subject)
            found[root] |= {c for c in self.free if kind in self.ways.reads[c]}
        for control, spared in self.spared.items():
            for subject in spared & found.keys():
                found[subject].discard(control)
        return {subject: controls for subject, controls in found.items() if controls}

    def _facts(
        self, controls: Collection[str], subjects: Collection[UUID]
    ) -> dict[UUID, list[Fact]]:
        kinds = frozenset[str]().union(*(self.ways.reads[control] for control in controls))
        found: dict[UUID, list[Fact]] = defaultdict(list)
        for row in reading.facts(
            kinds, subjects=subjects, known_at=self.known_at, folded=self.around.folded
        ):
            found[row.subject].append(Fact(*row))
        return found

    def _assembled(self, control: str, subject: UUID, told: Collection[Fact]) -> Slice:
        mine = [fact for fact in told if fact.kind in self.ways.reads[control]]
        found = loading.assemble(
            control, subject, mine, self.around, law=self.law, routes=self.ways
        )
        return replace(found, roles=self.roles) if control in self.ways.attests else found


def _number(subject: UUID) -> int:
    return subject.int
