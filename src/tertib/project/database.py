"""Which database an installation has, from its environment: values in, values out."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

PRAGMAS = "; ".join(
    f"PRAGMA {pragma}"
    for pragma in (
        "journal_mode=WAL",  # readers never wait for the one writer
        "synchronous=FULL",  # what was committed survives a power cut (decision 28)
        "cache_size=-65536",  # 64 MiB a connection
        "mmap_size=268435456",
        "temp_store=MEMORY",
        "journal_size_limit=67108864",  # a WAL that grew once is cut back
        "secure_delete=ON",  # who was erased is in no free page of the file either
        "recursive_triggers=ON",  # else INSERT OR REPLACE deletes a fact and no trigger sees it
    )
)


def configured(url: str | None, data: Path) -> dict[str, Any]:
    """Return Django's description of the database: the file in the data folder without a url.

    Raise ValueError for a url that is no postgresql://user:password@host:port/name.
    """
    return postgresql(url) if url else sqlite(data / "db.sqlite3")


def sqlite(file: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file),
        "CONN_MAX_AGE": None,  # opening costs more than most questions
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": PRAGMAS},
    }


def postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise ValueError("DATABASE_URL is not of the form postgresql://user:password@host/name")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or parts.hostname or "",  # ?host=/folder: a socket
        "PORT": str(parts.port or ""),
        "OPTIONS": {**options, "pool": {"min_size": 1, "max_size": 8, "timeout": 20}},
    }
