"""How clauses and controls stand, and why: for machines, in English.

`GET /api/v1/controls/{id}/explain` tells the same object as the page and the command line.
"""

from datetime import datetime
from fractions import Fraction
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema

from tertib.access.api import REFUSALS, Wrong, scope
from tertib.compliance import board, explain
from tertib.compliance.board import Board, ClauseNow, ControlNow
from tertib.evidence import ledger
from tertib.lib.errors import Refused, Unknown
from tertib.sop import versions

router = Router(tags=["compliance"])
READ = scope("compliance.read")

type State = Literal["compliant", "due_soon", "lapsed", "no_data", "waived", "pending"]
type Part = tuple[int, int]  # numerator, denominator
type Moment = Annotated[
    datetime | None,
    Query(description="ISO 8601 with its offset, such as 2026-01-05T09:00:00+07:00; none: now"),
]


class Title(Schema):
    id: str
    en: str


class ControlStands(Schema):
    """A control in a list. share: of time, where it judges shares; ever: it had any evidence."""

    control: str
    clause: str
    kind: str
    title: Title | None
    state: State
    numerator: int
    denominator: int
    counts: dict[State, int]
    share: Part | None
    raw: Part
    adjusted: Part
    reached: bool
    claimed: bool
    ever: bool
    since: datetime | None


class ClauseStands(Schema):
    clause: str
    title: Title
    state: State
    score: Part
    adjusted: Part
    met: bool
    controls: list[ControlStands]


class Stands(Schema):
    """The headline is `met` of `counted`. provisional: why the version is; none: it is approved."""

    as_of: datetime
    known_at: datetime | None
    computed_at: datetime
    sop_version: str
    provisional: str | None
    met: int
    counted: int
    clauses: list[ClauseStands]


class Controls(Schema):
    as_of: datetime
    known_at: datetime | None
    sop_version: str
    results: list[ControlStands]


@router.get("/clauses", auth=READ, response={200: Stands, **REFUSALS}, url_name="clauses")
def list_clauses(
    request: HttpRequest, as_of: Moment = None, known_at: Moment = None
) -> dict[str, Any]:
    """Tell the headline and every clause, at as_of by what was known at known_at."""
    whole = _board(as_of, known_at)
    return {
        "as_of": whole.as_of,
        "known_at": whole.known_at,
        "computed_at": whole.computed_at,
        "sop_version": whole.sop.version,
        "provisional": whole.provisional,
        "met": whole.met,
        "counted": whole.counted,
        "clauses": [_clause(one) for one in whole.clauses],
    }


@router.get(
    "/clauses/{clause_id}",
    auth=READ,
    response={200: ClauseStands, 404: Wrong, **REFUSALS},
    url_name="clause",
)
def get_clause(
    request: HttpRequest, clause_id: str, as_of: Moment = None, known_at: Moment = None
) -> dict[str, Any]:
    """Tell how one clause stands. A clause that the version in force does not have is a 404."""
    for one in _board(as_of, known_at).clauses:
        if one.clause.id == clause_id:
            return _clause(one)
    raise Unknown(f"The SOP has no clause {clause_id}.")


@router.get("/controls", auth=READ, response={200: Controls, **REFUSALS}, url_name="controls")
def list_controls(
    request: HttpRequest,
    state: State | None = None,
    as_of: Moment = None,
    known_at: Moment = None,
) -> dict[str, Any]:
    """List the controls that count, in the order of the SOP; with `state`, those that stand so."""
    whole = _board(as_of, known_at)
    return {
        "as_of": whole.as_of,
        "known_at": whole.known_at,
        "sop_version": whole.sop.version,
        "results": [_control(one) for one in whole.controls.values() if state in (None, one.state)],
    }


@router.get(
    "/controls/{control_id}/explain",
    auth=READ,
    response={200: dict[str, Any], 404: Wrong, **REFUSALS},
    url_name="explain",
)
def explain_control(
    request: HttpRequest, control_id: str, as_of: Moment = None, known_at: Moment = None
) -> dict[str, Any]:
    """Say how a control stood at as_of (default now) by what was known at known_at, and why.

    A moment that has not come is a 422, a control that did not count a 404.
    """
    _with_offset(as_of, known_at)
    return explain.explain(control_id, as_of=as_of, known_at=known_at, now=ledger.now())


def _board(as_of: datetime | None, known_at: datetime | None) -> Board:
    _with_offset(as_of, known_at)
    if not versions.law():
        raise Refused("No version of the SOP is published yet.")
    now = ledger.now()
    t, k = as_of or now, known_at or now
    if t > now or k > now:
        raise Refused("That moment has not come yet; the forecast tells what is due.")
    return board.board(now) if t == now and known_at is None else board.at(t, known_at, now=now)


def _with_offset(*moments: datetime | None) -> None:
    if any(at is not None and at.tzinfo is None for at in moments):
        raise Refused("An instant needs an offset, such as +07:00 or Z.")


def _clause(one: ClauseNow) -> dict[str, Any]:
    return {
        "clause": one.clause.id,
        "title": {"id": one.clause.title.id, "en": one.clause.title.en},
        "state": one.state,
        "score": _part(one.score),
        "adjusted": _part(one.adjusted),
        "met": one.met,
        "controls": [_control(control) for control in one.controls],
    }


def _control(one: ControlNow) -> dict[str, Any]:
    title = one.control.title
    return {
        "control": one.control.id,
        "clause": one.clause_id,
        "kind": one.control.kind,
        "title": {"id": title.id, "en": title.en} if title else None,
        "state": one.state,
        "numerator": one.numerator,
        "denominator": one.denominator,
        "counts": dict(one.counts),
        "share": one.share,
        "raw": _part(one.raw),
        "adjusted": _part(one.adjusted),
        "reached": one.reached,
        "claimed": one.claimed,
        "ever": one.ever,
        "since": one.since,
    }


def _part(of: Fraction) -> Part:
    return of.numerator, of.denominator
