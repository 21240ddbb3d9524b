"""How whole controls stood from when on: the states that time in compliance integrates.

A control's state follows from its own counts, those of the control it names as alive, the version
in force and whether anybody could tell: so it can only change where one of these does.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, cast

from django.db import transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, Max, Q

from tertib.compliance import kinds, score, tally
from tertib.compliance.models import Episode, Pulse, Standing, Total, Transition
from tertib.compliance.records import State
from tertib.compliance.routes import Law, Routes
from tertib.compliance.tally import Moved, Numbers
from tertib.compliance.told import Told
from tertib.compliance.writing import Outrun
from tertib.sop.format import Control, OfSubjects


class Change(NamedTuple):
    """From `at` on a control is in that state. None: no version in force has it."""

    at: datetime
    state: State | None


NOTHING: Mapping[str, Numbers] = {}


def walk(
    controls: Collection[str],
    since: datetime,
    until: datetime,
    *,
    totals: Mapping[str, Total],
    law: Law,
    routes: Routes,
    extra: Iterable[Moved] = (),
) -> dict[str, list[Change]]:
    """Return for each control its state at `since` and every change up to and including `until`.

    totals  of these controls and of those that they name as alive
    extra  what has moved besides and is not written yet
    """
    lived = {form.alive for c in controls for form in routes.versions[c] if form.alive}
    needed = {c: row for c, row in totals.items() if c in lived or c in controls}
    counts = tally.before(needed, since)
    told = Told.of(totals, routes)
    moved = tally.moved(needed.keys(), since, tally.day_end(until))
    moved = sorted([*moved, *(m for m in extra if m.at >= since)], key=lambda one: one.at)
    stops = {since, *(i.since for i in law), *told.heard_at.values()}
    later = sorted(at for at in stops if since <= at <= until)
    found: dict[str, list[Change]] = {control: [] for control in controls}
    moves = 0
    instants = sorted({*later, *(m.at for m in moved if m.at <= until)})
    alive_of = {c: {form.alive for form in routes.versions[c]} for c in controls}
    for at in instants:
        touched = set[str]()
        while moves < len(moved) and moved[moves].at <= at:
            one = moved[moves]
            here = counts.setdefault(one.control, tally.numbers(None))
            for column, by in one.by:
                here[column] += by
            touched.add(one.control)
            moves += 1
        everybody = at in stops
        for control, changes in found.items():
            if everybody or control in touched or alive_of[control] & touched:
                state = state_at(control, at, counts, law=law, told=told)
                if not changes or changes[-1].state != state:
                    changes.append(Change(at, state))
    return found


def state_at(
    control: str, at: datetime, counts: Mapping[str, Numbers], *, law: Law, told: Told
) -> State | None:
    in_force = next((one for one in reversed(law) if one.since <= at), None)
    form = in_force.sop.controls.get(control) if in_force else None
    if in_force is None or form is None or not form.active:
        return None
    alive = None
    if form.alive:
        alive = _speaks(in_force.sop.controls.get(form.alive), counts, form)
    begins = kinds.begins(form)
    own = tally.scored(counts.get(control), None, form)
    return score.control(form, own, alive=alive, told=begins is None or told.at(at)(begins)).state


def _speaks(sensors: Control | None, counts: Mapping[str, Numbers], form: Control) -> bool:
    if not isinstance(sensors, OfSubjects) or not sensors.active:
        return False
    return score.speaks(sensors, tally.scored(counts.get(sensors.id)), form.alive_share)


def refresh(law: Law, routes: Routes, now: datetime) -> int:
    """Make the episodes anew from where they may have changed; return of how many controls."""
    turn = Pulse.objects.values_list("turn", flat=True).filter(pk=1).first()
    stale = {
        row.control: row
        for row in Total.objects.filter(changed_from__lte=now)
        if row.control in routes.versions and row.changed_from
    }
    if not stale or turn is None:
        return 0
    totals = tally.now()
    found: dict[str, list[Change]] = {}
    # Somebody whose clock read later than ours may have written already: leave none of it out.
    asked = {*stale, *(form.alive for c in stale for form in routes.versions[c] if form.alive)}
    written = Transition.objects.filter(control__in=asked, at__gt=now).aggregate(last=Max("at"))
    until = max(now, written["last"] or now)
    since_of: dict[datetime, list[str]] = defaultdict(list)
    for control, row in stale.items():
        since_of[max(row.changed_from or law[0].since, law[0].since)].append(control)
    for since, controls in since_of.items():
        found |= walk(controls, since, until, totals=totals, law=law, routes=routes)
    before = _last_before(since_of)
    with transaction.atomic():
        if not Pulse.objects.filter(pk=1, turn=turn).update(turn=F("turn") + 1):
            raise Outrun
        upcoming = next((one.since for one in law if one.since > until), None)
        for since, controls in since_of.items():
            Episode.objects.filter(control__in=controls, at__gte=since).delete()
        Episode.objects.bulk_create(
            Episode(control=control, at=change.at, state=change.state or "")
            for control, changes in found.items()
            for change in _fresh(changes, before.get(control))
        )
        Total.objects.filter(control__in=stale).update(changed_from=upcoming)
    return len(stale)


def _fresh(changes: Sequence[Change], before: State | None) -> Sequence[Change]:
    """Leave out the first one if it goes on with what was."""
    return changes[1:] if changes and changes[0].state == before else changes


def _last_before(since_of: Mapping[datetime, Collection[str]]) -> dict[str, State | None]:
    """Return in which state each control was just before its instant."""
    found: dict[str, State | None] = {}
    for since, controls in since_of.items():
        rows = Episode.objects.filter(control__in=controls, at__lt=since)
        last = rows.values_list("control").annotate(Max("at"))
        each = [Q(control=control, at=at) for control, at in last]
        told = Episode.objects.filter(Q(*each, _connector=Q.OR)) if each else Episode.objects.none()
        found |= {row.control: cast(State, row.state) or None for row in told}
    return found


def stored(controls: Collection[str], since: datetime | None = None) -> dict[str, list[Change]]:
    """Return the stored episodes from `since` on, each control's one at that instant first."""
    rows = Episode.objects.filter(control__in=controls).order_by("at")
    return _lines(controls, since, rows.values_list("control", "at", "state"))


def whole(
    controls: Collection[str], since: datetime, until: datetime, *, lived_on: Collection[str]
) -> tuple[dict[str, list[Change]], bool]:
    """Return the same, and whether it is known to tell all until then: nothing has changed or
    fallen due by then since they were made. One query.

    lived_on: these controls with the ones that they name as alive
    """
    changed = Total.objects.filter(control__in=controls, changed_from__lte=until)
    due = Standing.objects.filter(control__in=lived_on, next_at__lte=until)
    stirred = ExpressionWrapper(Exists(changed) | Exists(due), output_field=BooleanField())
    rows = Episode.objects.filter(control__in=controls).order_by("at")
    found = list(rows.values_list("control", "at", "state", stirred))
    lines = _lines(controls, since, (row[:3] for row in found))
    return lines, bool(found) and not found[0][3]


def _lines(
    controls: Collection[str], since: datetime | None, rows: Iterable[tuple[str, datetime, str]]
) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {control: [] for control in controls}
    for control, at, state in rows:
        changes = found[control]
        if since is not None and changes and at <= since:
            changes.clear()
        changes.append(Change(at, cast(State, state) if state else None))
    return found
