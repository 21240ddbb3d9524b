"""Working hours and holidays: what holds, whether somebody confirmed it, and changing it."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tertib.access.decorators import needs
from tertib.evidence import ledger
from tertib.governance import actions, calendars, pages
from tertib.governance.forms_calendar import CalendarForm
from tertib.lib.errors import Refused
from tertib.lib.limits import Period
from tertib.people.models import PersonRequest, User
from tertib.sop import holidays, versions
from tertib.sop.format import Sop
from tertib.sop.header import YEARS
from tertib.sop.models import Version
from tertib.sop.rewriting import WEEK, window_words
from tertib.ui.rules import DAYS, known

HERE = {"here": "settings", "section": "calendar"}


@needs("settings.read")
@require_safe
def calendar(request: PersonRequest) -> HttpResponse:
    now, language = ledger.now(), known(get_language())
    sop = versions.current(now)
    asked = sorted({year for year, _digest, _due in calendars.wanted(now)})
    years, hours = calendars.years(now, language), calendars.week(sop.calendar, language)
    waiting = [
        one
        for one in Version.objects.filter(approved_at=None, withdrawn_at=None, is_first=False)
        if pages.standing(one, now) == "waiting"
    ]
    context = {
        **HERE,
        "now": now,
        "sop": sop,
        "week": [(DAYS[language][n], told) for n, told in hours.items()],
        "places": calendars.places(now, sop.calendar, language),
        "years": years,
        "asked": asked,
        "days": DAYS[language],
        "waiting": waiting,
        "may_edit": request.user.may("sop.edit", now=now),
        "may_confirm": _confirmable(years, request.user, now),
    }
    return render(request, "governance/calendar.html", context)


def _confirmable(years: list[calendars.Year], person: User, now: datetime) -> set[int]:
    """Return the years of which that person may say that they are right."""
    if not person.may("calendar.confirm", now=now):
        return set()
    asked = [one for one in years if one.known and not one.confirmed]
    return {
        one.year for one in asked if actions.may_confirm(one.year, one.digest, person, now=now).may
    }


@needs("calendar.confirm")
@require_POST
def confirm(request: PersonRequest, year: int) -> HttpResponse:
    digest = request.POST.get("digest", "")
    actions.confirm_year(year, digest, by=request.user, now=ledger.now())
    return redirect("governance:calendar")


@needs("sop.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: PersonRequest) -> HttpResponse:
    """Write another calendar; it becomes a version that waits for management."""
    now, language = ledger.now(), known(get_language())
    sop = versions.current(now)
    if request.method == "POST":
        form = CalendarForm(request.POST, language=language)
        if form.is_valid():
            try:
                made = _propose(form, request, now)
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                return redirect("governance:version", made.uuid)
    else:
        form = CalendarForm(initial=_initial(sop, now), language=language)
    context = {**HERE, "form": form, "now": now}
    status = 422 if form.errors else 200
    return render(request, "governance/change_calendar.html", context, status=status)


def _propose(form: CalendarForm, request: PersonRequest, now: datetime) -> Version:
    told = form.cleaned_data
    return actions.propose_calendar(
        effective_from=told["effective_from"],
        week=form.week,
        holidays=told["holidays"],
        ramadan=Period(told["first"], told["last"], form.ramadan_week) if told["first"] else None,
        by=request.user,
        now=now,
    )


def _initial(sop: Sop, now: datetime) -> dict[str, Any]:
    """Return the form as it is in force, with the days of the years that it does not know yet."""
    today = now.astimezone(ZoneInfo(sop.timezone)).date()
    free = set(sop.calendar.holidays)
    unknown = {today.year + n for n in range(YEARS)} - {day.year for day in free}
    free |= set(holidays.resolve(calendars.COUNTRY, unknown, collective_leave=True))
    told: dict[str, Any] = {
        "effective_from": today + timedelta(days=1),
        "holidays": "\n".join(day.isoformat() for day in sorted(free) if day.year >= today.year),
    }
    for day, windows in zip(WEEK, sop.calendar.week, strict=True):
        told[f"hours_{day}"] = ", ".join(window_words(windows))
    coming = calendars.coming(sop.calendar, today)
    expected = (holidays.ramadan(year) for year in (today.year, today.year + 1))
    if coming:
        told |= {"first": coming.first, "last": coming.last}
        for day, windows in zip(WEEK, coming.week, strict=True):
            told[f"ramadan_{day}"] = ", ".join(window_words(windows))
    elif ahead := next((span for span in expected if span and span[1] >= today), None):
        told |= {"first": ahead[0], "last": ahead[1]}
        for day, windows in zip(WEEK, sop.calendar.week, strict=True):
            told[f"ramadan_{day}"] = ", ".join(window_words(windows))
    return told
