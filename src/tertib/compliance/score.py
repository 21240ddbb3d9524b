"""From how many stand how, to controls, clauses and the headline (semantics 5 and 6). Pure.

Fractions throughout; who shows a percentage cuts it, and never rounds up.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from tertib.compliance import kinds
from tertib.compliance.records import State, Verdict
from tertib.sop.format import (
    Absence,
    Clause,
    Control,
    Coverage,
    Existence,
    OfSubjects,
    Rollup,
    Schedule,
    Sop,
    Threshold,
)

GOOD: tuple[State, ...] = ("compliant", "due_soon")
WORST: tuple[State, ...] = ("lapsed", "no_data", "waived", "due_soon", "compliant")
NONE, ALL = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many standings of a control are in which state, and which before waivers.

    share  the sum of their shares; None: they have none
    """

    counts: Mapping[State, int]
    bare: Mapping[State, int]
    share: tuple[int, int] | None = None

    @classmethod
    def of(cls, verdicts: Iterable[Verdict]) -> Self:
        counts, bare = Counter[State](), Counter[State]()
        share: tuple[int, int] | None = None
        for verdict in verdicts:
            counts[verdict.state] += 1
            bare[verdict.bare] += 1
            if verdict.share is not None:
                done, due = share or (0, 0)
                share = done + verdict.share[0], due + verdict.share[1]
        return cls(counts, bare, share)


@dataclass(frozen=True, slots=True)
class Score:
    """How a control stands.

    counts  subjects, items or (of a rollup) clauses by state; what is 0 is left out
    share  the figure beside it, of a schedule (slots) or a threshold (seconds); None: has none
    alive  whether silence means something; None: the control asks no other
    """

    state: State
    numerator: int
    denominator: int
    counts: Mapping[State, int]
    share: tuple[int, int] | None
    raw: Fraction
    adjusted: Fraction
    reached: bool
    alive: bool | None


@dataclass(frozen=True, slots=True)
class ClauseScore:
    """met: the clause is patuh."""

    state: State
    score: Fraction
    adjusted: Fraction

    @property
    def met(self) -> bool:
        return self.state in GOOD


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole SOP: each control by id, each clause by id, and the headline (met, counted)."""

    controls: Mapping[str, Score]
    clauses: Mapping[str, ClauseScore]
    headline: tuple[int, int]


def whole(sop: Sop, tally: Callable[[Control], Tally], told: Callable[[str], bool]) -> Whole:
    """Score every control of the SOP, the inactive ones left out.

    `told` says of a kind of fact whether a room claims it or one was ever recorded.
    """
    tallies = {
        control.id: tally(control)
        for control in sop.controls.values()
        if control.active and not isinstance(control, Rollup)
    }
    clauses_by_id = {clause.id: clause for clause in sop.clauses}
    scores: dict[str, Score] = {}
    clauses: dict[str, ClauseScore] = {}

    def score(one: Control) -> Score:
        if one.id not in scores:
            if isinstance(one, Rollup):
                scores[one.id] = roll_up(one, {id: score_clause(id) for id in one.of})
            else:
                scores[one.id] = control(
                    one, tallies[one.id], alive=_alive(sop, one, tallies), told=_told(one, told)
                )
        return scores[one.id]

    def score_clause(id: str) -> ClauseScore:
        if id not in clauses:
            active = clauses_by_id[id].active
            clauses[id] = clause(clauses_by_id[id], {one.id: score(one) for one in active})
        return clauses[id]

    for id in clauses_by_id:
        score_clause(id)
    return Whole(scores, clauses, headline(sop, clauses))


def control(of: Control, tally: Tally, *, alive: bool | None, told: bool = True) -> Score:
    """Score a control of any kind but rollup.

    alive  whether the control that it names as `alive` speaks; None: it names none
    told   False: no room claims what it lives on and none was ever recorded
    """
    counts, numerator, denominator = _counted(of, tally)
    waived = denominator - numerator if counts == {"waived": 1} else counts.get("waived", 0)
    dead = alive is False or not told
    vacuous = of.empty == "vacuous_if_alive" and alive is True and told
    raw = _part(numerator, denominator, vacuous)
    reached = raw * 100 >= of.target and (denominator > 0 or vacuous)
    state = _state(counts, reached)
    if dead and state != "lapsed":
        state = "no_data"
    return Score(
        state,
        numerator,
        denominator,
        counts,
        (tally.share or (0, 0)) if isinstance(of, Schedule | Threshold) else None,
        NONE if dead else raw,
        NONE if dead else _part(numerator, denominator - waived, vacuous),
        reached and not dead,
        alive if told else False,
    )


def speaks(sensors: Control, tally: Tally, share: Fraction) -> bool:
    """Whether so many percent of a control's subjects speak that silence means something.

    At least one must be left to be asked.
    """
    speaking, asked = speaking_of(sensors, tally)
    return asked > 0 and 100 * speaking >= share * asked


def speaking_of(sensors: Control, tally: Tally) -> tuple[int, int]:
    """Return how many of a control's subjects speak, and how many are asked.

    Pending ones are left out, waivers not looked at.
    """
    asked = sum(count for state, count in tally.bare.items() if state != "pending")
    if isinstance(sensors, Coverage | Threshold):  # a bad value is a report
        return asked - tally.bare.get("no_data", 0), asked
    return sum(tally.bare.get(state, 0) for state in GOOD), asked


def roll_up(of: Rollup, clauses: Mapping[str, ClauseScore]) -> Score:
    """Score a rollup over its clauses."""
    scored = [clauses[id] for id in of.of]
    state = worst(one.state for one in scored)
    return Score(
        state,
        sum(one.met for one in scored),
        len(scored),
        dict(Counter(one.state for one in scored)),
        None,
        _over([one.score for one in scored], of.method),
        _over([one.adjusted for one in scored], of.method),
        state in GOOD,
        None,
    )


def clause(of: Clause, scores: Mapping[str, Score]) -> ClauseScore:
    """Score a clause over its active controls; one without any has no data."""
    if not (active := of.active):
        return ClauseScore("no_data", NONE, NONE)
    weight = sum((one.weight for one in active), NONE)
    return ClauseScore(
        worst(scores[one.id].state for one in active),
        sum((one.weight * scores[one.id].raw for one in active), NONE) / weight,
        sum((one.weight * scores[one.id].adjusted for one in active), NONE) / weight,
    )


def headline(sop: Sop, clauses: Mapping[str, ClauseScore]) -> tuple[int, int]:
    """Return how many of the counted clauses are patuh, and how many are counted."""
    counted = [clause for clause in sop.clauses if clause.counted]
    return sum(clauses[clause.id].met for clause in counted), len(counted)


def worst(states: Iterable[State]) -> State:
    return min(states, key=WORST.index)


def _counted(of: Control, tally: Tally) -> tuple[dict[State, int], int, int]:
    """Return (counts, numerator, denominator)."""
    counts: dict[State, int] = {state: count for state, count in tally.counts.items() if count}
    if isinstance(of, Existence):
        done, due = tally.share or (0, of.min)
        return counts or {"no_data": 1}, done, due
    if isinstance(of, Absence):
        state: State = "compliant"
        if counts.get("waived"):
            state = "waived"
        if counts.get("lapsed"):
            state = "lapsed"
        return {state: 1}, int(state == "compliant"), 1
    good = sum(counts.get(state, 0) for state in GOOD)
    rest: tuple[State, ...] = ("lapsed", "no_data", "waived")
    return counts, good, good + sum(counts.get(state, 0) for state in rest)


def _state(counts: Mapping[State, int], reached: bool) -> State:
    if reached:
        return "due_soon" if counts.get("due_soon") else "compliant"
    if counts.get("lapsed"):
        return "lapsed"
    if counts.get("no_data") or not counts.get("waived"):
        return "no_data"
    return "waived"


def _part(numerator: int, denominator: int, vacuous: bool) -> Fraction:
    if denominator == 0:
        return ALL if vacuous else NONE
    return Fraction(numerator, denominator)


def _over(scores: list[Fraction], method: str) -> Fraction:
    if not scores:
        return NONE
    return min(scores) if method == "worst" else sum(scores, NONE) / len(scores)


def _alive(sop: Sop, of: Control, tallies: Mapping[str, Tally]) -> bool | None:
    if of.alive is None:
        return None
    sensors = sop.controls.get(of.alive)
    if not isinstance(sensors, OfSubjects) or sensors.id not in tallies:
        return False
    return speaks(sensors, tallies[sensors.id], of.alive_share)


def _told(of: Control, told: Callable[[str], bool]) -> bool:
    kind = kinds.begins(of)
    return kind is None or told(kind)
