"""The backups that stand in the folder: the files are the truth, nothing about them is guessed."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from tertib.keep.backup import made_at

PATTERN = "tertib-*.backup"


@dataclass(frozen=True)
class Kept:
    name: str
    path: Path
    made_at: datetime
    size: int  # bytes


def folder() -> Path:
    return Path(settings.BACKUPS)


def kept() -> list[Kept]:
    """Return the backups, the newest first."""
    found = []
    for path in folder().glob(PATTERN):
        try:
            found.append(Kept(path.name, path, made_at(path), path.stat().st_size))
        except FileNotFoundError:  # forgotten meanwhile
            continue
    return sorted(found, key=lambda one: (one.made_at, one.name), reverse=True)


def find(name: str) -> Kept | None:
    """Return the backup of that name; only names of this folder are known, so none leads out."""
    return next((one for one in kept() if one.name == name), None)


def free() -> int | None:
    """Return the bytes that are free where the backups stand. None: there is no folder yet."""
    return shutil.disk_usage(folder()).free if folder().is_dir() else None
