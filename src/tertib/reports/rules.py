"""Months, fingerprints and the bars of the chart: values in, values out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from hashlib import sha256
from typing import Any

from tertib.evidence.verify_ledger import canonical
from tertib.lib import limits

MONTHS = 12
SECOND = timedelta(seconds=1)
MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


def first_of(day: date) -> date:
    return day.replace(day=1)


def before(month: date, count: int = 1) -> date:
    """Return the first day of the month that lies so many months earlier."""
    months = month.year * 12 + month.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)


def parse(text: str) -> date | None:
    """Read 2026-11. None: it is no month."""
    found = MONTH.fullmatch(text)
    if not found or not 1 <= int(found[2]) <= 12 or int(found[1]) < 1900:
        return None
    return date(int(found[1]), int(found[2]), 1)


def last_instant(month: date, zone: tzinfo) -> datetime:
    return limits.midnight(before(month, -1), zone) - SECOND


def fingerprint(content: Any) -> str:
    return sha256(canonical(content)).hexdigest()


def grouped(digest: str) -> str:
    """Return the beginning of a fingerprint as it is printed: 7f3a 91c0 5be2 c91e."""
    return " ".join(digest[n : n + 4] for n in range(0, 16, 4))


@dataclass(frozen=True)
class Bar:
    """A month's bar of the chart; y and height in the units of its viewBox."""

    x: int
    middle: int
    y: float
    height: float
    text_y: float
    month: int
    value: int
    last: bool


WIDTH, STEP, TOP, FLOOR = 26, 36, 8, 88


def bars(months: Sequence[tuple[str, int | None]], counted: int) -> list[Bar]:
    """Return the bars of the months that have a figure; the last one is this report's own."""
    found = []
    for place, (name, value) in enumerate(months):
        if value is None:
            continue
        height = round((FLOOR - TOP) * value / counted, 1) if counted else 0.0
        x, y = 2 + STEP * place, round(FLOOR - height, 1)
        inside = height >= 18
        found.append(
            Bar(
                x=x,
                middle=x + WIDTH // 2,
                y=y,
                height=height,
                text_y=y + 15 if inside else y - 4,
                month=int(name[5:7]),
                value=value,
                last=place == len(months) - 1,
            )
        )
    return found
