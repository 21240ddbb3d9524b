"""The list of who was erased, outside the database: public ids and instants, no names.

It stands in the data folder beside the keyring, whichever database is used: a backup that is
older than an erasure brings a name back, and this list takes it away again.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection

from tertib.people.models import User

NAME = "erased"


def path() -> Path:
    return Path(settings.DATA) / NAME


def kept() -> bool:
    """Say whether there is a list at all. On a new machine there is none."""
    return path().exists()


def listed() -> dict[UUID, datetime]:
    """Return who was erased, and when. A line that a full disk cut off is passed over."""
    found = {}
    with suppress(FileNotFoundError):
        for line in path().read_text().splitlines():
            uuid, _space, at = line.partition(" ")
            with suppress(ValueError):
                found[UUID(uuid)] = datetime.fromisoformat(at)
    return found


def write_down() -> int:
    """Add whoever the database knows as erased and the list does not. Return how many.

    After each erasure, at each start, before each nightly backup and before a restore: what one
    of them could not write, the next one writes.
    """
    if User._meta.db_table not in connection.introspection.table_names():
        return 0
    try:
        rows = User.objects.exclude(erased_at=None).order_by("erased_at")
        told = {uuid: at for uuid, at in rows.values_list("uuid", "erased_at") if at}
    except DatabaseError:  # of a Tertib that erased nobody yet
        return 0
    known = listed()
    return _append({uuid: at for uuid, at in told.items() if uuid not in known})


def _append(new: Mapping[UUID, datetime]) -> int:
    whole = kept()
    if whole and not new:
        return 0
    text = "".join(f"{uuid} {at.isoformat()}\n" for uuid, at in new.items())
    handle = os.open(path(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        if whole and not path().read_bytes().endswith(b"\n") and path().stat().st_size:
            text = "\n" + text  # after a line that was cut off
        os.write(handle, text.encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    return len(new)
