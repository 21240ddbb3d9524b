"""One name for one piece of software, however many machines spell it. Values in, values out."""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

PACKAGES = frozenset({"deb", "rpm", "pacman", "apk", "portage", "pkgsrc", "slackware", "nix"})

_PUBLISHERS = {
    "microsoft": "Microsoft",
    "microsoft corporation": "Microsoft",
    "microsoft corporations": "Microsoft",
    "google": "Google",
    "google llc": "Google",
    "google inc": "Google",
    "adobe": "Adobe",
    "adobe inc": "Adobe",
    "adobe systems": "Adobe",
    "adobe systems incorporated": "Adobe",
    "mozilla": "Mozilla",
    "mozilla corporation": "Mozilla",
    "oracle corporation": "Oracle",
    "oracle": "Oracle",
    "the document foundation": "The Document Foundation",
}
_LEGAL = re.compile(r"[,.]? (?:inc|ltd|gmbh|llc|corp|s\.?r\.?l|co|pte|pt|tbk)\.?$", re.IGNORECASE)
_ARCHITECTURE = re.compile(
    r"\s*(?:[-(\[]\s*)?\b(?:x64|x86|x86_64|amd64|i[36]86|arm64|aarch64|(?:32|64)[- ]?bits?)\b"
    r"\s*(?:edition)?[)\]]?\s*$",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(r"\s*[-(]\s*[a-z]{2}[-_][a-z]{2}\)?\s*$", re.IGNORECASE)
_ARCHES = {"amd64": "x86_64", "x64": "x86_64", "64": "x86_64", "64-bit": "x86_64", "i386": "x86",
           "i486": "x86", "i586": "x86", "i686": "x86", "32": "x86", "32-bit": "x86",
           "aarch64": "arm64", "noarch": "all", "any": "all"}  # fmt: skip


class Named(NamedTuple):
    """A title and its release, with the keys that they are found by."""

    source: str  # deb, rpm, registry …: never the host
    name: str
    publisher: str
    version: str
    arch: str
    raw_name: str
    title_key: str
    release_key: str


def named(entry: Mapping[str, Any]) -> Named | None:
    """Return what an entry of a report's software is, or None if it has no name."""
    raw = entry.get("name")
    if raw in (None, ""):
        return None
    return _named(
        str(raw),
        str(entry.get("version") or ""),
        str(entry.get("publisher") or ""),
        str(entry.get("from") or ""),
        str(entry.get("arch") or ""),
    )


@lru_cache(maxsize=50_000)  # the same few thousand titles come from every machine
def _named(raw: str, version: str, publisher: str, source: str, arch: str) -> Named | None:
    source = _plain(source).lower()[:20]
    version = _plain(version)[:100]
    name = _plain(raw)[:200]
    if source not in PACKAGES:  # package names are canonical already
        name = _title(name, version)
    if not name:
        return None
    arch = _plain(arch).lower()[:20]
    arch = _ARCHES.get(arch, arch)
    publisher = _publisher(_plain(publisher))[:100]
    title = _key(source, name.casefold(), publisher.casefold())
    return Named(
        source,
        name,
        publisher,
        version,
        arch,
        raw.replace("\0", "")[:250],
        title,
        _key(title, version, arch),
    )


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).replace("\0", "").split())


def _title(name: str, version: str) -> str:
    """Strip what belongs to the release: architecture, language, version."""
    while True:
        short = _LANGUAGE.sub("", _ARCHITECTURE.sub("", name))
        if version and short.lower().endswith(version.lower()):
            short = re.sub(
                r"[\s(-]*(?:\b(?:v|version))?[\s.]*$", "", short[: -len(version)], flags=re.I
            )
        short = re.sub(r"[\s,-]+$", "", short)
        if not short or short == name:
            return name
        name = short


def _publisher(told: str) -> str:
    plain = told
    while (short := _LEGAL.sub("", plain)) != plain:
        plain = short
    return _PUBLISHERS.get(plain.casefold().rstrip("."), plain)


def _key(*parts: str) -> str:
    return sha256("\x1f".join(parts).encode()).hexdigest()[:32]
