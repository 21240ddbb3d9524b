"""Another calendar in the text of an SOP file; all that stands around it stays letter for letter.

Works on files written in blocks, as the shipped one is. What else changes, whoever publishes sees
in the content's digest without the calendar: it has to stay the same.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from tertib.lib.limits import Windows
from tertib.sop.faults import Found
from tertib.sop.tree import bare, grow

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class NotBlocksError(Exception):
    """The file writes its `sop` in a way that is not changed line by line."""


def with_calendar(
    text: str,
    *,
    version: str,
    effective_from: date,
    week: Sequence[Windows],
    holidays: Collection[date],
    periods: Sequence[Mapping[str, Any]],
) -> str:
    """Return the file with these. periods: as the file writes them: name, from, until, hours."""
    lines = text.splitlines()
    for key, written in {
        "version": [f"version: {version}"],
        "effective_from": [f"effective_from: {effective_from.isoformat()}"],
        "business_hours": ["business_hours:", *_hours(week)],
        "holidays": _holidays(holidays),
        "special_periods": _periods(periods),
    }.items():
        lines = _put(lines, key, written)
    return "\n".join(lines) + "\n"


def periods(text: str) -> list[dict[str, Any]]:
    """Return the special periods as the file writes them."""
    told: Any = bare(grow(text, Found()))
    return list(told["sop"].get("special_periods") or [])


def window_words(windows: Windows) -> list[str]:
    """Return windows as people and the file write them: 08:00-12:00."""
    return [f"{_clock(opens)}-{_clock(closes)}" for opens, closes in windows]


def next_name(name: str, taken: Collection[str]) -> str:
    """Return the name of a version that changes little: the last number one up, and free."""
    head, _dot, last = name.rpartition(".")
    counts = bool(head) and last.isdigit()
    head, number = (head, int(last) + 1) if counts else (name, 1)
    while f"{head}.{number}" in taken:
        number += 1
    return f"{head}.{number}"


def _clock(since_midnight: timedelta) -> str:
    minutes = int(since_midnight.total_seconds()) // 60
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _hours(week: Sequence[Windows]) -> list[str]:
    return [
        f"  {day}: [{', '.join(f'"{one}"' for one in window_words(windows))}]"
        for day, windows in zip(WEEK, week, strict=True)
        if windows
    ]


def _holidays(days: Collection[date]) -> list[str]:
    if not days:
        return ["holidays: []"]
    return ["holidays:", *(f"  - {day.isoformat()}" for day in sorted(days))]


def _periods(told: Sequence[Mapping[str, Any]]) -> list[str]:
    if not told:
        return ["special_periods: []"]
    lines = ["special_periods:"]
    for one in told:
        hours = ", ".join(
            f"{day}: [{', '.join(f'"{window}"' for window in one['hours'][day])}]"
            for day in WEEK
            if one["hours"].get(day)
        )
        name = str(one["name"]).replace("\\", "\\\\").replace('"', '\\"')
        lines.append(f'  - {{name: "{name}", from: {one["from"]}, until: {one["until"]},')
        lines.append(f"     hours: {{{hours}}}}}")
    return lines


def _put(lines: list[str], key: str, written: list[str]) -> list[str]:
    """Put these lines in place of a key of `sop` and what belongs to it, or at its end."""
    first = next((n for n, line in enumerate(lines) if re.fullmatch(r"sop:\s*(#.*)?", line)), None)
    if first is None:
        raise NotBlocksError
    inside = [n for n in range(first + 1, len(lines)) if _counts(lines[n])]
    if not inside or not _indent(lines[inside[0]]):
        raise NotBlocksError
    indent = _indent(lines[inside[0]])
    end = next((n for n in inside if _indent(lines[n]) < indent), len(lines))
    fresh = [" " * indent + line for line in written]
    own = [n for n in inside if n < end and _indent(lines[n]) == indent]
    start = next((n for n in own if lines[n].strip().startswith(f"{key}:")), None)
    if start is None:
        return [*lines[:end], *fresh, *lines[end:]]
    after = next((n for n in own if n > start), end)
    while after - 1 > start and not _counts(lines[after - 1]):
        after -= 1  # a comment belongs to what follows it
    return [*lines[:start], *fresh, *lines[after:]]


def _counts(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
