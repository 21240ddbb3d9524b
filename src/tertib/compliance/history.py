"""How it was: lines over time, and time in compliance. As known now; to the day for lines, exact
for time in compliance.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from tertib.compliance import episodes, overdue, score, tally
from tertib.compliance.board import Read
from tertib.compliance.episodes import Change
from tertib.compliance.models import Counts, Total
from tertib.compliance.records import State
from tertib.compliance.routes import Law, Routes, routes
from tertib.compliance.tally import Numbers
from tertib.sop import versions
from tertib.sop.format import Control, Rollup, Sop

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Parts:
    """A stretch of time in four parts that add up to all of it."""

    compliant: timedelta
    waived: timedelta
    lapsed: timedelta
    no_data: timedelta


def series(
    control_ids: Collection[str], instants: Sequence[datetime], read: Read | None = None
) -> dict[str, list[tuple[int, int]]]:
    """Return numerator and denominator of each control at the end of each instant's day (UTC),
    of the last instant as of the last judgement. Two queries, one with what a board has read.
    """
    law = versions.law()
    totals = read.totals if read else tally.now(control_ids)
    moved = tally.by_day(control_ids, min(instants).astimezone(UTC).date())
    found: dict[str, list[tuple[int, int]]] = {}
    for control in control_ids:
        left = list(reversed(moved.get(control, ())))  # oldest first: newest at the end
        numbers = tally.numbers(totals.get(control))
        line: list[tuple[int, int]] = []
        for t in sorted(instants, reverse=True):
            day = t.astimezone(UTC).date()
            while left and left[-1][0] > day:
                _take(numbers, left.pop()[1])
            form = _form(law, control, t)
            scored = (
                score.control(form, tally.scored(numbers, None, form), alive=None) if form else None
            )
            line.append((scored.numerator, scored.denominator) if scored else (0, 0))
        found[control] = line[::-1]
    return found


def headline(instants: Sequence[datetime], read: Read | None = None) -> list[int]:
    """Return how many of the counted clauses were patuh at each instant. A few queries.

    read: what a board of the last instant was made of, so that it isn't read twice.
    """
    law = versions.law()
    if not law:
        return [0 for _ in instants]
    ordered = sorted(instants)
    lines = timelines(law, ordered[0], ordered[-1], read)
    counted = {}
    for t in ordered:
        sop = next((one.sop for one in reversed(law) if one.since <= t), None)
        counted[t] = _met(sop, lines, t) if sop else 0
    return [counted[t] for t in instants]


def time_in_compliance(
    control_ids: Collection[str],
    *,
    until: datetime,
    days: Sequence[int] = (30, 90, 365),
    read: Read | None = None,
) -> dict[int, Parts]:
    """Return the exact integral over the states of those controls, the worst of them counting.

    Of a clause: its active controls. What no version judged yet is time without data.
    read: what was stored of these controls at `until`, so that it isn't read twice.
    """
    law = versions.law()
    begin, leaves = until - max(days) * DAY, _leaves(control_ids, law)
    lines = timelines(law, begin, until, read, controls=leaves) if law else {}
    mine = [lines.get(control, []) for control in leaves]
    edges = sorted({begin, until, *(c.at for line in mine for c in line if begin < c.at < until)})
    marks = sorted({*edges, *(until - n * DAY for n in days)})
    spent: dict[int, dict[str, timedelta]] = {n: defaultdict(timedelta) for n in days}
    places = [0] * len(mine)
    for at, end in pairwise(marks):
        states = []
        for i, line in enumerate(mine):
            while places[i] < len(line) and line[places[i]].at <= at:
                places[i] += 1
            if places[i] and (state := line[places[i] - 1].state):
                states.append(state)
        part = _part(score.worst(states)) if states else "no_data"
        for n in days:
            if at >= until - n * DAY:
                spent[n][part] += end - at
    return {
        n: Parts(of["compliant"], of["waived"], of["lapsed"], of["no_data"])
        for n, of in spent.items()
    }


def timelines(
    law: Law,
    since: datetime,
    until: datetime,
    read: Read | None = None,
    *,
    controls: Collection[str] | None = None,
) -> dict[str, list[Change]]:
    """Return the states of those controls, or of all, the one at `since` first, then each change.
    A rollup has none.

    Stored episodes, and for what has changed since they were made a walk without writing.
    """
    ways = routes(law)
    wanted = ways.versions.keys() if controls is None else ways.versions.keys() & set(controls)
    lived_on = ways.lived_on(wanted)
    if read:
        found = episodes.stored(wanted, since)
    else:
        found, is_whole = episodes.whole(wanted, since, until, lived_on=lived_on)
        if is_whole:
            return found
    totals = read.totals if read else tally.now()
    due = read.due if read else overdue.look(until, law, ways, controls=lived_on)
    stale = _stale(totals, due, until, ways)
    for mark, of_day in _alike(stale, law).items():
        known = [control for control in of_day if control in wanted]
        if not known:
            continue
        walked = episodes.walk(
            known, mark, until, totals=totals, law=law, routes=ways, extra=due.moved()
        )
        for control, changes in walked.items():
            kept = [change for change in found[control] if change.at < mark]
            found[control] = [*kept, *changes]
    return found


def _stale(
    totals: Mapping[str, Total], due: overdue.Overdue, until: datetime, ways: Routes
) -> dict[str, datetime]:
    stale = {
        control: row.changed_from
        for control, row in totals.items()
        if row.changed_from and row.changed_from <= until
    }
    for moved in due.moved():
        for control in (moved.control, *ways.by_alive.get(moved.control, ())):
            stale[control] = min(stale.get(control, moved.at), moved.at)
    return stale


def _alike(stale: Mapping[str, datetime], law: Law) -> dict[datetime, list[str]]:
    """Put together those that are old by the same day: one walk does for all of them."""
    found: dict[date, list[str]] = defaultdict(list)
    for control, at in stale.items():
        found[at.date()].append(control)
    return {
        max(datetime.combine(day, time(), UTC), law[0].since): controls
        for day, controls in found.items()
    }


def _met(sop: Sop, lines: Mapping[str, Sequence[Change]], t: datetime) -> int:
    return sum(
        _clause(sop, clause.id, lines, t) in score.GOOD for clause in sop.clauses if clause.counted
    )


def _clause(sop: Sop, clause_id: str, lines: Mapping[str, Sequence[Change]], t: datetime) -> State:
    clause = next(clause for clause in sop.clauses if clause.id == clause_id)
    states: list[State] = []
    for control in clause.active:
        if isinstance(control, Rollup):
            states += [_clause(sop, below, lines, t) for below in control.of]
            continue
        state = next((c.state for c in reversed(lines.get(control.id, ())) if c.at <= t), None)
        states.append(state or "no_data")
    return score.worst(states) if states else "no_data"


def _leaves(control_ids: Collection[str], law: Law) -> list[str]:
    """Return the controls, a rollup as those below it: the worst of them is its state."""
    found: dict[str, None] = {}
    sop = law[-1].sop if law else None
    for name in control_ids:
        control = sop.controls.get(name) if sop else None
        if sop and isinstance(control, Rollup):
            below = [
                one.id for clause in sop.clauses if clause.id in control.of for one in clause.active
            ]
            found |= dict.fromkeys(_leaves(below, law))
        else:
            found[name] = None
    return list(found)


def _part(state: State) -> str:
    return "compliant" if state in score.GOOD else state


def _take(numbers: Numbers, moved: Numbers) -> None:
    for name in Counts.FIELDS:
        numbers[name] -= moved[name]


def _form(law: Law, control: str, t: datetime) -> Control | None:
    in_force = next((one for one in reversed(law) if one.since <= t), None)
    form = in_force.sop.controls.get(control) if in_force else None
    return form if form and form.active and not isinstance(form, Rollup) else None
