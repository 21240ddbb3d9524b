"""The backup file: a zip of rows and stored files that says in its manifest what it must hold.

    rows/<app>.<model>   one JSON array a line, columns as the manifest names them
    files/<path>         stored files
    manifest.json        written last: format, versions, per table its columns, rows and sum
    zip comment          SHA-256 of the manifest

So a truncated file has no manifest, a damaged one does not match it, and neither is restored. The
values are those of the fields, not of a database: a file of SQLite restores on PostgreSQL.
"""

import json
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO, Any, Self

from django.utils.translation import gettext as _

from tertib.lib.errors import Refused

FORMAT = "tertib-backup/1"
MANIFEST = "manifest.json"
MOST_MANIFEST = 64 * 2**20  # bytes; a manifest of a hundred thousand stored files is a tenth
DRAFT = ".part"  # ends the name of one that is not whole yet
CHUNK = 2**20
_WRAP = 2**128


@dataclass(frozen=True)
class Table:
    columns: list[str]
    rows: int
    sum: str  # of the rows in any order: equal rows, equal sum


@dataclass(frozen=True)
class Stored:
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    made_at: str  # ISO 8601
    vendor: str  # of the database it was taken from: told, not needed
    migrations: list[tuple[str, str]]  # applied when it was made
    tables: dict[str, Table] = field(default_factory=dict)
    files: dict[str, Stored] = field(default_factory=dict)


class Tally:
    """Counts rows and adds up their hashes: whatever order they come in, the sum is the same."""

    def __init__(self) -> None:
        self.rows = self._sum = 0

    def add(self, line: bytes) -> None:
        self.rows += 1
        self._sum = (self._sum + int.from_bytes(sha256(line).digest()[:16])) % _WRAP

    @property
    def sum(self) -> str:
        return f"{self._sum:032x}"


class Writer:
    """Writes `path` in one step: until `finish`, only a draft beside it is there."""

    def __init__(self, path: Path) -> None:
        self._path, self._draft = path, path.with_name(f".{path.name}{DRAFT}")
        self._zip = zipfile.ZipFile(
            self._draft, "w", zipfile.ZIP_DEFLATED, compresslevel=3, allowZip64=True
        )
        self._draft.chmod(0o600)
        self._tables: dict[str, Table] = {}
        self._files: dict[str, Stored] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        with suppress(OSError, ValueError):  # a full disk: the draft goes all the same
            self._zip.close()
        self._draft.unlink(missing_ok=True)

    def table(self, name: str, columns: list[str], lines: Iterable[bytes]) -> None:
        tally = Tally()
        with self._zip.open(f"rows/{name}", "w", force_zip64=True) as member:
            for line in lines:
                tally.add(line)
                member.write(line + b"\n")
        self._tables[name] = Table(columns, tally.rows, tally.sum)

    def file(self, name: str, path: Path) -> None:
        digest, size = sha256(), 0
        with (
            path.open("rb") as source,
            self._zip.open(f"files/{name}", "w", force_zip64=True) as member,
        ):
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                member.write(chunk)
        self._files[name] = Stored(size, digest.hexdigest())

    def finish(self, *, made_at: str, vendor: str, migrations: list[tuple[str, str]]) -> None:
        """Write the manifest, bring all to the disk, read it back, and give the file its name.

        Raise Refused if what is read back is not what was written.
        """
        manifest = Manifest(made_at, vendor, migrations, self._tables, self._files)
        text = json.dumps({"format": FORMAT, **asdict(manifest)}, indent=1).encode()
        self._zip.writestr(MANIFEST, text)
        self._zip.comment = sha256(text).hexdigest().encode()
        self._zip.close()
        with self._draft.open("rb+") as draft:
            os.fsync(draft.fileno())
        Reader.open(self._draft).check()
        self._draft.replace(self._path)
        with suppress(OSError):  # not every file system lets a folder be synced
            _sync_folder(self._path.parent)


class Reader:
    """Reads a backup; `open` believes nothing that it has not checked."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self._zip, self.manifest = archive, manifest

    @classmethod
    def open(cls, path: Path) -> Self:
        """Raise Refused if this is no whole backup that this version can read."""
        try:
            archive = zipfile.ZipFile(path)
            about = archive.getinfo(MANIFEST)
            if about.file_size > MOST_MANIFEST:
                raise Refused(_("%(file)s is damaged: its manifest is too large.") % _name(path))
            text = archive.read(MANIFEST)
        except FileNotFoundError as missing:
            raise Refused(_("There is no file %(file)s.") % _name(path)) from missing
        except (zipfile.BadZipFile, KeyError, EOFError, OSError, ValueError, zlib.error) as error:
            raise Refused(
                _("%(file)s is no whole backup: it is truncated, damaged or something else.")
                % _name(path)
            ) from error
        if archive.comment != sha256(text).hexdigest().encode():
            raise Refused(_("%(file)s is damaged: its manifest was changed.") % _name(path))
        return cls(archive, _read_manifest(json.loads(text), path))

    def lines(self, table: str) -> Iterator[bytes]:
        with self._zip.open(f"rows/{table}") as member:
            for line in member:
                yield line.rstrip(b"\n")

    def file(self, name: str) -> IO[bytes]:
        return self._zip.open(f"files/{name}")

    def check(self) -> None:
        """Read all of it back. Raise Refused naming the first part that is not what was written."""
        for name, table in self.manifest.tables.items():
            tally = Tally()
            try:
                for line in self.lines(name):
                    tally.add(line)
            except (zipfile.BadZipFile, KeyError, EOFError, OSError, zlib.error) as error:
                raise _damaged(f"rows/{name}") from error
            if (tally.rows, tally.sum) != (table.rows, table.sum):
                raise _damaged(f"rows/{name}")
        for name, stored in self.manifest.files.items():
            digest, size = sha256(), 0
            try:
                with self.file(name) as member:
                    while chunk := member.read(CHUNK):
                        digest.update(chunk)
                        size += len(chunk)
                        if size > stored.size:
                            raise _damaged(f"files/{name}")
            except (zipfile.BadZipFile, KeyError, EOFError, OSError, zlib.error) as error:
                raise _damaged(f"files/{name}") from error
            if (size, digest.hexdigest()) != (stored.size, stored.sha256):
                raise _damaged(f"files/{name}")


def _read_manifest(written: Any, path: Path) -> Manifest:
    told = written.get("format") if isinstance(written, dict) else None
    if told != FORMAT:
        raise Refused(
            _("%(file)s has another format than this version reads: %(format)s.")
            % {**_name(path), "format": str(told)[:40]}
        )
    manifest = Manifest(
        made_at=written["made_at"],
        vendor=written["vendor"],
        migrations=[(app, name) for app, name in written["migrations"]],
        tables={name: Table(**table) for name, table in written["tables"].items()},
        files={name: Stored(**stored) for name, stored in written["files"].items()},
    )
    for name in manifest.files:
        inside = PurePosixPath(name)
        if inside.is_absolute() or ".." in inside.parts or not inside.parts:
            raise _damaged(f"files/{name[:80]}")
    return manifest


def _damaged(part: str) -> Refused:
    return Refused(_("The backup is damaged: %(part)s is not as it was written.") % {"part": part})


def _name(path: Path) -> dict[str, str]:
    return {"file": path.name}


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
