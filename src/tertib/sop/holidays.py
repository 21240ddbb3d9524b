"""Which days are free in a country, with collective leave. Asked once, when a version is published.

What the library says of a later year may change with its next release: a version keeps the dates.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import holidays
from holidays.calendars.islamic import _IslamicLunar

COLLECTIVE = {"ID": "government"}  # the library's category of cuti bersama


def resolve(country: str, years: Iterable[int], *, collective_leave: bool) -> Collection[date]:
    """Return the free days of these years. Raise LookupError if the country is unknown."""
    if country not in holidays.list_supported_countries(include_aliases=False):
        raise LookupError(country)
    categories = ["public"]
    if collective_leave and country in COLLECTIVE:
        categories.append(COLLECTIVE[country])
    years = list(years)
    found = holidays.country_holidays(country, years=years, categories=categories, expand=False)
    return frozenset(found)


def named(country: str, year: int, language: str) -> Mapping[date, str]:
    """Return how the free days of a year are called there; empty if the country is unknown."""
    if country not in holidays.list_supported_countries(include_aliases=False):
        return {}
    categories = ["public", *([COLLECTIVE[country]] if country in COLLECTIVE else [])]
    spoken = {"id": "id", "en": "en_US"}[language]
    return dict(
        holidays.country_holidays(
            country, years=[year], categories=categories, expand=False, language=spoken
        )
    )


def ramadan(year: int) -> tuple[date, date] | None:
    """Return the first and the last day of Ramadan that begins in a year, as it is expected.

    Which day it really is, the government says shortly before. None: nobody knows that far.
    """
    begin = _IslamicLunar.RAMADAN_BEGINNING_DATES.get(year)
    ends = [day for day in _IslamicLunar.EID_AL_FITR_DATES.get(year, ()) if day]
    if not begin:
        return None
    first = date(year, *_first(begin))
    after = date(year, *_first(ends)) if ends else first + timedelta(days=30)
    return (first, after - timedelta(days=1)) if after > first else None


def _first(told: Any) -> tuple[int, int]:
    month, day = told if isinstance(told[0], int) else told[0]
    return int(month), int(day)
