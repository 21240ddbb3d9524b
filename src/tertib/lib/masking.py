"""Take secrets out of free text before it is written anywhere. Linear in the length of the text."""

import re
from collections.abc import Iterator

MASK = "[***]"

# Every repeat is bounded, so no text is slow to read.
_VALUE = r"""(?:"[^"]{1,500}"|'[^']{1,500}'|\\"[^"\\]{1,500}\\"|[^\s,;&"'\\]{1,500})"""
_SCHEME = r"(?:(?:bearer|basic|digest)\s{1,5})?"
# PASSWORD=x, "token": "x", kata sandi: x; --password x
# How the name of a secret begins: the rest of the name.
_NAMES = {
    "passw": "(?:ord|d)?",
    "passp": "hrase",
    "passc": "ode",
    "passk": "ey",
    "pwd": "",
    "sandi": "",
    "secret": "",
    "token": "",
    "api": "[ _-]?key",
    "access": "[ _-]?key",
    "private": "[ _-]?key",
    "license": "[ _-]?key",
    "credential": "",
    "authorization": "",
}
# What a secret begins with: the pattern from there on. Its group "kept", if any, is no secret.
_TELLING: dict[str, str] = {
    **{
        start: rf"""(?P<kept>{start}{rest}\w{{0,20}}["']?\s{{0,5}}(?:=>|[=:])\s{{0,5}}{_SCHEME}"""
        rf"""|(?<=-){start}{rest}\s{{1,5}}){_VALUE}"""
        for start, rest in _NAMES.items()
    },
    **{f"-{name} ": rf"(?P<kept>-{name}\s{{1,5}}){_VALUE}" for name in ("pass", "pw")},
    "bearer ": r"(?P<kept>bearer\s{1,5})[a-z0-9+/=._~-]{8,2000}",
    "basic ": r"(?P<kept>basic\s{1,5})[a-z0-9+/=_-]{16,2000}",
    "://": r"(?P<kept>://)[^\s/:@\"']{1,200}:[^\s/@\"']{1,200}(?=@)",
    "-----begin ": r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(?:(?!-----END)[\s\S]){0,20000}"
    r"(?:-----END[A-Z -]{0,60})?",
    "eyj": r"eyJ[\w-]{10,2000}\.[\w-]{4,4000}\.[\w-]{0,2000}",
    "akia": r"AKIA[0-9A-Z]{16}\b",
    "asia": r"ASIA[0-9A-Z]{16}\b",
    **{f"gh{kind}_": rf"gh{kind}_\w{{20,255}}" for kind in "opsur"},
    "github_pat_": r"github_pat_\w{20,255}",
    "glpat-": r"glpat-[\w-]{20,255}",
    "xox": r"xox[abeprs]-[\w-]{10,255}",
    "aiza": r"AIza[\w-]{35}\b",
    "sk-": r"\bsk-[\w-]{20,255}",
}
_PATTERNS = {start: re.compile(rest, re.IGNORECASE) for start, rest in _TELLING.items()}


def mask(text: str) -> str:
    """Return the text with each password, token and key replaced by a mark."""
    clean, end = [], 0
    for found in sorted(_found(text), key=lambda match: (match.start(), -match.end())):
        if found.start() >= end:
            kept = found.groupdict().get("kept") or ""
            clean += [text[end : found.start()], kept, MASK]
            end = found.end()
    return "".join([*clean, text[end:]]) if end else text


def suspicious(text: str) -> bool:
    """Say whether `mask` would change something: one look at a long text saves many."""
    return next(_found(text), None) is not None


def _found(text: str) -> Iterator[re.Match[str]]:
    """Yield each secret: find its beginning fast, then look closer there."""
    small = text.lower() if text.isascii() else _lower(text)
    for start, pattern in _PATTERNS.items():
        at = small.find(start)
        while at >= 0:
            if found := pattern.match(text, at):
                yield found
                at = small.find(start, found.end())
            else:
                at = small.find(start, at + 1)


def _lower(text: str) -> str:
    """Make small letters without changing the length, as a few capitals of Unicode would."""
    small = text.lower()
    return small if len(small) == len(text) else "".join(c.lower()[:1] or c for c in text)
