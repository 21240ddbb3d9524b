"""The calendar: confirmed year by year, and changed by a version that changes nothing else."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tertib.audit.actions import note
from tertib.evidence.subjects import ORGANISATION
from tertib.governance import calendars, deciding
from tertib.governance.actions.versions import publish_version
from tertib.governance.models import ConfirmedYear
from tertib.governance.rules import same_days
from tertib.lib.errors import Refused
from tertib.lib.limits import Calendar, Period, Windows
from tertib.people.models import Site, User
from tertib.sop import canonical, versions
from tertib.sop.format import Sop
from tertib.sop.models import Version
from tertib.sop.rewriting import (
    WEEK,
    NotBlocksError,
    next_name,
    periods,
    window_words,
    with_calendar,
)
from tertib.work import actions as work
from tertib.work.models import Item

CALENDAR = "calendar"  # the kind of the work that asks for a year


@transaction.atomic
def confirm_year(year: int, digest: str, *, by: User, now: datetime) -> bool:
    """Say that what the version in force says of a year is right. False: that was said already.

    A deputy may whom that work was handed to: it has a date, which an absence outlasts. Raise
    Refused if it says something else by now than what that person has seen.
    """
    right = may_confirm(year, digest, by, now=now)
    if not right.may:
        sop = versions.current(now)
        name = sop.roles[_role(sop)].name.words(get_language())
        raise Refused(_("Only who holds the role %(role)s decides about this.") % {"role": name})
    if digest != calendars.digest(versions.current(now).calendar, year):
        raise Refused(_("The calendar has changed meanwhile. Look at it once more."))
    made, is_new = ConfirmedYear.objects.get_or_create(
        year=year, digest=digest, defaults={"by": by, "at": now}
    )
    if is_new:
        note(
            "confirm_year",
            ORGANISATION,
            actor=by.uuid,
            now=now,
            year=(None, made.year),
            for_whom=right.for_whom,
        )
        work.close_matter(CALENDAR, calendars.identity(year, digest), by=by, now=now, done=True)
    return is_new


def may_confirm(year: int, digest: str, person: User, *, now: datetime) -> deciding.Right:
    """Return whether that person says that a year is right, and for whom."""
    role, matter = _role(versions.current(now)), calendars.identity(year, digest)
    return deciding.right(person, role, matter=matter, now=now)


def propose_calendar(
    *,
    effective_from: date,
    week: Sequence[Windows],
    holidays: Collection[date],
    ramadan: Period | None,
    by: User,
    now: datetime,
) -> Version:
    """Publish a version that changes only the calendar; management approves it like any other.

    Nobody acknowledges it again: it keeps in force what it carries on (decision 36). ramadan: in
    place of the period that `calendars.coming` tells. Raise Refused if each day would be as before.
    """
    sop = versions.current(now)
    today = now.astimezone(ZoneInfo(sop.timezone)).date()
    text, source = calendars.text_of(sop)
    replaced = calendars.coming(sop.calendar, today)
    told = zip(periods(text), sop.calendar.periods, strict=True)
    kept = [(one, span) for one, span in told if span is not replaced]
    spans = [span for _written, span in kept] + ([ramadan] if ramadan else [])
    wanted = Calendar(week, frozenset(holidays), spans, sop.calendar.special_days)
    if same_days(sop.calendar, wanted, since=effective_from):
        raise Refused(_("Nothing would change: these hours and free days hold already."))
    written = [one for one, _span in kept]
    if ramadan:
        hours = dict(zip(WEEK, map(window_words, ramadan.week), strict=True))
        days = {"from": ramadan.first, "until": ramadan.last}
        written.append({"name": "Ramadan", **days, "hours": hours})
    taken = list(Version.objects.values_list("name", flat=True))
    try:
        new = with_calendar(
            text,
            version=next_name(sop.version, taken),
            effective_from=effective_from,
            week=week,
            holidays=holidays,
            periods=written,
        )
    except NotBlocksError as error:
        raise Refused(
            _("This SOP file is not written in blocks. Change the calendar in it and upload it.")
        ) from error
    before, after = (
        canonical.without_calendar(canonical.content(one, sop.calendar.holidays))
        for one in (text, new)
    )
    if before != after:
        raise Refused(_("More than the calendar would change. Upload the file instead."))
    return publish_version(new, source, author=by.uuid, now=now)


@transaction.atomic
def ask_for_years(*, now: datetime) -> int:
    """Open work for the years that nobody has confirmed yet; end that of years said otherwise."""
    asked = calendars.wanted(now)
    uuids = [calendars.identity(year, digest) for year, digest, _due in asked]
    gone = Item.objects.open().filter(matter=CALENDAR).exclude(matter_uuid__in=uuids)
    for uuid in gone.values_list("matter_uuid", flat=True):
        if uuid:
            work.close_matter(CALENDAR, uuid, by=None, now=now, done=False)
    site = Site.objects.order_by("pk").first()
    if site is None:
        return 0
    return sum(_ask(year, digest, due_by, site, now) for year, digest, due_by in asked)


def _ask(year: int, digest: str, due_by: datetime, site: Site, now: datetime) -> bool:
    matter = work.Matter(
        kind=CALENDAR,
        uuid=calendars.identity(year, digest),
        title=lambda: _("Confirm holidays and Ramadan hours of %(year)s") % {"year": year},
        due_by=due_by,
        site=site,
        role=_role(versions.current(now)),
        look=Item.Look.REVIEW,
    )
    return work.open_matter(matter, by=None, now=now)


def _role(sop: Sop) -> str:
    """Return whose the calendar is."""
    return "kepala_ti" if "kepala_ti" in sop.roles else sop.approve_by
