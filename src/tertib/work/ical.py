"""A list of due times as iCalendar (RFC 5545): what calendar programs subscribe to."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from tertib.work.models import Item

LINE = 75  # octets, after which a line is folded
HALF_AN_HOUR = timedelta(minutes=30)


def calendar(items: Iterable[Item], language: str, *, address: str, now: datetime) -> str:
    lines = [
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tertib//work//EN", "CALSCALE:GREGORIAN"),
        "X-WR-CALNAME:Tertib",
        "REFRESH-INTERVAL;VALUE=DURATION:PT15M",
    ]
    for item in items:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{item.uuid}@tertib",
            f"DTSTAMP:{_utc(now)}",
            f"DTSTART:{_utc(item.due_by - HALF_AN_HOUR)}",
            f"DTEND:{_utc(item.due_by)}",
            f"SUMMARY:{_text(f'{item.name} {item.title(language)}')}",
            f"URL:{address}{item.name}",
            f"SEQUENCE:{item.version}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _utc(t: datetime) -> str:
    return f"{t.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(words: str) -> str:
    """Escape what would end the value or begin another line."""
    for sign in ("\\", ";", ","):
        words = words.replace(sign, f"\\{sign}")
    return " ".join(words.splitlines())


def _folded(line: str) -> str:
    """Break a long line between characters, never inside one."""
    parts = list[bytes]()
    part = b""
    for sign in line:
        octets = sign.encode()
        if len(part) + len(octets) > LINE - bool(parts):
            parts.append(part)
            part = b""
        part += octets
    return "\r\n ".join(piece.decode() for piece in [*parts, part])
