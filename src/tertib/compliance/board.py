"""How everything stands: every clause with its controls, and the headline.

Now: from the stored counts, in a handful of queries however many subjects there are. At another
instant: from the history as known now; as known then: from the ledger itself, which is slow.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction

from django.db.models import Max

from tertib.compliance import episodes, figures, ledgerwise, overdue, score, tally
from tertib.compliance.figures import Figure, Share
from tertib.compliance.kinds import begins
from tertib.compliance.models import Episode, Pulse, Total
from tertib.compliance.overdue import Overdue
from tertib.compliance.records import State
from tertib.compliance.routes import Law, Routes, routes
from tertib.compliance.tally import Numbers
from tertib.compliance.told import Tells, Told
from tertib.sop import versions
from tertib.sop.format import Clause, Control, InForce, Rollup, Sop


@dataclass(frozen=True)
class ControlNow:
    """How a control stands.

    alive_ok  None: it asks no other whether silence means something
    alive  of the control that it asks: (its id, how many speak, of how many, whether that suffices)
    claimed  whether a room records what it lives on, or somebody did
    ever  whether it had any evidence by then
    since  of the state; None: not known (a rollup, another known_at)
    """

    control: Control
    clause_id: str
    state: State
    numerator: int
    denominator: int
    counts: Mapping[State, int]
    share: Share | None
    raw: Fraction
    adjusted: Fraction
    reached: bool
    alive_ok: bool | None
    alive: tuple[str, int, int, bool] | None
    claimed: bool
    ever: bool
    since: datetime | None


@dataclass(frozen=True)
class ClauseNow:
    clause: Clause
    state: State
    score: Fraction
    adjusted: Fraction
    controls: tuple[ControlNow, ...]

    @property
    def met(self) -> bool:
        return self.state in score.GOOD


@dataclass(frozen=True)
class Read:
    """What the engine had stored, and what has fallen due since.

    figures  of those controls that somebody asked for with it
    """

    totals: Mapping[str, Total]
    due: Overdue
    figures: Mapping[str, Figure] = field(default_factory=dict)


@dataclass(frozen=True)
class Board:
    """met of `counted` clauses are patuh.

    computed_at  all that had fallen due before then is judged
    """

    as_of: datetime
    known_at: datetime | None
    sop: Sop
    provisional: str | None
    met: int
    counted: int
    clauses: tuple[ClauseNow, ...]
    computed_at: datetime
    read: Read | None = None  # what it was made of, for whoever goes on from here; None: long ago

    @property
    def controls(self) -> Mapping[str, ControlNow]:
        return {one.control.id: one for clause in self.clauses for one in clause.controls}


def cursor() -> str:
    """Return what moves with everything the engine writes: for those who ask again and again.
    Read it before what is shown.
    """
    turn = Pulse.objects.filter(pk=1).values_list("turn", flat=True).first()
    return str(turn or 0)


def read(
    now: datetime,
    law: Law,
    controls: Collection[str] | None = None,
    *,
    anew: Collection[str] = (),
) -> Read:
    """Read what is stored of those controls (None: of all) and of those that they live on."""
    ways = routes(law)
    concerned = None if controls is None else ways.lived_on(controls)
    return Read(tally.now(), overdue.look(now, law, ways, controls=concerned, anew=anew))


def board(now: datetime, *, since: bool = True, asked: Collection[str] = ()) -> Board:
    """Return how everything stands, what has fallen due since the last tick included.

    since=False leaves out since when, which costs reading the history.
    asked: controls whose figures are wanted, too; what was read holds them then.
    """
    law = versions.law()
    ways, in_force = routes(law), _in_force(law, now)
    known = read(now, law)
    totals, due = known.totals, known.due
    numbers = {control: tally.numbers(row) for control, row in totals.items()}
    due.add_to(numbers)
    told = Told.of(totals, ways)
    beside = figures.beside(due, asked, now)
    known = replace(known, figures={control: beside[control] for control in asked})
    shares = {control: one.share for control, one in beside.items() if one.share}
    whole, tallies = _whole(in_force.sop, numbers, shares, told.at(now))
    began = _since(whole, totals, due, law, ways, now) if since else {}
    ever = {c for c, row in totals.items() if row.first_at and row.first_at <= now}
    clauses = _clauses(in_force.sop, whole, tallies, told.at(now), ever, began)
    provisional = versions.provisional(now)
    return _board(now, None, in_force, provisional, whole, clauses, due.until, known)


def at(
    t: datetime,
    known_at: datetime | None = None,
    *,
    now: datetime,
    known: ledgerwise.Known | None = None,
) -> Board:
    """Return how everything stood at t: as known now, or as known at another instant.

    known: what somebody has read of t and known_at already.
    """
    law = versions.law()
    ways, in_force = routes(law), _in_force(law, t)
    computed_at = now
    if known_at is None:
        totals, is_due = tally.now_and_due(t)  # later than t is of no interest
        due = overdue.look(now, law, ways) if is_due else Overdue(now)
        computed_at, told_at = due.until, Told.of(totals, ways).at(t)
        numbers = tally.at(totals, t)
        due.add_to(numbers, until=t)
        whole, tallies = _whole(in_force.sop, numbers, {}, told_at)
        ever = {c for c, row in totals.items() if row.first_at and row.first_at <= t}
    else:
        known = known or ledgerwise.Known(t, known_at, law, ways)
        known.read([one.id for one in in_force.sop.controls.values() if one.active])
        whole, tallies = _scored(in_force.sop, known.tally, known.told)
        ever = {control for control in tallies if known.ever(control)}
        told_at = known.told
    clauses = _clauses(in_force.sop, whole, tallies, told_at, ever, {})
    return _board(t, known_at, in_force, None, whole, clauses, computed_at)


def _in_force(law: Law, t: datetime) -> InForce:
    return next((one for one in reversed(law) if one.since <= t), law[0])


def _whole(
    sop: Sop,
    numbers: Mapping[str, Numbers],
    shares: Mapping[str, Share],
    told: Tells,
) -> tuple[score.Whole, dict[str, score.Tally]]:
    return _scored(
        sop, lambda one: tally.scored(numbers.get(one.id), shares.get(one.id), one), told
    )


def _scored(
    sop: Sop, counted: Callable[[Control], score.Tally], told: Tells
) -> tuple[score.Whole, dict[str, score.Tally]]:
    tallies = {
        one.id: counted(one)
        for one in sop.controls.values()
        if one.active and not isinstance(one, Rollup)
    }
    return score.whole(sop, lambda one: tallies[one.id], told), tallies


def _since(
    whole: score.Whole,
    totals: Mapping[str, Total],
    due: Overdue,
    law: Law,
    ways: Routes,
    now: datetime,
) -> dict[str, datetime]:
    """Return since when each is in its state: its last episode, or a walk if that is old."""
    last = Episode.objects.values("control").annotate(last=Max("at"))
    at = {row["control"]: row["last"] for row in last}
    rows = Episode.objects.filter(at__in=set(at.values())).values_list("control", "at", "state")
    found = {
        control: began_at
        for control, began_at, state in rows
        if at[control] == began_at
        and control in whole.controls
        and whole.controls[control].state == state
    }
    stale = [c for c in whole.controls if c in ways.versions and c not in found]
    if stale:
        marks = [row.changed_from for c in stale if (row := totals.get(c)) and row.changed_from]
        marks += [moved.at for moved in due.moved()]
        since = max(min([*marks, now]), law[0].since)
        walked = episodes.walk(
            stale, since, now, totals=totals, law=law, routes=ways, extra=due.moved()
        )
        found |= {control: changes[-1].at for control, changes in walked.items() if changes}
    return found


def _clauses(
    sop: Sop,
    whole: score.Whole,
    tallies: Mapping[str, score.Tally],
    told: Tells,
    ever: set[str],
    since: Mapping[str, datetime],
) -> tuple[ClauseNow, ...]:
    def now(one: Control) -> ControlNow:
        scored, kind = whole.controls[one.id], begins(one)
        return ControlNow(
            control=one,
            clause_id=one.clause,
            state=scored.state,
            numerator=scored.numerator,
            denominator=scored.denominator,
            counts=scored.counts,
            share=scored.share,
            raw=scored.raw,
            adjusted=scored.adjusted,
            reached=scored.reached,
            alive_ok=scored.alive,
            alive=alive(sop, one, tallies),
            claimed=kind is None or told(kind),
            ever=_ever(sop, one, ever),
            since=since.get(one.id),
        )

    return tuple(
        ClauseNow(
            clause,
            whole.clauses[clause.id].state,
            whole.clauses[clause.id].score,
            whole.clauses[clause.id].adjusted,
            tuple(now(one) for one in clause.active),
        )
        for clause in sop.clauses
    )


def alive(
    sop: Sop, one: Control, tallies: Mapping[str, score.Tally]
) -> tuple[str, int, int, bool] | None:
    if one.alive is None:
        return None
    sensors, counted = sop.controls.get(one.alive), tallies.get(one.alive)
    if sensors is None or counted is None:
        return one.alive, 0, 0, False
    speaking, asked = score.speaking_of(sensors, counted)
    return one.alive, speaking, asked, score.speaks(sensors, counted, one.alive_share)


def _ever(sop: Sop, one: Control, ever: set[str]) -> bool:
    """A rollup has evidence if anything below it has."""
    if not isinstance(one, Rollup):
        return one.id in ever
    below = (clause for clause in sop.clauses if clause.id in one.of)
    return any(_ever(sop, control, ever) for clause in below for control in clause.active)


def _board(
    as_of: datetime,
    known_at: datetime | None,
    in_force: InForce,
    provisional: str | None,
    whole: score.Whole,
    clauses: tuple[ClauseNow, ...],
    computed_at: datetime,
    read: Read | None = None,
) -> Board:
    met, counted = whole.headline
    return Board(
        as_of, known_at, in_force.sop, provisional, met, counted, clauses, computed_at, read
    )
