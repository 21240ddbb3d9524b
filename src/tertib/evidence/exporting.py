"""The sealed ledger as a file that needs nothing of Tertib to be checked."""

import gzip
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from tertib.evidence import seals, verify_ledger
from tertib.evidence.models import Seal, SealEntry
from tertib.evidence.sealed import plain, row
from tertib.evidence.verify_ledger import FORMAT, canonical

VERIFIER = Path(verify_ledger.__file__)


def export(path: Path, *, now: datetime) -> tuple[int, int]:
    """Write every seal and its rows, one JSON object a line; return how many of each.

    A name that ends in .gz is packed. The verifier is put beside it. The file appears when it is
    whole; an existing one stays until then.
    """
    part = path.with_name(path.name + ".part")
    counted = [0, 0]
    try:
        with _writing(part, packed=path.suffix == ".gz") as file:
            for line in _lines(now, counted):
                file.write(canonical(line) + b"\n")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    beside = path.with_name(VERIFIER.name)
    if beside.resolve() != VERIFIER.resolve():
        shutil.copyfile(VERIFIER, beside)
    return counted[0], counted[1]


@contextmanager
def _writing(path: Path, *, packed: bool) -> Iterator[BinaryIO]:
    with path.open("wb") as file:
        if not packed:
            yield file
            return
        with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=6) as zipped:
            yield zipped  # type: ignore[misc]


def _lines(now: datetime, counted: list[int]) -> Iterator[dict[str, object]]:
    yield {"tertib_ledger": FORMAT, "exported_at": plain(now)}
    number = 0
    while seal := Seal.objects.filter(number__gt=number).order_by("number").first():
        number = seal.number
        yield {"seal": seals.as_plain(seal)}
        named = list(SealEntry.objects.filter(seal=seal).order_by("place"))
        rows = seals.rows_of(named)
        for entry in named:
            kept = rows.get((entry.entry, entry.seq))
            yield {
                "entry": entry.entry,
                "seq": entry.seq,
                "digest": entry.digest,
                "row": row(kept) if kept else None,
            }
        counted[0] += 1
        counted[1] += len(named)
    yield {"end": {"seals": counted[0], "entries": counted[1]}}
