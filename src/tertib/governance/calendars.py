"""The calendar of the SOP in force, year by year: what it says, and whether somebody confirmed it.

Holidays are frozen when a version is published, and what the government decides later is not in
them. So each year is looked at once by a person: until then its promises may be counted wrongly.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from tertib.governance.models import ConfirmedYear
from tertib.lib import limits
from tertib.lib.limits import Calendar, Period, Windows
from tertib.people.models import Site
from tertib.sop import holidays, versions
from tertib.sop.format import Sop
from tertib.sop.header import YEARS
from tertib.sop.models import Version
from tertib.sop.rewriting import periods, window_words

COUNTRY = "ID"
ASKED_FROM = 11  # the month in which the next year is asked for: its decree is out by then


@dataclass(frozen=True)
class Span:
    """Some days with hours of their own: Ramadan."""

    name: str
    first: date
    last: date
    hours: Sequence[tuple[int, Sequence[str]]]  # weekday, windows


@dataclass(frozen=True)
class Year:
    year: int
    digest: str
    known: bool  # the version in force has holidays for it
    days: Sequence[tuple[date, str]]  # free ones, with the name of each
    spans: Sequence[Span]
    ramadan: tuple[date, date] | None  # as expected, unless it is over
    confirmed: ConfirmedYear | None

    @property
    def ramadan_told(self) -> bool:
        """Whether some special hours cover the expected Ramadan."""
        if not self.ramadan:
            return True
        middle = self.ramadan[0] + (self.ramadan[1] - self.ramadan[0]) / 2
        return any(span.first <= middle <= span.last for span in self.spans)


@dataclass(frozen=True)
class Place:
    """How the hours are at a site just now."""

    site: Site
    open: bool
    windows: Sequence[str]  # of today, in its own time


def years(now: datetime, language: str) -> list[Year]:
    """Return this year, the next one, and what else the version in force knows."""
    sop = versions.current(now)
    version = Version.objects.only("text", "effective_from").get(name=sop.version)
    today = now.astimezone(ZoneInfo(sop.timezone)).date()
    this = today.year
    last = max(version.effective_from.year + YEARS - 1, this + 1)
    found = {(row.year, row.digest): row for row in ConfirmedYear.objects.select_related("by")}
    names = [one.get("name", "") for one in periods(version.text)]
    spans = [
        Span(
            name,
            period.first,
            period.last,
            [(day, shown(windows, language)) for day, windows in enumerate(period.week) if windows],
        )
        for name, period in zip(names, sop.calendar.periods, strict=True)
    ]
    told = []
    for year in range(this, last + 1):
        said = digest(sop.calendar, year)
        called = holidays.named(COUNTRY, year, language)
        free = sorted(day for day in sop.calendar.holidays if day.year == year)
        told.append(
            Year(
                year=year,
                digest=said,
                known=bool(free),
                days=[(day, called.get(day, "")) for day in free],
                spans=[span for span in spans if span.first.year <= year <= span.last.year],
                ramadan=ahead if (ahead := holidays.ramadan(year)) and ahead[1] >= today else None,
                confirmed=found.get((year, said)),
            )
        )
    return told


def digest(calendar: Calendar, year: int) -> str:
    """Return the digest of what a calendar says of a year, the ordinary hours included."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    told: list[object] = [
        [window_words(windows) for windows in calendar.week],
        sorted(day.isoformat() for day in calendar.holidays if day.year == year),
        sorted(
            [day.isoformat(), window_words(windows)]
            for day, windows in calendar.special_days.items()
            if day.year == year
        ),
        [
            [one.first.isoformat(), one.last.isoformat(), [window_words(w) for w in one.week]]
            for one in calendar.periods
            if one.first <= last and first <= one.last
        ],
    ]
    return sha256(json.dumps(told).encode()).hexdigest()


def shown(windows: Windows, language: str) -> list[str]:
    """Return windows as a page shows them: 08.00-17.00 in Indonesian."""
    told = window_words(windows)
    return [one.replace(":", ".") for one in told] if language == "id" else told


def places(now: datetime, calendar: Calendar, language: str) -> list[Place]:
    """Return how each site is today: its windows, and whether one of them is open."""
    found = []
    for site in Site.objects.order_by("name"):
        local = now.astimezone(ZoneInfo(site.zone))
        windows = calendar.windows(local.date())
        since = timedelta(hours=local.hour, minutes=local.minute, seconds=local.second)
        is_open = any(opens <= since < closes for opens, closes in windows)
        found.append(Place(site, is_open, shown(windows, language)))
    return found


def week(calendar: Calendar, language: str) -> Mapping[int, Sequence[str]]:
    return {day: shown(windows, language) for day, windows in enumerate(calendar.week)}


def wanted(now: datetime) -> list[tuple[int, str, datetime]]:
    """Return the years that have to be confirmed by now: year, digest, and until when.

    Nothing before a version is approved: an empty installation opens no work (decision 10).
    """
    if not versions.law() or versions.provisional(now):
        return []
    sop = versions.current(now)
    zone = ZoneInfo(sop.timezone)
    today = now.astimezone(zone).date()
    asked = [today.year, *([today.year + 1] if today.month >= ASKED_FROM else [])]
    said = set(ConfirmedYear.objects.filter(year__in=asked).values_list("year", "digest"))
    found = []
    for year in asked:
        wants = digest(sop.calendar, year)
        if (year, wants) not in said:
            soon = limits.midnight(today + timedelta(days=15), zone)
            found.append((year, wants, max(soon, limits.midnight(date(year, 1, 1), zone))))
    return found


def coming(calendar: Calendar, today: date) -> Period | None:
    """Return the hours of some days that are on or come next: Ramadan, where it is known."""
    return next((one for one in calendar.periods if one.last >= today), None)


def identity(year: int, digest: str) -> UUID:
    """Return the identity of the work that asks for a year as it is said now."""
    return uuid5(NAMESPACE_URL, f"tertib:calendar:{year}:{digest}")


def text_of(sop: Sop) -> tuple[str, str]:
    """Return the file of a version and its source text."""
    return Version.objects.values_list("text", "source_text").get(name=sop.version)
