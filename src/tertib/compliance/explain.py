"""Why a control stands as it does: its numbers, and each subject or item with its record.

The same object for the command line, the API and the page. What it rests on is read by `found`,
for as many controls as are asked for at once.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from tertib.compliance import found as finding
from tertib.compliance import rows
from tertib.compliance.board import Board, Read
from tertib.compliance.found import Found, Wanted
from tertib.compliance.routes import Law
from tertib.evidence import seals, subjects
from tertib.lib.errors import Refused, Unknown
from tertib.sop import versions
from tertib.sop.format import Control, InForce, OfItems, Text


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
    """Return how and why one control stood: `several`, of one."""
    return several(
        [control_id],
        as_of=as_of,
        known_at=known_at,
        now=now,
        states=states,
        limit=limit,
        offset=offset,
    )[control_id]


def several(
    control_ids: Iterable[str],
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    now: datetime,
    states: Collection[str] | None = None,
    limit: int | None = None,
    offset: int = 0,
    otherwise: Collection[str] = (),
    read: Read | Board | None = None,
) -> dict[str, dict[str, Any]]:
    """Return how and why each control stood at `as_of`, by what was known at `known_at`.

    Instants are aware datetimes, fractions are [numerator, denominator]. `states`, `limit` and
    `offset` choose rows of each control, `otherwise` the states where it has none in `states`.
    As many queries for five controls as for one. `computed_at`: all that fell due before then is
    judged; `final`: what was known at known_at can no longer change. Raise Refused for a moment
    that has not come, or a control that the version in force then does not count.
    """
    t, k = as_of or now, known_at or now
    if t > now or k > now:
        raise Refused(_("That moment has not come yet; the forecast tells what is due."))
    law = _law()
    in_force = _in_force(law, t)
    forms = [_form(in_force, control_id) for control_id in control_ids]
    wanted = Wanted(states, limit, offset, otherwise)
    if t == now and known_at in (None, now):
        found = finding.now(forms, in_force, law, now, wanted, read)
    else:
        found = finding.then(forms, in_force, law, t, known_at, wanted, now=now)
    return _told(forms, in_force, found, t, k, seals.final(k, now))


def every(
    *, as_of: datetime | None = None, known_at: datetime | None = None, now: datetime
) -> list[dict[str, Any]]:
    """Explain every control that counts at that moment, in the order of the SOP."""
    sop = _in_force(_law(), as_of or now).sop
    active = [control.id for control in sop.controls.values() if control.active]
    return list(several(active, as_of=as_of, known_at=known_at, now=now).values())


def _told(
    forms: Sequence[Control],
    in_force: InForce,
    found: finding.All,
    t: datetime,
    k: datetime,
    final: bool,
) -> dict[str, dict[str, Any]]:
    of = found.by_control
    everybody = [row for one in of.values() for row in one.rows]
    granted = [w for id_ in of for w in found.waivers.get(id_, ()) if w.began_at <= t]
    whom = {row.subject for row in everybody}
    whom |= {waiver.subject for waiver in granted if isinstance(waiver.subject, UUID)}
    names = subjects.known(whom)
    facts = rows.facts(everybody, found.facts)
    waived = rows.waivers(granted, names)
    told: dict[str, dict[str, Any]] = {}
    for one in forms:
        mine, of_control = of[one.id], waived.get(one.id, [])
        shown = rows.lines(one, mine.rows, of_control, names, facts, found.late)
        told[one.id] = {
            **_head(one, in_force, mine, t, k),
            "final": final,
            "waivers": [waiver for waiver in of_control if waiver["until"] > t],
            "items" if isinstance(one, OfItems) else "subjects": shown,
            "total": mine.total,
            **({"clauses": list(map(list, mine.clauses))} if mine.clauses else {}),
            "work_lines": [line for line in shown if rows.is_work(line)] if mine.ever else [],
        }
    return told


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
        "computed_at": found.computed_at,
        "sop_version": in_force.sop.version,
        "state": scored.state,
        "numerator": scored.numerator,
        "denominator": scored.denominator,
        "counts": dict(scored.counts),
        "share": list(scored.share) if scored.share else None,
        "raw": _fraction(scored.raw),
        "adjusted": _fraction(scored.adjusted),
        "reached": scored.reached,
        "alive": alive,
        "claimed": found.claimed,
        "ever": found.ever,
        "next_transition_at": found.next_at,
    }


def _law() -> Law:
    """Return the versions; raise Refused where none is published yet."""
    law = versions.law()
    if not law:
        raise Refused(_("No version of the SOP is published yet."))
    return law


def _in_force(law: Law, t: datetime) -> InForce:
    return next((one for one in reversed(law) if one.since <= t), law[0])


def _form(in_force: InForce, control_id: str) -> Control:
    one = in_force.sop.controls.get(control_id)
    if one is None or not one.active:
        raise Unknown(
            _("Version %(version)s of the SOP counts no control %(control)s.")
            % {"version": in_force.sop.version, "control": control_id}
        )
    return one


def _fraction(of: Fraction) -> list[int]:
    return [of.numerator, of.denominator]


def _text(of: Text | None) -> dict[str, str] | None:
    return {"id": of.id, "en": of.en} if of else None
