"""Times, numbers and chart points as people read them. Values in, words out; no Django, no clock.

`language` is "id" or "en"; Indonesian is what any other language falls back to.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from fractions import Fraction
from typing import Literal

DAYS = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
SHORT_DAYS = {
    "id": ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
MONTHS = {
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    "en": "January February March April May June July August September October November December",
}
SHORT_MONTHS = {
    "id": "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des",
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
}
NEAR = {
    "id": {-1: "Kemarin", 0: "Hari ini", 1: "Besok"},
    "en": {-1: "Yesterday", 0: "Today", 1: "Tomorrow"},
}
UNITS = {
    "id": {"minutes": ("menit",) * 2, "hours": ("jam",) * 2, "days": ("hari",) * 2},
    "en": {"minutes": ("minute", "minutes"), "hours": ("hour", "hours"), "days": ("day", "days")},
}
MINUTE = timedelta(minutes=1)
AROUND = {  # ahead, behind, late, this very minute
    "id": ("{} lagi", "{} lalu", "Terlambat {}", "baru saja"),
    "en": ("in {}", "{} ago", "{} late", "just now"),
}
GREETINGS = {  # until that hour
    "id": (
        (11, "Selamat pagi"),
        (15, "Selamat siang"),
        (18, "Selamat sore"),
        (24, "Selamat malam"),
    ),
    "en": ((12, "Good morning"), (18, "Good afternoon"), (24, "Good evening")),
}
ZONES = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Ujung_Pandang": "WITA",
    "Asia/Jayapura": "WIT",
}


def known(language: str | None) -> Literal["id", "en"]:
    return "en" if (language or "").startswith("en") else "id"


def clock(t: datetime, language: str) -> str:
    """Return the time of day of an instant that is local already: 08.47."""
    return f"{t:%H.%M}" if language == "id" else f"{t:%H:%M}"


def zone_name(t: datetime, zone: tzinfo) -> str:
    local = t.astimezone(zone)
    return ZONES.get(str(zone)) or local.tzname() or f"UTC{local:%z}"


def day(t: datetime, zone: tzinfo, language: str) -> str:
    """Return 24 Nov 2026."""
    return calendar_day(t.astimezone(zone), language)


def calendar_day(on: date, language: str) -> str:
    return f"{on.day} {SHORT_MONTHS[language].split()[on.month - 1]} {on.year}"


def long_day(t: datetime, zone: tzinfo, language: str) -> str:
    """Return Selasa, 24 November 2026."""
    local = t.astimezone(zone)
    month = MONTHS[language].split()[local.month - 1]
    return f"{DAYS[language][local.weekday()]}, {local.day} {month} {local.year}"


def stamp(t: datetime, zone: tzinfo, language: str) -> str:
    """Return the instant in full: 24 Nov 2026, 10.24 WIB."""
    return _stamp(t, t.astimezone(zone).date(), clock(t.astimezone(zone), language), zone, language)


def when(t: datetime, now: datetime, zone: tzinfo, language: str) -> str:
    """Return how one says it today: Hari ini 10.20, Sab 28 Nov 09.00, 3 Mar 2025."""
    local = t.astimezone(zone)
    return _when(local.date(), clock(local, language), now.astimezone(zone).date(), language)


def when_inside(t: datetime, now: datetime, zone: tzinfo, language: str) -> str:
    """Return the same inside a sentence: hari ini 10.20. Names of days stay as they are."""
    return _inside(when(t, now, zone, language), language)


def _inside(words: str, language: str) -> str:
    near = words.startswith(tuple(NEAR[language].values()))
    return words[0].lower() + words[1:] if near else words


def last_day(t: datetime, zone: tzinfo) -> date:
    """Return the day of a deadline: at midnight it is the day that ends with it."""
    return (t.astimezone(zone) - timedelta(microseconds=1)).date()


def until(t: datetime, now: datetime, zone: tzinfo, language: str) -> str:
    """Return a deadline as one says it today: Hari ini 24.00 is before tomorrow begins."""
    today = now.astimezone(zone).date()
    return _when(last_day(t, zone), _closing(t, zone, language), today, language)


def until_inside(t: datetime, now: datetime, zone: tzinfo, language: str) -> str:
    """Return the same inside a sentence: hari ini 24.00."""
    return _inside(until(t, now, zone, language), language)


def until_stamp(t: datetime, zone: tzinfo, language: str) -> str:
    """Return a deadline in full: 24 Nov 2026, 24.00 WIB."""
    return _stamp(t, last_day(t, zone), _closing(t, zone, language), zone, language)


def _closing(t: datetime, zone: tzinfo, language: str) -> str:
    local = t.astimezone(zone)
    if local.date() != last_day(t, zone):
        return "24.00" if language == "id" else "24:00"
    return clock(local, language)


def _stamp(t: datetime, on: date, at: str, zone: tzinfo, language: str) -> str:
    return f"{calendar_day(on, language)}, {at} {zone_name(t, zone)}"


def _when(on: date, at: str, today: date, language: str) -> str:
    near = NEAR[language].get((on - today).days)
    if near:
        return f"{near} {at}"
    month = SHORT_MONTHS[language].split()[on.month - 1]
    if on.year != today.year:
        return f"{on.day} {month} {on.year}"
    return f"{SHORT_DAYS[language][on.weekday()]} {on.day} {month} {at}"


def date_parts(t: datetime, zone: tzinfo, language: str) -> tuple[int, str]:
    """Return the day and the short month of a deadline's calendar leaf."""
    on = last_day(t, zone)
    return on.day, SHORT_MONTHS[language].split()[on.month - 1]


def span(length: timedelta, language: str) -> str:
    """Return a length in its largest whole unit: 12 menit, 2 jam, 6 hari. Cut, never rounded up."""
    minutes = max(int(length.total_seconds() // 60), 0)
    if minutes < 60:
        unit, count = "minutes", minutes
    elif minutes < 24 * 60:
        unit, count = "hours", minutes // 60
    else:
        unit, count = "days", minutes // (24 * 60)
    return f"{number(count, language)} {UNITS[language][unit][count != 1]}"


def left(t: datetime, now: datetime, language: str) -> str:
    """Return how far a promise is away: 2 jam lagi, or Terlambat 12 menit."""
    ahead, _, late, _ = AROUND[language]
    return (
        ahead.format(span(max(t - now, MINUTE), language))
        if t > now
        else late.format(span(max(now - t, MINUTE), language))
    )


def ago(t: datetime, now: datetime, language: str) -> str:
    """Return how long it is past: 1 menit lalu."""
    _, behind, _, fresh = AROUND[language]
    return behind.format(span(now - t, language)) if now - t >= MINUTE else fresh


def greeting(now: datetime, zone: tzinfo, language: str) -> str:
    hour = now.astimezone(zone).hour
    return next(words for until, words in GREETINGS[language] if hour < until)


def number(value: int, language: str) -> str:
    return f"{value:,}".replace(",", ".") if language == "id" else f"{value:,}"


def percent(share: Fraction, language: str) -> str:
    """Return a percentage with at most one decimal, cut: 99.96 is 99,9 and only all is 100."""
    return _tenths(int(share * 1000), language)


def percents(parts: Sequence[int], language: str) -> list[str]:
    """Return the percentages of parts that are shown together: they add up to 100.

    Each is cut; what is left over goes to those that lost most by it. A part that is there is
    never 0, so that only all is 100. Of nothing each is 0.
    """
    total = sum(parts)
    if not total:
        return [_tenths(0, language) for _ in parts]
    tenths = [max(part * 1000 // total, 1) if part else 0 for part in parts]
    lost = sorted(range(len(parts)), key=lambda n: -(parts[n] * 1000 - tenths[n] * total))
    for n in lost[: max(1000 - sum(tenths), 0)]:
        tenths[n] += 1
    tenths[tenths.index(max(tenths))] -= sum(tenths) - 1000  # what the smallest took more
    return [_tenths(one, language) for one in tenths]


def _tenths(tenths: int, language: str) -> str:
    whole, tenth = divmod(tenths, 10)
    point = "," if language == "id" else "."
    return f"{number(whole, language)}{f'{point}{tenth}' if tenth else ''}%"


def initials(name: str) -> str:
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def points(
    values: Sequence[float], *, width: int, height: int, top: float | None = None
) -> list[tuple[float, float]]:
    """Return where the values of a sparkline lie, 3 from each edge.

    From the least to the greatest value, or from nothing to `top` if that is given; values that
    are all alike lie on the floor if they are nothing, else at the ceiling.
    """
    low, high = (0.0, float(top)) if top is not None else (min(values), max(values))
    if high == low:
        low, high = (low, low + 1) if not high else (low - 1, high)
    across = (width - 6) / max(len(values) - 1, 1)
    return [
        (round(3 + across * n, 1), round(3 + (height - 6) * (1 - (v - low) / (high - low)), 1))
        for n, v in enumerate(values)
    ]


def shares(parts: Sequence[int], width: int) -> list[tuple[int, int]]:
    """Return (offset, width) of each part of a bar; together they fill it, and no part is lost.

    A part that is there is at least one wide; what rounding leaves over the widest give or take.
    """
    total = sum(parts)
    if not total:
        return [(0, 0) for _ in parts]
    widths = [max(part * width // total, 1) if part else 0 for part in parts]
    while (over := width - sum(widths)) != 0:
        widest = max(range(len(parts)), key=widths.__getitem__)
        widths[widest] += over if over > 0 else -1
    offsets = [sum(widths[:n]) for n in range(len(widths))]
    return list(zip(offsets, widths, strict=True))
