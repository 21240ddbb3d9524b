"""Which days are free in a country, with collective leave. Asked once, when a version is published.

What the library says of a later year may change with its next release: a version keeps the dates.
"""

from collections.abc import Collection, Iterable
from datetime import date

import holidays

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
