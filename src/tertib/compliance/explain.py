"""Why a control stands as it does: its numbers, and each subject or item with its record.

The same object for the command line, the API and the page. Now it comes from what is stored; at
another moment, or as known at another, from the ledger itself.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import Case, IntegerField, Min, QuerySet, Sum, Value, When
from django.utils.translation import gettext as _

from tertib.compliance import board, ledgerwise, overdue, score, tally
from tertib.compliance.judging import STAND, Ask, as_stand, judge
from tertib.compliance.kinds import begins
from tertib.compliance.ledgerwise import Row
from tertib.compliance.models import Standing
from tertib.compliance.routes import Law, Routes, routes
from tertib.compliance.rows import is_work, lines, waivers
from tertib.compliance.told import Told
from tertib.lib.errors import Refused
from tertib.sop import versions
from tertib.sop.format import Control, InForce, OfItems, Rollup, Text, Threshold

WORST = ("lapsed", "no_data", "waived", "due_soon", "pending", "compliant")  # rows come so


@dataclass(frozen=True, slots=True)
class Found:
    """What one control shows: its score and the rows asked for.

    total  how many rows there are before the limit
    """

    scored: score.Score
    rows: Sequence[Row]
    total: int
    alive: tuple[str, int, int, bool] | None
    ever: bool
    claimed: bool
    next_at: datetime | None
    share: tuple[int, int] | None


def explain(
    control_id: str,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    now: datetime,
    states: Collection[str] | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> dict[str, Any]:
    """Return how and why a control stood at `as_of`, by what was known at `known_at`.

    Instants are aware datetimes, fractions are [numerator, denominator]. `states`, `limit` and
    `offset` choose rows. Raise Refused for a moment that has not come, or a control that the
    version in force then does not count.
    """
    t, k = as_of or now, known_at or now
    if t > now or k > now:
        raise Refused(_("That moment has not come yet; the forecast tells what is due."))
    law = _law()
    in_force = next((one for one in reversed(law) if one.since <= t), law[0])
    one = in_force.sop.controls.get(control_id)
    if one is None or not one.active:
        raise Refused(
            _("Version %(version)s of the SOP counts no control %(control)s.")
            % {"version": in_force.sop.version, "control": control_id}
        )
    ways = routes(law)
    if isinstance(one, Rollup):
        found = _rollup(one, t, known_at, now)
    elif t == now and known_at in (None, now):
        found = _now(one, in_force, law, ways, now, states, limit, offset)
    else:
        found = _then(one, in_force, law, ways, t, known_at, states, limit, offset)
    waived = waivers(one, t, known_at)
    shown = lines(one, found.rows, waived)
    return {
        **_head(one, in_force, found, t, k),
        "waivers": [waiver for waiver in waived if waiver["until"] > t],
        "items" if isinstance(one, OfItems) else "subjects": shown,
        "total": found.total,
        "work_lines": [line for line in shown if is_work(one, line)] if found.ever else [],
    }


def _head(
    one: Control, in_force: InForce, found: Found, t: datetime, k: datetime
) -> dict[str, Any]:
    scored = found.scored
    alive = None
    if found.alive:
        control, speaking, asked, holds = found.alive
        alive = {
            "control": control,
            "holds": holds,
            "speaking": [speaking, asked],
            "needed": _fraction(one.alive_share),
        }
    return {
        "control": one.id,
        "kind": one.kind,
        "clause": one.clause,
        "title": _text(one.title),
        "unit": _text(one.unit),
        "target": _fraction(one.target),
        "as_of": t,
        "known_at": k,
        "sop_version": in_force.sop.version,
        "state": scored.state,
        "numerator": scored.numerator,
        "denominator": scored.denominator,
        "counts": dict(scored.counts),
        "share": list(found.share) if found.share else None,
        "raw": _fraction(scored.raw),
        "adjusted": _fraction(scored.adjusted),
        "reached": scored.reached,
        "alive": alive,
        "claimed": found.claimed,
        "ever": found.ever,
        "next_transition_at": found.next_at,
    }


# --- The three sources ---------------------------------------------------------------------------


def _now(
    one: Control,
    in_force: InForce,
    law: Law,
    ways: Routes,
    now: datetime,
    states: Collection[str] | None,
    limit: int | None,
    offset: int,
) -> Found:
    """From the stored standings; what has fallen due since the last tick is judged besides."""
    concerned = [one.id, one.alive] if one.alive else [one.id]
    due = overdue.look(now, law, ways, controls=concerned)
    totals = tally.now()
    numbers = {control: tally.numbers(row) for control, row in totals.items()}
    due.add_to(numbers)
    told = Told.of(totals, ways).at(now)
    standing = Standing.objects.filter(control=one.id).exclude(state="")
    figures = standing.aggregate(Sum("numerator"), Sum("denominator"), Min("next_at"))
    share = None
    if figures["denominator__sum"] is not None:
        share = figures["numerator__sum"], figures["denominator__sum"]
    if isinstance(one, Threshold):  # its seconds change every minute: judged as of now
        rows = _measured(one, standing, law, ways, now)
        counted = [row.stand for row in rows if row.stand.denominator is not None]
        share = (
            sum(stand.numerator or 0 for stand in counted),
            sum(stand.denominator or 0 for stand in counted),
        )
        rows, total = _cut(rows, states, limit, offset)
    else:
        rows, total = _stored(one, standing, due, states, limit, offset)
    tallies = {
        form.id: tally.scored(numbers.get(form.id), share if form is one else None, form)
        for form in (one, in_force.sop.controls.get(one.alive or ""))
        if form is not None
    }
    row = totals.get(one.id)
    return _found(
        one,
        in_force,
        tallies,
        told=told,
        rows=rows,
        total=total,
        ever=bool(row and row.first_at and row.first_at <= now),
        next_at=_next(due, one.id, standing, figures["next_at__min"], now),
        share=share,
    )


def _next(
    due: overdue.Overdue,
    control: str,
    standing: QuerySet[Standing],
    stored: datetime | None,
    now: datetime,
) -> datetime | None:
    if stored is not None and stored <= now:
        stored = standing.filter(next_at__gt=now).aggregate(Min("next_at"))["next_at__min"]
    coming = [stand.next_at for stand in due.stands(control).values() if stand.next_at]
    return min([*coming, *([stored] if stored else [])], default=None)


def _measured(
    one: Control, standing: QuerySet[Standing], law: Law, ways: Routes, now: datetime
) -> list[Row]:
    subjects_ = standing.values_list("subject", flat=True)
    asked = {(one.id, subject): Ask(now, False) for subject in subjects_}
    return [
        Row(change.subject, stand)
        for change in judge(asked, law=law, routes=ways, now=now)
        for stand in change.stands.values()
        if stand.state
    ]


def _stored(
    one: Control,
    standing: QuerySet[Standing],
    due: overdue.Overdue,
    states: Collection[str] | None,
    limit: int | None,
    offset: int,
) -> tuple[list[Row], int]:
    wanted = standing.exclude(subject__in=due.subjects(one.id))
    if states is not None:
        wanted = wanted.filter(state__in=states)
    fresh = [Row(subject, stand) for (subject, _), stand in due.stands(one.id).items()]
    fresh = [
        row for row in fresh if row.stand.state and (states is None or row.stand.state in states)
    ]
    rank = Case(
        *(When(state=state, then=Value(place)) for place, state in enumerate(WORST)),
        output_field=IntegerField(),
    )
    ordered = wanted.order_by(rank, "since", "subject", "item").values_list(*STAND)
    if limit is None:
        rows = [Row(subject, as_stand(rest)) for _, _, subject, *rest in ordered]
        rows = _sorted([*fresh, *rows]) if fresh else rows
        return rows, len(rows)
    total = wanted.count() + len(fresh)
    some = [Row(s, as_stand(rest)) for _, _, s, *rest in ordered[: offset + limit]]
    rows = _sorted([*fresh, *some]) if fresh else some
    return rows[offset : offset + limit], total


def _then(
    one: Control,
    in_force: InForce,
    law: Law,
    ways: Routes,
    t: datetime,
    known_at: datetime | None,
    states: Collection[str] | None,
    limit: int | None,
    offset: int,
) -> Found:
    """From the ledger."""
    known = ledgerwise.Known(t, known_at, law, ways)
    sensors = in_force.sop.controls.get(one.alive or "")
    tallies = {form.id: known.tally(form) for form in (one, sensors) if form is not None}
    everything = known.rows(one.id)
    rows, total = _cut(everything, states, limit, offset)
    return _found(
        one,
        in_force,
        tallies,
        told=known.told,
        rows=rows,
        total=total,
        ever=known.ever(one.id),
        next_at=min((row.stand.next_at for row in everything if row.stand.next_at), default=None),
        share=tallies[one.id].share,
    )


def _rollup(one: Rollup, t: datetime, known_at: datetime | None, now: datetime) -> Found:
    whole = board.board(now) if t == now and known_at is None else board.at(t, known_at, now=now)
    of = whole.controls[one.id]
    scored = score.Score(
        of.state,
        of.numerator,
        of.denominator,
        of.counts,
        of.share,
        of.raw,
        of.adjusted,
        of.reached,
        None,
    )
    return Found(scored, (), 0, None, of.ever, True, None, None)


def _found(
    one: Control,
    in_force: InForce,
    tallies: Mapping[str, score.Tally],
    *,
    told: Any,
    rows: Sequence[Row],
    total: int,
    ever: bool,
    next_at: datetime | None,
    share: tuple[int, int] | None,
) -> Found:
    alive = board.alive(in_force.sop, one, tallies)
    kind = begins(one)
    claimed = kind is None or told(kind)
    scored = score.control(one, tallies[one.id], alive=alive[3] if alive else None, told=claimed)
    return Found(scored, rows, total, alive, ever, claimed, next_at, scored.share)


# --- Rows ----------------------------------------------------------------------------------------


def _cut(
    rows: Sequence[Row], states: Collection[str] | None, limit: int | None, offset: int
) -> tuple[list[Row], int]:
    wanted = [row for row in rows if states is None or row.stand.state in states]
    end = None if limit is None else offset + limit
    return _sorted(wanted)[offset:end], len(wanted)


def _sorted(rows: Sequence[Row]) -> list[Row]:
    """The worst first, and of these the longest."""

    def order(row: Row) -> tuple[int, datetime, UUID, int]:
        stand = row.stand
        return WORST.index(stand.state), stand.since, row.subject, stand.item

    return sorted(rows, key=order)


def _law() -> Law:
    """Return the versions; raise Refused where none is published yet."""
    law = versions.law()
    if not law:
        raise Refused(_("No version of the SOP is published yet."))
    return law


def _fraction(of: Fraction) -> list[int]:
    return [of.numerator, of.denominator]


def _text(of: Text | None) -> dict[str, str] | None:
    return {"id": of.id, "en": of.en} if of else None


def every(
    *, as_of: datetime | None = None, known_at: datetime | None = None, now: datetime
) -> list[dict[str, Any]]:
    """Explain every control that counts at that moment, in the order of the SOP."""
    law, t = _law(), as_of or now
    sop = next((one for one in reversed(law) if one.since <= t), law[0]).sop
    return [
        explain(control.id, as_of=as_of, known_at=known_at, now=now)
        for control in sop.controls.values()
        if control.active
    ]
