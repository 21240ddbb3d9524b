from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from tertib.access import policy
from tertib.access.decorators import needs
from tertib.compliance import board, forecast, history, pages, panel, words
from tertib.compliance.forms import MomentForm
from tertib.evidence import ledger, vocabulary
from tertib.lib.errors import Refused
from tertib.people.models import PersonRequest
from tertib.sop import versions
from tertib.sop.format import Absence, Clause
from tertib.ui import links, panels

QUARTER = [timedelta(days=days) for days in range(92, -1, -4)]  # the score's line, oldest first
WEEK = timedelta(days=7)
RECENT = [timedelta(days=days) for days in range(28, -1, -4)]  # the eight points of a clause
PAGE = 50


@needs("sop.read")
@require_safe
def home(request: PersonRequest) -> HttpResponse:
    """Beranda. Asked again by htmx every five seconds: 204 while nothing has changed.

    Who sees only their own work finds what waits for them, and no board.
    """
    if not request.user.may("work.read", now=timezone.now()):
        return _portal(request)
    polled, cursor = "HX-Request" in request.headers, board.cursor()
    if polled and request.GET.get("cursor") == cursor:
        return HttpResponse(status=204)
    now = ledger.now()
    current = board.board(now, since=False)
    *line, last_week = history.headline([*(now - ago for ago in QUARTER), now - WEEK], current.read)
    acting = pages.actions(current)
    empty = pages.untouched(current)
    if empty:  # what has no evidence yet is told as a step; what is broken by then is told first
        acting = [action for action in acting if action.now.state == "lapsed"]
    context = {
        "here": "home",
        "now": now,
        "board": current,
        "cursor": cursor,
        "behind": _behind(current.computed_at, now),
        "chapters": [chapter for chapter in pages.chapters(current) if chapter.cells],
        "tally": pages.tally(current),
        "line": line,
        "change": current.met - last_week,
        "actions": pages.with_work(acting[: pages.ACTIONS]),
        "lowering": len(acting),
        "steps": _first_steps(request, current, now) if empty else [],
        "coming": pages.coming(current, forecast.coming(now, limit=20)),
        "panels": [] if polled else list(panels.about("home", request.user.uuid, now)),
    }
    return _vary(render(request, f"compliance/home.html{'#live' if polled else ''}", context))


def _first_steps(
    request: PersonRequest, current: board.Board, now: datetime
) -> list[tuple[tuple[tuple[str, str], ...], list[pages.First]]]:
    """Return what to begin with, gathered by where this person begins it: (label, URL)."""
    permissions = request.user.permissions(now=now)
    doors: dict[tuple[tuple[str, str], ...], list[pages.First]] = {}
    for step in pages.first_steps(current, vocabulary.claimed()):
        doors.setdefault(tuple(links.offered("evidence", step.kind, permissions)), []).append(step)
    closed = [((), [step]) for step in doors.pop((), [])]  # somebody else begins these
    return [*doors.items(), *closed]


def _portal(request: PersonRequest) -> HttpResponse:
    now = ledger.now()
    context = {
        "here": "home",
        "now": now,
        "company": request.user.company,
        "panels": list(panels.about("portal", request.user.uuid, now)),
    }
    return render(request, "compliance/portal.html", context)


@needs("sop.read")
@require_safe
def sop(request: PersonRequest) -> HttpResponse:
    """Show the SOP's own text with its status in the margin.

    ?buka=4.1.1b opens a clause without a script, ?hanya=bermasalah leaves out what is well.
    """
    now = ledger.now()
    opened = request.GET.get("buka", "")
    clause = next((one for one in versions.current(now).clauses if one.id == opened), None)
    asked = [control.id for control in clause.active] if clause else ()
    current = board.board(now, since=False, asked=asked)
    only_troubled = request.GET.get("hanya") == "bermasalah"
    shown = [pages.shown(clause).control.id for clause in current.clauses]
    sparks = history.series(shown, [now - ago for ago in RECENT], current.read)
    context = {
        "here": "sop",
        "now": now,
        "board": current,
        "company": request.user.company,
        "behind": _behind(current.computed_at, now),
        "chapters": pages.chapters(current),
        "parts": pages.parts(current, sparks, only_troubled=only_troubled),
        "only_troubled": only_troubled,
        "opened": opened,
        "clause": clause,
        **(_why(request, clause, now, read=current) if clause else {}),
    }
    return render(request, "compliance/sop.html", context)


@needs("sop.read")
@require_safe
def clause(request: PersonRequest, clause_id: str) -> HttpResponse:
    """Show one clause with its records, at any moment; to htmx only the panel of the SOP page."""
    now = ledger.now()
    found = _find(clause_id, now)
    if "HX-Request" in request.headers:
        context = {"now": now, "clause": found, **_why(request, found, now)}
        return _vary(render(request, "compliance/_why.html", context))
    form, as_of, known_at = _moment(request)
    active = [control.id for control in found.active]
    read = None if as_of else board.read(now, versions.law(), active)
    try:
        why = _why(request, found, now, as_of=as_of, known_at=known_at, read=read)
    except Refused as refused:
        form.add_error(None, str(refused))
        as_of = known_at = read = None
        why = _why(request, found, now)
    current = versions.current(now)
    context = {
        "here": "sop",
        "now": now,
        "clause": found,
        "state": panel.clause_state(why["panels"]),
        "form": form,
        "as_of": as_of,
        "known_at": known_at,
        **why,
        "responsible": words.role(current, found.responsible),
        "accountable": words.role(current, found.accountable),
        "times": panel.times(history.time_in_compliance(active, until=as_of or now, read=read)),
    }
    return _vary(render(request, "compliance/clause.html", context))


@needs("sop.read")
@require_safe
def evidence(request: PersonRequest, clause_id: str, control_id: str) -> HttpResponse:
    """List what is as it should be, or with ?keadaan=… what is in another state."""
    now = ledger.now()
    found = _find(clause_id, now)
    control = next((c for c in found.active if c.id == control_id), None)
    if control is None:
        raise Http404
    _, as_of, known_at = _moment(request)
    page = max(_number(request.GET.get("halaman")), 1)
    wanted = request.GET.get("keadaan", "")
    usual = panel.STATES if isinstance(control, Absence) else pages.GOOD
    states = (wanted,) if wanted in panel.STATES else usual
    (shown,) = panel.panels(
        [control],
        versions.current(as_of or now),
        now=now,
        as_of=as_of,
        known_at=known_at,
        states=states,
        limit=PAGE,
        offset=(page - 1) * PAGE,
        may=_may(request, now),
    )
    context = {
        "here": "sop",
        "now": now,
        "clause": found,
        "panel": shown,
        "as_of": as_of,
        "known_at": known_at,
        "final": shown.told["final"],
        "behind": _behind(shown.told["computed_at"], as_of or now),
        "wanted": wanted,
        "page": page,
        "last": max(-(-shown.total // PAGE), 1),
    }
    return render(request, "compliance/evidence.html", context)


def _find(clause_id: str, now: datetime) -> Clause:
    sop = versions.current(now)
    found = next((clause for clause in sop.clauses if clause.id == clause_id), None)
    if found is None:
        raise Http404
    return found


def _why(
    request: PersonRequest,
    clause: Clause,
    now: datetime,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    read: board.Read | board.Board | None = None,
) -> dict[str, Any]:
    may = _may(request, now)
    sop = versions.current(as_of or now)
    panels = panel.why(
        clause.active, sop, now=now, as_of=as_of, known_at=known_at, read=read, may=may
    )
    if as_of is None and known_at is None and "work.read" in may:
        panels = panel.with_work(panels)
    asked = {name: request.GET[name] for name in ("pada", "diketahui") if request.GET.get(name)}
    return {
        "panels": panels,
        "final": all(one.told["final"] for one in panels),
        "behind": _behind(min(one.told["computed_at"] for one in panels), as_of or now),
        "silent": panel.silent(panels),
        "moment": urlencode(asked) if as_of or known_at else "",
    }


def _may(request: PersonRequest, now: datetime) -> frozenset[str]:
    """Return what the person's own roles open: whose deputy one is opens no record."""
    return policy.permissions(request.user.roles(now=now))


def _behind(computed_at: datetime, now: datetime) -> datetime | None:
    """Return since when more has fallen due than the page could judge. None: nothing has."""
    return computed_at if computed_at < now else None


def _moment(request: PersonRequest) -> tuple[MomentForm, datetime | None, datetime | None]:
    asked = "pada" in request.GET or "diketahui" in request.GET
    form = MomentForm(request.GET if asked else None, label_suffix="")
    if not asked or not form.is_valid():
        return form, None, None
    return form, form.cleaned_data["pada"], form.cleaned_data["diketahui"]


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 0


def _vary(response: HttpResponse) -> HttpResponse:
    patch_vary_headers(response, ["HX-Request"])  # the same address answers in two forms
    return response
