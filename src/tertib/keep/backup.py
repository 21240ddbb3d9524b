"""Tertib's own backup: one file, made in one step, and believed only after it was read back."""

import fcntl
import logging
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import OperationalError, connections, transaction
from django.utils.translation import gettext as _

from tertib.keep import rows
from tertib.keep.archive import DRAFT, Writer
from tertib.lib.errors import Refused

log = logging.getLogger(__name__)

type Tell = Callable[[int, int], None]

KEPT = timedelta(days=14)
SNAPSHOT = "snapshot"  # alias of the connection to a copied SQLite file
COPY = ".tertib-snapshot.sqlite3"  # that file
NAMED = "tertib-%Y%m%d-%H%M%S.backup"


def make(*, now: datetime, to: Path | None = None, tell: Tell | None = None) -> Path:
    """Write a backup of the database and the stored files, read it back, and return its path.

    tell: is told after each table how many of how many are written, and last that all are read.
    Raise Refused where there is nothing to back up, no room, or what was read back is not what was
    written; a file of that name is there only if all of it holds.
    """
    target = to or Path(settings.BACKUPS) / f"{now.astimezone(UTC):{NAMED}}"
    if target.exists():
        raise Refused(_("%(file)s is there already.") % {"file": target.name})
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _alone_in(target.parent):
            _write(target, now, tell or _nobody)
    except (OSError, sqlite3.Error, OperationalError) as error:
        raise Refused(
            _("The backup could not be written: %(reason)s. Nothing was changed.")
            % {"reason": getattr(error, "strerror", None) or error}
        ) from error
    log.info("backup_made", extra={"file": target.name, "bytes": target.stat().st_size})
    return target


def _nobody(_done: int, _total: int) -> None:
    return None


def _write(target: Path, now: datetime, tell: Tell) -> None:
    with _frozen(target.parent) as using, Writer(target) as writer:
        migrations = rows.applied(using)
        if not migrations:
            raise Refused(_("There is no database to back up yet."))
        tables = rows.tables(using, migrations)
        for number, (name, model) in enumerate(tables.items()):
            tell(number, len(tables) + 1)
            writer.table(name, rows.columns(model), rows.lines(model, using))
        tell(len(tables), len(tables) + 1)  # what is left: the stored files, and reading it back
        for name, path in _files():
            with suppress(FileNotFoundError):  # erased meanwhile: no row names it any more
                writer.file(name, path)
        writer.finish(
            made_at=now.astimezone(UTC).isoformat(),
            vendor=connections["default"].vendor,
            migrations=migrations,
        )


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Be the only one who writes a backup there, and clear away what a killed one left.

    The kernel gives the claim back when the process ends, however it ends.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused(_("Another backup is being written there just now.")) from error
        for leftover in (*folder.glob(f"{COPY}*"), *folder.glob(f".*.backup{DRAFT}")):
            leftover.unlink(missing_ok=True)
        yield
    finally:
        os.close(handle)


def before_migration(now: datetime) -> Path | None:
    """Make the backup that every migration waits for. None: there is nothing yet."""
    return make(now=now) if rows.applied("default") else None


def forget_old(*, now: datetime) -> list[Path]:
    """Remove what is older than two weeks, but never the newest; return what was removed."""
    made = sorted(Path(settings.BACKUPS).glob("tertib-*.backup"))
    old = [path for path in made[:-1] if made_at(path) < now - KEPT]
    for path in old:
        path.unlink(missing_ok=True)
    return old


def made_at(path: Path) -> datetime:
    """Return when a backup was made, by its name."""
    try:
        return datetime.strptime(path.name, NAMED).replace(tzinfo=UTC)
    except ValueError:  # somebody gave it a name of their own: its date counts
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _files() -> Iterator[tuple[str, Path]]:
    root = Path(settings.MEDIA_ROOT)
    for folder, _folders, names in os.walk(root):
        for name in sorted(names):
            path = Path(folder) / name
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(root).as_posix(), path


@contextmanager
def _frozen(beside: Path) -> Iterator[str]:
    """Hold the database still for reading, while everybody else goes on writing."""
    if connections["default"].vendor == "sqlite":
        with _copied(beside) as using:
            yield using
        return
    with transaction.atomic(durable=True):
        with connections["default"].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield "default"


@contextmanager
def _copied(beside: Path) -> Iterator[str]:
    """Copy the file at the speed of the disk: rows are read from the copy, however long it takes.

    A long reader on the live file would stop its checkpoints (architecture, the one-writer rule).
    """
    live = connections["default"]
    with live.cursor() as cursor:  # the file alone does not tell: much may stand in its log
        cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        [size] = cursor.fetchone()
    needed = 2 * size + sum(path.stat().st_size for _name, path in _files())
    if (free := shutil.disk_usage(beside).free) < needed:
        raise Refused(
            _("There is no room for a backup: it needs %(needed)d MB free, %(free)d MB are.")
            % {"needed": needed // 2**20 + 1, "free": free // 2**20}
        )
    copy = beside / COPY
    described: dict[str, Any] = {**live.settings_dict, "NAME": str(copy), "TEST": {}}
    described["OPTIONS"] = {}
    try:
        _copy(Path(live.settings_dict["NAME"]), copy)
        connections.settings[SNAPSHOT] = described
        yield SNAPSHOT
    finally:
        if SNAPSHOT in connections.settings:
            connections[SNAPSHOT].close()
            del connections[SNAPSHOT], connections.settings[SNAPSHOT]
        for leftover in (copy, *beside.glob(f"{copy.name}-*")):
            leftover.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    reading, writing = sqlite3.connect(source), sqlite3.connect(target)
    try:
        target.chmod(0o600)
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode=DELETE")
    finally:
        reading.close()
        writing.close()
