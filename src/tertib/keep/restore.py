"""Bring a backup back, on an empty machine and on either database, or refuse and touch nothing."""

import logging
import shutil
import sqlite3
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from tertib.keep import rows
from tertib.keep.archive import CHUNK, Manifest, Reader
from tertib.lib.errors import Refused

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Restored:
    made_at: str
    rows: int
    files: int
    aside: Path | None = None  # where what stood there before was put
    tables: dict[str, int] = field(default_factory=dict)


def restore(path: Path, *, now: datetime, replace: bool = False) -> Restored:
    """Restore the backup into the database and file folder of the settings.

    All of the file is checked first. Where data stands already, it is refused, or with `replace`
    put aside (SQLite; a PostgreSQL database has to be empty). Raise Refused; then nothing was
    touched, or what was built so far is gone again.
    """
    reader = Reader.open(path)
    _refuse_newer(reader.manifest)
    reader.check()
    aside = _make_room(now, replace=replace)
    try:
        counts = _build(reader)
        _unpack(reader)
    except BaseException as failure:
        _put_back(aside)
        if isinstance(failure, OSError | DatabaseError | KeyError | ValueError):
            raise Refused(
                _("The backup could not be restored: %(reason)s. What was there before is back.")
                % {"reason": failure}
            ) from failure
        raise
    log.info("backup_restored", extra={"file": path.name, "rows": sum(counts.values())})
    return Restored(
        made_at=reader.manifest.made_at,
        rows=sum(counts.values()),
        files=len(reader.manifest.files),
        aside=aside,
        tables=counts,
    )


def _refuse_newer(manifest: Manifest) -> None:
    loader = MigrationLoader(None)  # what this version knows, without asking a database
    own = {app for app, _name in loader.graph.nodes}
    unknown = [
        f"{app}.{name}"
        for app, name in manifest.migrations
        if (app, name) not in loader.graph.nodes and (app not in own or not _replaced(loader, app))
    ]
    if unknown:
        raise Refused(
            _("This backup was made by a newer Tertib (%(what)s). Update Tertib first.")
            % {"what": ", ".join(unknown[:3])}
        )


def _replaced(loader: MigrationLoader, app: str) -> bool:
    """Whether migrations of that app were squashed: then an old name is no newer one."""
    return any(node[0] == app and loader.graph.nodes[node].replaces for node in loader.graph.nodes)


def _make_room(now: datetime, *, replace: bool) -> Path | None:
    connection = connections["default"]
    media, aside = Path(settings.MEDIA_ROOT), None
    if connection.vendor == "sqlite":
        live = Path(connection.settings_dict["NAME"])
        stands = [*([live] if _has_tables(live) else []), *([media] if _has_files(media) else [])]
        if stands and not replace:
            raise Refused(
                _("There is data in %(folder)s. Restore into an empty folder, or say --replace.")
                % {"folder": live.parent}
            )
        connection.close()
        if stands:
            aside = live.parent / f"before-restore-{now:%Y%m%d-%H%M%S}"
            aside.mkdir(mode=0o700)
            for thing in (*live.parent.glob(f"{live.name}*"), media):
                if thing.exists():
                    shutil.move(thing, aside / thing.name)
        live.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    elif connection.introspection.table_names():
        raise Refused(_("The PostgreSQL database is not empty. Restore into an empty one."))
    return aside


def _has_tables(live: Path) -> bool:
    if not live.exists():
        return False
    reading = sqlite3.connect(live)
    try:
        return bool(reading.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    except sqlite3.DatabaseError:
        return True  # something that is no database: not ours to write over
    finally:
        reading.close()


def _has_files(folder: Path) -> bool:
    return folder.exists() and any(folder.iterdir())


def _build(reader: Reader) -> dict[str, int]:
    """Make the tables as they were, fill them, compare every sum, then migrate to today."""
    manifest = reader.manifest
    _migrate_to(manifest.migrations)
    models = rows.tables("default", manifest.migrations)
    counts = {}
    with transaction.atomic():
        for name, table in manifest.tables.items():
            rows.load(models[name], table.columns, reader.lines(name), "default")
        rows.set_sequences(models.values(), "default")
    for name, table in manifest.tables.items():
        tally = rows.tally(models[name], table.columns, "default")
        if (tally.rows, tally.sum) != (table.rows, table.sum):
            raise ValueError(f"{name}: {tally.rows} rows of {table.rows} came back as they were")
        counts[name] = tally.rows
    call_command("migrate", interactive=False, verbosity=0)
    if connections["default"].vendor == "postgresql":
        with connections["default"].cursor() as cursor:
            cursor.execute("ANALYZE")  # without statistics it plans badly until it takes its own
    return counts


def _migrate_to(migrations: list[tuple[str, str]]) -> None:
    """Apply just those migrations: their tables are what the rows fit into."""
    executor = MigrationExecutor(connections["default"])
    graph, wanted = executor.loader.graph, set(migrations)
    last = [
        node
        for node in migrations
        if node in graph.nodes
        and not any(
            child in wanted and child[0] == node[0] for child in graph.node_map[node].children
        )
    ]
    executor.migrate(last)


def _unpack(reader: Reader) -> None:
    root = Path(settings.MEDIA_ROOT)
    for name in reader.manifest.files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with reader.file(name) as source, path.open("wb") as target:
            path.chmod(0o600)
            shutil.copyfileobj(source, target, CHUNK)


def _put_back(aside: Path | None) -> None:
    """Undo: what was built goes, what was put aside returns."""
    connection = connections["default"]
    if connection.vendor != "sqlite":
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        return
    connection.close()
    live = Path(connection.settings_dict["NAME"])
    for built in live.parent.glob(f"{live.name}*"):
        built.unlink(missing_ok=True)
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    if aside:
        for thing in aside.iterdir():
            shutil.move(thing, live.parent / thing.name)
        aside.rmdir()
