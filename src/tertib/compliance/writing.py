"""Write what a judgement changes: the only writer of the engine's tables but for `recompute`.

One short transaction, or none at all if another judge was quicker.
"""

import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from tertib.compliance import handover, tables
from tertib.compliance.changes import Turn, bucket
from tertib.compliance.judging import Change
from tertib.compliance.models import (
    Counts,
    Movement,
    Pulse,
    Standing,
    Sweep,
    Total,
    Transition,
)
from tertib.compliance.routes import Routes
from tertib.evidence.models import Inbox

PAUSE = 0.010  # seconds between two transactions, in which people write (architecture: one writer)

type Difference = dict[str, int]  # column of Counts → by how much


_wrote_at = 0.0  # when this process wrote last, by the machine's clock


class Outrun(Exception):
    """Another judge has written meanwhile: judge anew."""


def turn() -> int:
    """Return the turn to name in `write`; read before anything that is judged."""
    found = Pulse.objects.filter(pk=1).values_list("turn", flat=True).first()
    if found is None:
        Pulse.objects.bulk_create([Pulse(pk=1)], ignore_conflicts=True)
        return turn()
    return found


def let_others_write() -> None:
    """Leave PAUSE between two transactions. Who judged that long meanwhile has left it already."""
    time.sleep(max(_wrote_at + PAUSE - time.monotonic(), 0))


def write(
    judged: Sequence[Change],
    *,
    turn: int,
    now: datetime,
    routes: Routes,
    done: Collection[int] = (),
) -> None:
    """Write what changes and take the judged rows out of the inbox. Raise Outrun."""
    global _wrote_at
    changed = [change for change in judged if not change.empty]
    put = [(pk, one.control, one.subject, stand) for one in changed for pk, stand in one.put]
    add = [(one.control, one.subject, item, new) for one in changed for item, new in one.add]
    totals, movements, since = differences(changed)
    let_others_write()
    with transaction.atomic():
        if not Pulse.objects.filter(pk=1, turn=turn).update(turn=F("turn") + 1):
            raise Outrun
        if remove := [pk for change in changed for pk in change.remove]:
            Transition.objects.filter(pk__in=remove).delete()
        if drop := [pk for change in changed for pk in change.drop]:
            Standing.objects.filter(pk__in=drop).delete()
        tables.add(add, now)
        tables.put(put)
        _count(judged, totals, movements, since, routes)
        handover.owe({change.control for change in judged}, turn)
        if done:
            Inbox.objects.filter(pk__in=done).delete()
    _wrote_at = time.monotonic()


def follow(
    law: dict[str, Any], since: datetime | None, begin: datetime, routes: Routes, *, turn: int
) -> None:
    """Note that the standings are to follow this law, and have everything judged from then on.

    since None: no standing changes, only how whole controls are scored, from the beginning on.
    """
    with transaction.atomic():
        if not Pulse.objects.filter(pk=1, turn=turn).update(turn=F("turn") + 1, law=law):
            raise Outrun
        if since is not None:
            Sweep.objects.bulk_create(
                Sweep(control=control, since=since) for control in sorted(routes.versions)
            )
        changed_from(dict.fromkeys(routes.versions, since or begin), {})


def changed_from(since: Mapping[str, datetime], rows: dict[str, Total]) -> None:
    """Note from when on the episodes of some controls are to be made anew."""
    rows |= {
        row.control: row for row in Total.objects.filter(control__in=since.keys() - rows.keys())
    }
    touched = []
    for control, at in since.items():
        row = rows.setdefault(control, Total(control=control))
        if row.changed_from is None or at < row.changed_from:
            row.changed_from = at
            touched.append(row)
    _upsert(Total, touched, ["control"])


def differences(
    changed: Sequence[Change],
) -> tuple[dict[str, Difference], dict[tuple[str, date], Difference], dict[str, datetime]]:
    """Return by how much counts change: per control, per control and day, and from when on."""
    totals: dict[str, Difference] = defaultdict(lambda: defaultdict(int))
    movements: dict[tuple[str, date], Difference] = defaultdict(lambda: defaultdict(int))
    since: dict[str, datetime] = {}
    for change in changed:
        moved = [(turn, -1) for turn in change.removed] + [(turn, +1) for _, turn in change.add]
        for turn, way in moved:
            here, day = totals[change.control], movements[change.control, turn.at.date()]
            for column, by in tally(turn):
                here[column] += way * by
                day[column] += way * by
            since[change.control] = min(since.get(change.control, turn.at), turn.at)
    return totals, movements, since


def tally(turn: Turn) -> list[tuple[str, int]]:
    """Return what one transition does to the counts."""
    return difference(turn.state, turn.bare, turn.was, turn.was_bare)


def difference(state: str, bare: str, was: str, was_bare: str) -> list[tuple[str, int]]:
    after, before = bucket(state, bare), bucket(was, was_bare)
    return [(c, by) for c, by in ((after, 1), (before, -1)) if c]


def recount(
    totals: Mapping[str, Mapping[str, int]],
    movements: Mapping[tuple[str, date], Mapping[str, int]],
    *,
    turn: int,
) -> None:
    """Write counts that were summed anew. Only `recompute` does; it may take longer than others."""
    with transaction.atomic():
        if not Pulse.objects.filter(pk=1, turn=turn).update(turn=F("turn") + 1):
            raise Outrun
        rows = {row.control: row for row in Total.objects.all()}
        for control in rows.keys() | totals.keys():
            row = rows.setdefault(control, Total(control=control))
            for name in Counts.FIELDS:
                setattr(row, name, totals.get(control, {}).get(name, 0))
        _upsert(Total, list(rows.values()), ["control"])
        Movement.objects.all().delete()
        Movement.objects.bulk_create(
            Movement(control=control, day=day, **numbers)
            for (control, day), numbers in movements.items()
        )


def _count(
    judged: Sequence[Change],
    totals: dict[str, Difference],
    movements: dict[tuple[str, date], Difference],
    since: dict[str, datetime],
    routes: Routes,
) -> None:
    firsts: dict[str, datetime] = {}
    heards: dict[str, datetime] = {}
    for change in judged:
        for found, at in ((firsts, change.first_at), (heards, change.heard_at)):
            if at is not None:
                found[change.control] = min(found.get(change.control, at), at)
    names = totals.keys() | firsts.keys() | heards.keys()
    rows = {row.control: row for row in Total.objects.filter(control__in=names)}
    touched = set[str]()
    for control in sorted(names):
        row = rows.setdefault(control, Total(control=control))
        if _add(row, totals.get(control, {})):
            touched.add(control)
        for name, told in (("first_at", firsts), ("heard_at", heards)):
            at, known = told.get(control), getattr(row, name)
            if at is not None and (known is None or at < known):
                setattr(row, name, at)
                touched.add(control)
                if name == "heard_at":
                    since[control] = min(since.get(control, at), at)
    # Who lives on a control that speaks or falls silent has new episodes too, maybe without any
    # standing of its own (an absence of which nothing was found).
    for control, at in list(since.items()):
        for dependent in routes.by_alive.get(control, ()):
            since[dependent] = min(since.get(dependent, at), at)
    changed_from(since, rows)
    _upsert(Total, [rows[c] for c in sorted(touched)], ["control"])
    days = {
        (row.control, row.day): row
        for row in Movement.objects.filter(
            control__in={c for c, _ in movements}, day__in={d for _, d in movements}
        )
    }
    moved = []
    for (control, day), difference in sorted(movements.items()):
        known_row = days.get((control, day)) or Movement(control=control, day=day)
        if _add(known_row, difference):
            moved.append(known_row)
    _upsert(Movement, moved, ["control", "day"])


def _add(row: Counts, difference: Difference) -> bool:
    changed = False
    for column, by in difference.items():
        if by:
            setattr(row, column, getattr(row, column) + by)
            changed = True
    return changed


def _upsert[Row: (Total, Movement)](model: type[Row], rows: list[Row], unique: list[str]) -> None:
    extra: list[str] = ["first_at", "heard_at", "changed_from"] if model is Total else []
    if rows:
        model._default_manager.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=unique,
            update_fields=[*Counts.FIELDS, *extra],
        )
