"""Until when an operating system gets security updates. Dates are the makers' own announcements.

Counted is what an ordinary installation gets without a contract: Debian's long-term support comes
from the same archive and counts; Windows ESU and Ubuntu Pro are bought or enrolled and do not.
What is not in this table is unknown: never guessed.
"""

import re
from datetime import date

_DEBIAN = {
    "8": date(2020, 6, 30),
    "9": date(2022, 6, 30),
    "10": date(2024, 6, 30),
    "11": date(2026, 8, 31),
    "12": date(2028, 6, 30),
    "13": date(2030, 6, 30),
}
_UBUNTU = {
    "14.04": date(2019, 4, 25),
    "16.04": date(2021, 4, 30),
    "18.04": date(2023, 5, 31),
    "20.04": date(2025, 5, 31),
    "22.04": date(2027, 4, 30),
    "23.10": date(2024, 7, 11),
    "24.04": date(2029, 4, 30),
    "24.10": date(2025, 7, 10),
    "25.04": date(2026, 1, 15),
    "25.10": date(2026, 7, 31),
    "26.04": date(2031, 4, 30),
}
# Windows clients by build: editions Home and Pro, then Enterprise and Education.
_WINDOWS = {
    "19044": (date(2023, 6, 13), date(2024, 6, 11)),
    "19045": (date(2025, 10, 14), date(2025, 10, 14)),
    "22000": (date(2023, 10, 10), date(2024, 10, 8)),
    "22621": (date(2024, 10, 8), date(2025, 10, 14)),
    "22631": (date(2025, 11, 11), date(2026, 11, 10)),
    "26100": (date(2026, 10, 13), date(2027, 10, 12)),
    "26200": (date(2027, 10, 12), date(2028, 10, 10)),
}
_RELEASES = {
    "21h2": "22000",
    "22h2": "22621",
    "23h2": "22631",
    "24h2": "26100",
    "25h2": "26200",
}
_WINDOWS_10 = {"21h2": "19044", "22h2": "19045"}
_OLD_WINDOWS = {
    "xp": date(2014, 4, 8),
    "vista": date(2017, 4, 11),
    "7": date(2020, 1, 14),
    "8": date(2016, 1, 12),
    "8.1": date(2023, 1, 10),
}
_WINDOWS_SERVER = {
    "2003": date(2015, 7, 14),
    "2008": date(2020, 1, 14),
    "2012": date(2023, 10, 10),
    "2016": date(2027, 1, 12),
    "2019": date(2029, 1, 9),
    "2022": date(2031, 10, 14),
    "2025": date(2034, 10, 10),
}
_LONG_TERM = {"14393": date(2026, 10, 13), "17763": date(2029, 1, 9), "19044": date(2027, 1, 12)}


def supported_until(name: str, version: str) -> date | None:
    """Return the last day with security updates, or None if this table does not know it."""
    whole = f"{name} {version}".lower()
    if "windows" in whole:
        return _windows(name.lower(), whole)
    if found := re.search(r"\bubuntu\D{0,20}(\d\d\.\d\d)", whole):
        return _UBUNTU.get(found[1])
    if found := re.search(r"\bdebian gnu/linux\D{0,5}(\d+)", whole):
        return _DEBIAN.get(found[1])
    return None


def supported(name: str, version: str, today: date) -> bool | None:
    """Say whether it still gets security updates today; None: unknown."""
    until = supported_until(name, version)
    return None if until is None else today <= until


def _windows(name: str, whole: str) -> date | None:
    if found := re.search(r"server\D{0,20}(20\d\d)", whole):
        return _WINDOWS_SERVER.get(found[1])
    build = re.search(r"\b10\.0\.(\d{5})\b", whole)
    if "ltsc" in name or "ltsb" in name:
        return _LONG_TERM.get(build[1]) if build else None
    if found := re.search(r"windows (xp|vista|7|8\.1|8)\b", name):
        return _OLD_WINDOWS[found[1]]
    row = _WINDOWS.get(_client_build(build[1] if build else "", whole))
    if row is None:
        return None
    return row[1] if re.search(r"enterprise|education", name) else row[0]


def _client_build(build: str, whole: str) -> str:
    if build:
        return build
    found = re.search(r"\b(2\dh[12])\b", whole)
    if not found:
        return ""
    return (_WINDOWS_10 if "windows 10" in whole else _RELEASES).get(found[1], "")
