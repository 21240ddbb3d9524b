"""Durations as people and files write them: "2 hours", "6 bulan", "3 hari kerja", "PT2H"."""

import re
from datetime import timedelta
from typing import Literal

from tertib.lib.limits import Duration

type Language = Literal["id", "en"]

# In order of size. The first word is singular, the second plural (Indonesian has one).
ENGLISH = {
    "minutes": ("minute", "minutes"),
    "hours": ("hour", "hours"),
    "days": ("day", "days"),
    "workdays": ("workday", "workdays"),
    "weeks": ("week", "weeks"),
    "months": ("month", "months"),
    "years": ("year", "years"),
}
INDONESIAN = {
    "minutes": "menit",
    "hours": "jam",
    "days": "hari",
    "workdays": "hari kerja",
    "weeks": "minggu",
    "months": "bulan",
    "years": "tahun",
}
UNITS = (
    {word: unit for unit, words in ENGLISH.items() for word in words}
    | {word: unit for unit, word in INDONESIAN.items()}
    | {"working day": "workdays", "working days": "workdays"}
)
LENGTHS = {
    "minutes": timedelta(minutes=1),
    "hours": timedelta(hours=1),
    "days": timedelta(days=1),
    "workdays": timedelta(days=1),
    "weeks": timedelta(weeks=1),
    "months": timedelta(days=30),
    "years": timedelta(days=365),
}
LONGEST = timedelta(days=100 * 365)
WORDS = re.compile(r"([0-9]{1,9}) ([a-z]+(?: [a-z]+)?)", re.ASCII)
ISO = re.compile(
    r"P(?:(?P<years>\d{1,9})Y)?(?:(?P<months>\d{1,9})M)?(?:(?P<weeks>\d{1,9})W)?"
    r"(?:(?P<days>\d{1,9})D)?(?:T(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?)?",
    re.ASCII,
)
DESIGNATORS = {
    "minutes": "PT{}M",
    "hours": "PT{}H",
    "days": "P{}D",
    "weeks": "P{}W",
    "months": "P{}M",
    "years": "P{}Y",
}
FOLDS = {("hours", "minutes"): 60, ("years", "months"): 12, ("weeks", "days"): 7}


def parse(text: str) -> Duration:
    """Read a duration. Raise ValueError if it is none, or longer than a hundred years."""
    duration = _words(text) or _iso(text)
    if duration is None or length(duration) > LONGEST:
        raise ValueError(f"no duration: {text!r}")
    return duration


def canonical(duration: Duration) -> str:
    """Write it as ISO 8601; workdays, which ISO 8601 does not know, stay words."""
    if duration.unit == "workdays":
        return words(duration, "en")
    return DESIGNATORS[duration.unit].format(duration.count)


def words(duration: Duration, language: Language) -> str:
    """Write it for people: "2 jam", "1 hour"."""
    if language == "id":
        return f"{duration.count} {INDONESIAN[duration.unit]}"
    return f"{duration.count} {ENGLISH[duration.unit][duration.count != 1]}"


def length(duration: Duration) -> timedelta:
    """Return about how long it lasts: a day 24 h, a month 30 days, a year 365 days.

    For comparing two durations only (semantics 1); no instant is ever computed with it.
    """
    return LENGTHS[duration.unit] * duration.count


def _words(text: str) -> Duration | None:
    found = WORDS.fullmatch(text)
    unit = UNITS.get(found[2]) if found else None
    return Duration(int(found[1]), unit) if found and unit else None


def _iso(text: str) -> Duration | None:
    """Read one part, or two that are one count of the smaller: PT1H30M is 90 minutes."""
    found = ISO.fullmatch(text)
    if not found or text.endswith("T"):
        return None
    parts = {unit: int(count) for unit, count in found.groupdict().items() if count is not None}
    match list(parts.items()):
        case [(unit, count)]:
            return Duration(count, unit)
        case [(large, many), (small, few)] if (large, small) in FOLDS:
            return Duration(many * FOLDS[large, small] + few, small)
    return None
