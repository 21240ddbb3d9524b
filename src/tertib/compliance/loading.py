"""From the ledger's rows to `records.Slice`: the one place where the engine reads evidence.

Everything takes `known_at` (semantics 1): None means all that is recorded by now.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tertib.compliance import kinds
from tertib.compliance.records import Fact, Slice, Span, Waiver
from tertib.compliance.routes import Foreign, Law, Routes
from tertib.evidence import reading
from tertib.evidence.ledger import EVER
from tertib.evidence.subjects import ORGANISATION
from tertib.evidence.waivers import granted

type Pair = tuple[str, UUID]  # control id, subject (of merged ones the survivor)

# Pairs whose `since` is about as old share one query: a late report of last year about one subject
# must not make it read a year of all the others.
AGES = [timedelta(hours=1), timedelta(days=1), timedelta(days=30), timedelta(days=400)]


@dataclass(frozen=True, slots=True)
class Need:
    """Which facts a pair's slice has to hold.

    since  those that occurred from then on (None: all)
    seqs   and these
    before  and, of those before `since`, the newest and the newest ok one
    """

    since: datetime | None = None
    seqs: tuple[int, ...] = ()
    before: bool = False


ALL = Need()


@dataclass(frozen=True, slots=True)
class Around:
    """What else is known of some subjects: memberships of them, waivers of some controls."""

    known_at: datetime | None
    folded: dict[UUID, UUID]  # merges: absorbed → survivor
    spans: Mapping[UUID, Sequence[Span]] = field(default_factory=dict)
    waivers: Mapping[str, list[Waiver]] = field(default_factory=dict)

    def spans_of(self, subject: UUID, populations: Collection[str]) -> list[Span]:
        return [span for span in self.spans.get(subject, ()) if span.population in populations]

    def waivers_of(self, control: str, subject: UUID) -> list[Waiver]:
        return [w for w in self.waivers.get(control, ()) if w.subject in (None, subject)]


def around(pairs: Collection[Pair], routes: Routes, *, known_at: datetime | None = None) -> Around:
    controls = {control for control, _ in pairs}
    populations = {name for control in controls for name in routes.populations.get(control, ())}
    spans: dict[UUID, list[Span]] = defaultdict(list)
    folded = reading.survivors(known_at)
    if populations:
        subjects = {subject for _, subject in pairs}
        rows = reading.spans(populations, subjects=subjects, known_at=known_at, folded=folded)
        for row in rows:
            spans[row.subject].append(Span(*row))
    return Around(known_at, folded, spans, waivers(controls, known_at, folded))


def waivers(
    controls: Collection[str], known_at: datetime | None, folded: dict[UUID, UUID] | None = None
) -> dict[str, list[Waiver]]:
    found: dict[str, list[Waiver]] = defaultdict(list)
    for row in granted(controls, known_at=known_at, folded=folded):
        found[row.control].append(Waiver(*row))
    return found


def slices(
    needs: Mapping[Pair, Need], around: Around, *, law: Law, routes: Routes
) -> dict[Pair, Slice]:
    """Load what the walks of those pairs read: a handful of queries, however many pairs."""
    facts, newest = _facts(needs, routes, around), _before(needs, routes, around)
    found = {}
    for (control, subject), need in needs.items():
        reads = routes.reads[control]
        if control in routes.company:
            ours = subject == ORGANISATION  # anybody else asked for has nothing to show here
            everybody = (Fact(*row) for row in _told(reads, around)) if ours else ()
            found[control, subject] = assemble(
                control, subject, everybody, around, law=law, routes=routes
            )
            continue
        mine = [f for f in facts.get(subject, ()) if f.kind in reads and _wanted(f, need)]
        mine += [f for f in newest.get((control, subject), ()) if f not in mine]
        found[control, subject] = assemble(control, subject, mine, around, law=law, routes=routes)
    return with_roles(found, routes, around)


def assemble(
    control: str,
    subject: UUID,
    facts: Iterable[Fact],
    around: Around,
    *,
    law: Law,
    routes: Routes,
) -> Slice:
    """Put a slice together from the facts about its subject that the control reads."""
    mine = list(facts)
    if control in routes.foreign:
        mine += strangers(routes.foreign[control], mine, around.known_at)
    if len(mine) > 1:
        mine.sort(key=_order)
    return Slice(
        control,
        subject,
        mine,
        around.spans_of(subject, routes.populations.get(control, ())),
        law,
        around.waivers_of(control, subject),
    )


def reach(control: str, routes: Routes, law: Law, x: datetime) -> Need:
    """Return what a walk from x on has to read when nothing is known of how it stood before."""
    since = kinds.reach(routes.versions[control][-1], law, x)
    return Need(since, before=True) if since else ALL


def _wanted(fact: Fact, need: Need) -> bool:
    """A fact loaded for another control's sake may be an old one without those around it."""
    return need.since is None or fact.occurred_at >= need.since or fact.seq in need.seqs


def _order(fact: Fact) -> tuple[datetime, datetime, str, str]:
    return fact.order


def _told(kinds_asked: Collection[str], around: Around, **which: Any) -> Iterator[reading.FactRow]:
    return reading.facts(kinds_asked, known_at=around.known_at, folded=around.folded, **which)


def _facts(needs: Mapping[Pair, Need], routes: Routes, around: Around) -> dict[UUID, list[Fact]]:
    found: dict[int, Fact] = {}
    whole: dict[UUID, set[str]] = defaultdict(set)
    recent: dict[int, list[tuple[Pair, datetime]]] = defaultdict(list)
    latest = max((need.since for need in needs.values() if need.since), default=EVER)
    for pair, need in needs.items():
        if need.since is None:
            whole[pair[1]] |= routes.reads[pair[0]]
        else:
            recent[sum(latest - need.since > age for age in AGES)].append((pair, need.since))
    by_kinds: dict[frozenset[str], list[UUID]] = defaultdict(list)
    for subject, names in whole.items():
        by_kinds[frozenset(names)].append(subject)
    for kinds_asked, subjects in by_kinds.items():
        for row in _told(kinds_asked, around, subjects=subjects):
            found[row.seq] = Fact(*row)
    for together in recent.values():
        every = frozenset[str]().union(*(routes.reads[control] for (control, _), _ in together))
        since = min(x for _, x in together)
        about = {subject for (_, subject), _ in together}
        for row in _told(every, around, subjects=about, since=since):
            found[row.seq] = Fact(*row)
    missing = {seq for need in needs.values() for seq in need.seqs} - found.keys()
    if missing:
        rows = reading.numbered(missing, folded=around.folded)
        found |= {seq: Fact(*row) for seq, row in rows.items()}
    by_subject: dict[UUID, list[Fact]] = defaultdict(list)
    for fact in found.values():
        by_subject[fact.subject].append(fact)  # type: ignore[index]  # the ledger's are uuids
    return by_subject


def _before(needs: Mapping[Pair, Need], routes: Routes, around: Around) -> dict[Pair, list[Fact]]:
    """Return, per pair that needs it, the newest fact before `since` and the newest ok one."""
    asked: dict[str, dict[UUID, datetime]] = defaultdict(dict)
    for (control, subject), need in needs.items():
        if need.before and need.since is not None:
            asked[control][subject] = need.since
    found: dict[Pair, list[Fact]] = {}
    for control, before in asked.items():
        rows = reading.newest(
            routes.reads[control], before, known_at=around.known_at, folded=around.folded
        )
        for subject, some in rows.items():
            found[control, subject] = [Fact(*row) for row in some]
    return found


def with_roles(found: dict[Pair, Slice], routes: Routes, around: Around) -> dict[Pair, Slice]:
    """Add to the slices of attest controls which roles the actors of their facts held when."""
    attests = {pair: slice_ for pair, slice_ in found.items() if pair[0] in routes.attests}
    actors = {f.actor for one in attests.values() for f in one.facts if isinstance(f.actor, UUID)}
    if not actors:
        return found
    rows = reading.spans(
        subjects=actors, roles=True, known_at=around.known_at, folded=around.folded
    )
    roles = [Span(*row) for row in rows]
    return found | {pair: replace(slice_, roles=roles) for pair, slice_ in attests.items()}


# --- Facts that correspond by body.name alone, being about another kind of subject ---------------


def strangers(
    asked: Foreign,
    mine: Sequence[Fact],
    known_at: datetime | None,
) -> Iterator[Fact]:
    """Yield the facts about others that correspond to these.

    No index serves this; no control of the shipped SOP needs it.
    """
    for name, apart in asked:
        if values := [fact.body[name] for fact in mine if fact.body.get(name) is not None]:
            for row in reading.named(apart, name, values, known_at=known_at):
                yield Fact(*row)


def whom(asked: Foreign, stranger: Fact, leading: Collection[str]) -> Iterator[UUID]:
    """Yield the subjects whose slices that fact about another belongs to."""
    for name, apart in asked:
        if stranger.kind in apart and stranger.body.get(name) is not None:
            for row in reading.named(leading, name, [stranger.body[name]]):
                yield row.subject
