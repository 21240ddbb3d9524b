"""Judge some pairs (control and subject) anew and say what changes. Reads; `writing` writes.

A page uses the same to show, without writing, what has fallen due since the last tick.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, cast
from uuid import UUID

from tertib.compliance import changes, loading
from tertib.compliance.changes import Past, Stand, Turn
from tertib.compliance.kinds import begins
from tertib.compliance.kinds.version import law_of
from tertib.compliance.loading import Around, Need, Pair
from tertib.compliance.models import Standing, Transition
from tertib.compliance.records import Slice
from tertib.compliance.routes import Law, Routes
from tertib.compliance.walk import walk
from tertib.evidence.subjects import ORGANISATION
from tertib.sop.format import Attest, Coverage, Freshness, OfSubjects

STAND = (
    "pk",
    "control",
    "subject",
    "item",
    "state",
    "bare",
    "since",
    "turned_at",
    "next_at",
    "falls_at",
    "deciding",
    "decided_at",
    "numerator",
    "denominator",
)
TURN = ("pk", "control", "subject", "item", "at", "state", "bare", "was", "was_bare", "deciding")


NEW = 0  # primary key of a standing that is not stored yet


class Ask(NamedTuple):
    """From when on a pair may differ. whole: what decided before may itself be in question."""

    since: datetime
    whole: bool


type Asked = Mapping[Pair, Ask]


@dataclass(slots=True)
class Change:
    """What is to be written about one pair, and how its standings are then."""

    control: str
    subject: UUID
    stands: dict[int, Stand] = field(default_factory=dict)  # all of them, by item
    put: list[tuple[int, Stand]] = field(default_factory=list)  # changed, and new ones (NEW)
    drop: list[int] = field(default_factory=list)  # primary keys of standings that are gone
    add: list[tuple[int, Turn]] = field(default_factory=list)
    remove: list[int] = field(default_factory=list)  # primary keys of transitions
    removed: list[Turn] = field(default_factory=list)  # the same, as they were
    first_at: datetime | None = None  # of the oldest evidence seen
    heard_at: datetime | None = None  # of the oldest record, trigger or event seen

    @property
    def empty(self) -> bool:
        return not (self.put or self.drop or self.add or self.remove)


@dataclass(slots=True)
class Stored:
    """What is stored of one pair: item → (primary key, row)."""

    stands: dict[int, tuple[int, Stand]] = field(default_factory=dict)
    turns: dict[int, list[tuple[int, Turn]]] = field(default_factory=lambda: defaultdict(list))


def judge(asked: Asked, *, law: Law, routes: Routes, now: datetime) -> list[Change]:
    """Walk each pair from its instant on until now."""
    stored = stands(asked)
    asked = {pair: _with_overdue(ask, stored[pair]) for pair, ask in asked.items()}
    around = loading.around(asked, routes)
    needs = {
        pair: _need(pair, ask, stored[pair], around, law, routes) for pair, ask in asked.items()
    }
    slices = loading.slices(needs, around, law=law, routes=routes)
    _load_turns([pair for pair, ask in asked.items() if _looks_back(ask, stored[pair])], stored)
    return [
        compare(slices[pair], stored[pair], clamp(ask.since, law, now), now, routes)
        for pair, ask in asked.items()
    ]


def _with_overdue(ask: Ask, stored: Stored) -> Ask:
    """What fell due before that instant, and no tick has seen yet, is dated when it was due."""
    due = [stand.next_at for _, stand in stored.stands.values() if stand.next_at is not None]
    return Ask(min([ask.since, *due]), ask.whole)


def compare(slice_: Slice, stored: Stored, x: datetime, now: datetime, routes: Routes) -> Change:
    """Walk a slice from x on and say in what the stored rows differ from that."""
    change = Change(slice_.control, cast(UUID, slice_.subject))
    walked = {}
    if anything(slice_, routes):
        walked = changes.by_item(slice_, walk(slice_, x, now))
        _hear(change, slice_, routes)
    for item in walked.keys() | stored.stands.keys() | stored.turns.keys():
        steps, before = walked.get(item, ()), _past(stored, item, x)
        found = changes.turns(before, steps, x)
        stand = changes.stand(item, before, found, steps)
        pk, had = stored.stands.get(item, (NEW, None))
        if stand:
            change.stands[item] = stand
            if stand != had:
                change.put.append((pk, stand))
        elif had:
            change.drop.append(pk)
        old = {turn: pk for pk, turn in stored.turns.get(item, ()) if turn.at >= x}
        for turn in found:
            if old.pop(turn, None) is None:
                change.add.append((item, turn))
        change.remove += old.values()
        change.removed += old
    return change


def anything(slice_: Slice, routes: Routes) -> bool:
    """Whether a walk can find anything: the company itself stands even with nothing recorded."""
    company = slice_.control in routes.company and slice_.subject == ORGANISATION
    return bool(slice_.facts or slice_.spans or company)


def clamp(x: datetime, law: Law, now: datetime) -> datetime:
    """Nothing is judged before the first version, and nothing beyond now."""
    return min(max(x, law[0].since), now)


def stands(pairs: Collection[Pair]) -> dict[Pair, Stored]:
    """Load the standings of those pairs."""
    found = {pair: Stored() for pair in pairs}
    controls, subjects = {control for control, _ in pairs}, {subject for _, subject in pairs}
    rows = Standing.objects.filter(control__in=controls, subject__in=subjects)
    for pk, control, subject, *row in rows.values_list(*STAND):
        if (control, subject) in found:
            stand = as_stand(row)
            found[control, subject].stands[stand.item] = pk, stand
    return found


def as_stand(row: list) -> Stand:  # type: ignore[type-arg]  # the columns after subject
    row[7] = tuple(row[7])
    return Stand(*row)


def _load_turns(pairs: Collection[Pair], stored: Mapping[Pair, Stored]) -> None:
    wanted = set(pairs)
    by_control: dict[str, set[UUID]] = defaultdict(set)
    for control, subject in wanted:
        by_control[control].add(subject)
    controls_of: dict[frozenset[UUID], list[str]] = defaultdict(list)
    for control, subjects in by_control.items():
        controls_of[frozenset(subjects)].append(control)
    for together, controls in controls_of.items():
        rows = Transition.objects.filter(control__in=controls, subject__in=together)
        for pk, control, subject, item, *row in rows.order_by("at").values_list(*TURN):
            stored[control, subject].turns[item].append((pk, Turn(*row)))


def _looks_back(ask: Ask, stored: Stored) -> bool:
    """Whether transitions from that instant on may be stored. Not: all is in the standing."""
    if ask.whole or not stored.stands:
        return True
    _, stand = stored.stands.get(0, (0, None))
    if stand is None or len(stored.stands) > 1:
        return True
    return not stand.state or ask.since <= stand.turned_at


def _past(stored: Stored, item: int, x: datetime) -> Past:
    if item in stored.turns:
        return changes.past((turn for _, turn in stored.turns[item]), x)
    if item in stored.stands:
        stand = stored.stands[item][1]
        if stand.state and stand.turned_at < x:
            return Past(stand.look, stand.since, stand.turned_at)
    return changes.UNKNOWN


def _need(pair: Pair, ask: Ask, stored: Stored, around: Around, law: Law, routes: Routes) -> Need:
    """Return which facts that walk has to read.

    Mostly a few: for what ages, nothing before the facts that decide can matter any more once the
    subject has settled in, so they and what occurred since x are enough, however long the history.
    """
    control, subject = pair
    form = routes.versions[control][-1]
    if subject in around.folded:
        return Need(ask.since)  # it is somebody else now: no fact is told of it
    stand = stored.stands.get(0)
    if (
        isinstance(form, Freshness | Coverage | Attest)
        and not ask.whole
        and control in routes.steady
        and stand is not None
        and stand[1].decided_at is not None
        and stand[1].decided_at <= ask.since
        and _settled(form, subject, ask.since, around, law, routes)
    ):
        return Need(ask.since, stand[1].deciding)
    return loading.reach(control, routes, law, max(ask.since, law[0].since))


def _settled(
    form: OfSubjects, subject: UUID, x: datetime, around: Around, law: Law, routes: Routes
) -> bool:
    if form.settle is None or (isinstance(form, Freshness) and not form.topics):
        return True  # of facts that only age, the newest tells whether it ever was good
    version = law_of(law).versions[-1]
    spans = around.spans_of(subject, routes.populations[form.id])
    return all(version.limit(span.began_at, form.settle) <= x for span in spans)


def _hear(change: Change, slice_: Slice, routes: Routes) -> None:
    """Note the oldest evidence: a control that never had any is a step of the set-up."""
    if not slice_.facts:
        return
    if slice_.spans or slice_.control not in routes.populations:
        change.first_at = slice_.facts[0].occurred_at
    heard = {begins(form) for form in routes.versions[slice_.control]}
    change.heard_at = next((f.occurred_at for f in slice_.facts if f.kind in heard), None)


def join(asks: Iterable[tuple[Pair, Ask]]) -> dict[Pair, Ask]:
    """Put together what is asked several times of one pair."""
    found: dict[Pair, Ask] = {}
    for pair, ask in asks:
        had = found.get(pair)
        found[pair] = Ask(min(had.since, ask.since), had.whole or ask.whole) if had else ask
    return found
