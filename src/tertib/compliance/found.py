"""What explains some controls: their scores, and the rows asked for of each. All read at once.

Now it comes from what is stored; at another moment, or as known at another, from the ledger.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import (
    Case,
    F,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
    Window,
)
from django.db.models.functions import RowNumber

from tertib.compliance import (
    board,
    figures,
    late,
    ledgerwise,
    loading,
    overdue,
    plain,
    score,
    tally,
)
from tertib.compliance.changes import Row
from tertib.compliance.kinds import begins
from tertib.compliance.models import STATES, Standing
from tertib.compliance.records import Fact, State, Waiver
from tertib.compliance.routes import Law, routes
from tertib.compliance.told import Tells, Told
from tertib.sop.format import Control, InForce, Rollup, Threshold

WORST = ("lapsed", "no_data", "waived", "due_soon", "pending", "compliant")  # rows come so


class Wanted(NamedTuple):
    """Which rows of each control are asked for: those states (None: all), so many, from there on.

    otherwise  the states that are asked for where nothing is in one of those

    Without a limit the seconds of a threshold are those of this very moment; a page, which has
    one, shows them as of the newest measurement, as the board does.
    """

    states: Collection[str] | None = None
    limit: int | None = None
    offset: int = 0
    otherwise: Collection[str] = ()

    @property
    def end(self) -> int | None:
        return None if self.limit is None else self.offset + self.limit

    def of(self, counts: Mapping[State, int]) -> Collection[str]:
        """Return the states that are asked for of a control with those counts."""
        if self.states is None:
            return STATES
        found = any(count for state, count in counts.items() if state in self.states)
        return self.states if found or not self.otherwise else self.otherwise


@dataclass(frozen=True, slots=True)
class Found:
    """What one control shows: its score and the rows asked for.

    clauses  those that a rollup sums up, each with its state
    total  how many rows there are before the limit
    computed_at  what has fallen due before then is judged
    """

    scored: score.Score
    rows: Sequence[Row]
    total: int
    alive: tuple[str, int, int, bool] | None
    ever: bool
    claimed: bool
    next_at: datetime | None
    computed_at: datetime
    clauses: Sequence[tuple[str, State]] = ()


@dataclass(frozen=True, slots=True)
class All:
    """What was found of several controls.

    waivers  of them, by control
    facts  those that were read already, by seq
    late  the items, by seq, that are lapsed though the missing act was done since
    """

    by_control: Mapping[str, Found]
    waivers: Mapping[str, Sequence[Waiver]]
    facts: Mapping[int, Fact]
    late: frozenset[int]


def now(
    forms: Sequence[Control],
    in_force: InForce,
    law: Law,
    at: datetime,
    asked: Wanted,
    read: board.Read | board.Board | None = None,
) -> All:
    """From the stored standings; what has fallen due since the last tick is judged besides.

    read: what somebody has read of these controls already, or of everything.
    """
    ways, sop = routes(law), in_force.sop
    leaves = [one for one in forms if not isinstance(one, Rollup)]
    whole = read if isinstance(read, board.Board) else None
    if whole is None and len(leaves) < len(forms):
        whole = board.board(at, since=False)
    exact = {one.id for one in leaves if isinstance(one, Threshold) and asked.limit is None}
    read = whole.read if whole else read
    if not isinstance(read, board.Read) or exact:
        read = board.read(at, law, [one.id for one in leaves], anew=exact)
    totals, due = read.totals, read.due
    numbers = {control: tally.numbers(row) for control, row in totals.items()}
    due.add_to(numbers)
    ids = [one.id for one in leaves]
    stored = figures.stored(due, ids).filter(control__in=set(ids) - exact)
    beside = read.figures if read.figures.keys() >= {*ids} else figures.of(stored, due, ids, at)
    states = {id_: asked.of(tally.scored(numbers.get(id_)).counts) for id_ in ids}
    rows = _rows(stored, due, states, asked) if ids else {}
    told = Told.of(totals, ways).at(at)
    found = {}
    for one in leaves:
        share, next_at = beside[one.id]
        tallies = {
            form.id: tally.scored(numbers.get(form.id), share if form is one else None, form)
            for form in (one, sop.controls.get(one.alive or ""))
            if form is not None
        }
        counts = tallies[one.id].counts
        total = totals.get(one.id)
        alive = board.alive(sop, one, tallies)
        claimed = _claimed(one, told)
        found[one.id] = Found(
            score.control(one, tallies[one.id], alive=alive[3] if alive else None, told=claimed),
            rows.get(one.id, ()),
            sum(count for state, count in counts.items() if state in states[one.id]),
            alive,
            bool(total and total.first_at and total.first_at <= at),
            claimed,
            next_at,
            due.until,
        )
    if whole:
        found |= _rollups(forms, whole)
    return All(
        found,
        loading.waivers([one.id for one in forms], None),
        {},
        late.done(rows, leaves, law, at),
    )


def then(
    forms: Sequence[Control],
    in_force: InForce,
    law: Law,
    t: datetime,
    known_at: datetime | None,
    asked: Wanted,
    *,
    now: datetime,
) -> All:
    """From the ledger."""
    known, sop = ledgerwise.Known(t, known_at, law, routes(law)), in_force.sop
    leaves = [one for one in forms if not isinstance(one, Rollup)]
    sums_up = len(leaves) < len(forms)
    if sums_up and known_at is not None:  # then the board reads them all
        known.read(sop.controls)
    sensors = {one.alive for one in leaves if one.alive} & sop.controls.keys()
    known.read({*sensors, *(one.id for one in leaves)})
    found = {}
    for one in leaves:
        tallies = {
            form.id: known.tally(form)
            for form in (one, sop.controls.get(one.alive or ""))
            if form is not None
        }
        alive = board.alive(sop, one, tallies)
        claimed = _claimed(one, known.told)
        everything = known.rows(one.id)
        states = asked.of(tallies[one.id].counts)
        wanted = [row for row in everything if row.stand.state in states]
        found[one.id] = Found(
            score.control(one, tallies[one.id], alive=alive[3] if alive else None, told=claimed),
            _sorted(wanted)[asked.offset : asked.end],
            len(wanted),
            alive,
            known.ever(one.id),
            claimed,
            min((row.stand.next_at for row in everything if row.stand.next_at), default=None),
            t,
        )
    if sums_up:
        found |= _rollups(forms, board.at(t, known_at, now=now, known=known))
    return All(found, known.waivers, known.facts, frozenset(known.late))


def _claimed(one: Control, told: Tells) -> bool:
    kind = begins(one)
    return kind is None or told(kind)


def _rollups(forms: Sequence[Control], whole: board.Board) -> dict[str, Found]:
    return {
        one.id: _rollup(one, whole.controls[one.id], whole)
        for one in forms
        if isinstance(one, Rollup)
    }


def _rollup(form: Rollup, of: board.ControlNow, whole: board.Board) -> Found:
    states = {now.clause.id: now.state for now in whole.clauses}
    scored = score.Score(
        of.state,
        of.numerator,
        of.denominator,
        of.counts,
        None,
        of.raw,
        of.adjusted,
        of.reached,
        None,
    )
    clauses = tuple((id_, states[id_]) for id_ in form.of)
    return Found(scored, (), 0, None, of.ever, True, None, whole.computed_at, clauses)


# --- From the stored standings -------------------------------------------------------------------


def _rows(
    stored: QuerySet[Standing],
    due: overdue.Overdue,
    states: Mapping[str, Collection[str]],
    asked: Wanted,
) -> dict[str, list[Row]]:
    """Return the rows of each control in its states, the worst first, and of these the longest."""
    rank = Case(
        *(When(state=state, then=Value(place)) for place, state in enumerate(WORST)),
        output_field=IntegerField(),
    )
    order = (rank.asc(), F("since").asc(), F("subject").asc(), F("item").asc())
    wanted = stored
    if asked.states is not None:
        wanted = stored.filter(reduce(or_, (Q(control=c, state__in=s) for c, s in states.items())))
    if asked.end is not None and len(states) > 1:
        place = Window(RowNumber(), partition_by=F("control"), order_by=order)
        wanted = wanted.annotate(place=place).filter(place__lte=asked.end)
    ordered = wanted.order_by(*order)
    found: dict[str, list[Row]] = defaultdict(list)
    for control, row in plain.standings(ordered[: asked.end] if len(states) == 1 else ordered):
        found[control].append(row)
    for control, asked_for in states.items():
        judged = [Row(subject, stand) for (subject, _), stand in due.stands(control).items()]
        if fresh := [row for row in judged if row.stand.state in asked_for]:
            found[control] = _sorted([*found[control], *fresh])
        found[control] = found[control][asked.offset : asked.end]
    return found


def _sorted(rows: Iterable[Row]) -> list[Row]:
    def order(row: Row) -> tuple[int, datetime, int, int]:
        stand = row.stand
        return WORST.index(stand.state), stand.since, row.subject.int, stand.item

    return sorted(rows, key=order)
