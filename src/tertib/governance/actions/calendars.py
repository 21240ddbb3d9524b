"""The calendar: confirmed year by year, and changed by a version that changes nothing else."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tertib.audit.actions import note
from tertib.evidence.subjects import ORGANISATION
from tertib.governance import calendars
from tertib.governance.actions.versions import publish_version
from tertib.governance.models import ConfirmedYear
from tertib.lib.errors import Refused
from tertib.lib.limits import Windows
from tertib.people.models import Site, User
from tertib.sop import canonical, versions
from tertib.sop.models import Version
from tertib.sop.rewriting import NotBlocksError, next_name, with_calendar
from tertib.work import actions as work
from tertib.work.models import Item

CALENDAR = "calendar"  # the kind of the work that asks for a year


@transaction.atomic
def confirm_year(year: int, digest: str, *, by: User, now: datetime) -> bool:
    """Say that what the version in force says of a year is right. False: that was said already.

    Raise Refused if it says something else by now than what that person has seen.
    """
    if digest != calendars.digest(versions.current(now).calendar, year):
        raise Refused(_("The calendar has changed meanwhile. Look at it once more."))
    made, is_new = ConfirmedYear.objects.get_or_create(
        year=year, digest=digest, defaults={"by": by, "at": now}
    )
    if is_new:
        note("confirm_year", ORGANISATION, actor=by.uuid, now=now, year=(None, made.year))
        work.close_matter(CALENDAR, calendars.identity(year, digest), by=by, now=now, done=True)
    return is_new


def propose_calendar(
    *,
    effective_from: date,
    week: Sequence[Windows],
    holidays: Collection[date],
    periods: Sequence[Mapping[str, Any]],
    by: User,
    now: datetime,
) -> Version:
    """Publish a version that changes only the calendar; management approves it like any other.

    Nobody acknowledges it again: it keeps in force what it carries on (decision 36).
    """
    sop = versions.current(now)
    text, source = calendars.text_of(sop)
    taken = list(Version.objects.values_list("name", flat=True))
    try:
        new = with_calendar(
            text,
            version=next_name(sop.version, taken),
            effective_from=effective_from,
            week=week,
            holidays=holidays,
            periods=periods,
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
    sop = versions.current(now)
    role = "kepala_ti" if "kepala_ti" in sop.roles else sop.approve_by
    matter = work.Matter(
        kind=CALENDAR,
        uuid=calendars.identity(year, digest),
        title=lambda: _("Confirm holidays and Ramadan hours of %(year)s") % {"year": year},
        due_by=due_by,
        site=site,
        role=role,
        look=Item.Look.REVIEW,
    )
    return work.open_matter(matter, by=None, now=now)
