#!/usr/bin/env python3
"""Check exports of a Tertib ledger with nothing but Python: neither Tertib nor its database.

    python3 verify_ledger.py LEDGER.jsonl.gz                is it whole and unaltered?
    python3 verify_ledger.py OLDER.jsonl.gz NEWER.jsonl.gz  does the newer go on from the older?

The exit code is 0 if everything holds, 1 if something was altered, 2 if a file cannot be read.

What is checked. Every row has a digest: SHA-256 of its canonical JSON. The rows of a batch are the
leaves of a Merkle tree (RFC 6962, section 2.1: leaves and nodes are hashed with different first
bytes); a leaf names table, number and digest of its row. A seal holds the root of its tree and the
digest of the seal before it, so whoever keeps the newest seal's digest can prove the whole past.
Tertib itself computes its digests and seals with the functions of this file.
"""

import gzip
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

FORMAT = 1
NOTHING = "0" * 64  # what the first seal names as the seal before it
LONGEST = 4_000_000  # bytes of a line
DEEPEST = 40  # levels of a value


def canonical(value: object) -> bytes:
    """Return the one way to write a JSON value: sorted keys, no spaces, UTF-8.

    Numbers that are equal are written alike (1.0 and 1e0 as 1), because databases do not keep the
    difference. Raise ValueError for what is no JSON: NaN, infinities, broken text, other objects.
    """
    try:
        text = json.dumps(
            _plain(value, DEEPEST),
            sort_keys=True,
            separators=(",", ":"),
            ensure_ascii=False,
            allow_nan=False,
        )
        return text.encode()
    except (TypeError, UnicodeEncodeError) as fault:
        raise ValueError(f"This is no JSON: {fault}") from fault


def _plain(value: object, levels: int) -> object:
    if not levels:
        raise ValueError("This is nested too deeply")
    match value:
        case float() if value.is_integer():
            return int(value)
        case dict():
            if not all(isinstance(name, str) for name in value):
                raise ValueError("A name has to be text")
            return {name: _plain(inner, levels - 1) for name, inner in value.items()}
        case list() | tuple():
            return [_plain(inner, levels - 1) for inner in value]
    return value


def digest(value: object) -> str:
    return sha256(canonical(value)).hexdigest()


def digest_of_row(entry: str, row: Mapping[str, object]) -> str:
    return digest({"entry": entry, **row})


def leaf(entry: str, seq: int, row_digest: str) -> bytes:
    return sha256(b"\0" + f"{entry}:{seq}:{row_digest}".encode()).digest()


def merkle_root(leaves: Sequence[bytes]) -> str:
    """Return the root of the tree of RFC 6962, which promotes a node without a sibling."""
    level = list(leaves)
    if not level:
        return sha256(b"").hexdigest()
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        odd = level[-1:] if len(level) % 2 else []
        level = [sha256(b"\1" + left + right).digest() for left, right in pairs] + odd
    return level[0].hex()


def digest_of_seal(seal: Mapping[str, object]) -> str:
    names = ("number", "root", "previous", "entries", "horizon", "sealed_at")
    return digest({name: seal[name] for name in names})


@dataclass
class Found:
    """What an export holds, and what is wrong with it; the first fault stands first."""

    seals: list[str] = field(default_factory=list)  # digests, the first seal's first
    entries: int = 0
    faults: list[str] = field(default_factory=list)


def verify(lines: Iterable[dict[str, Any]]) -> Found:
    """Check an export line by line, without holding more than one batch of it."""
    found, rows, sealing = Found(), iter(lines), NOTHING
    head = next(rows, {})
    if head.get("tertib_ledger") != FORMAT:
        found.faults.append("This is no export of a ledger, or one of another format.")
        return found
    for line in rows:
        if "end" in line:
            told = line["end"]
            if [told["seals"], told["entries"]] != [len(found.seals), found.entries]:
                found.faults.append("The export's own count of seals and rows does not agree.")
            if next(rows, None) is not None:
                found.faults.append("There are lines after the end.")
            return found
        seal = line["seal"]
        number = len(found.seals) + 1
        if seal["number"] != number:
            found.faults.append(f"Seal {number} is missing: seal {seal['number']} stands there.")
            return found
        if seal["previous"] != sealing:
            found.faults.append(f"Seal {number} does not go on from the seal before it.")
        if seal["digest"] != digest_of_seal(seal):
            found.faults.append(f"Seal {number} was altered.")
        if not _check_batch(seal, rows, found):
            return found
        sealing = seal["digest"]
        found.seals.append(sealing)
    found.faults.append("The export is cut off: its end is missing.")
    return found


def _check_batch(seal: dict[str, Any], rows: Iterator[dict[str, Any]], found: Found) -> bool:
    """Check the rows of a seal. False: one is missing, and nothing after it can be told apart."""
    leaves = []
    for line in (next(rows, {}) for _place in range(seal["entries"])):
        if "entry" not in line:
            found.faults.append(f"Seal {seal['number']}: a row is missing.")
            return False
        where = f"{line['entry']} {line['seq']}"
        if line.get("row") is None:
            found.faults.append(f"{where} is missing.")
        elif digest_of_row(line["entry"], line["row"]) != line["digest"]:
            found.faults.append(f"{where} was altered.")
        leaves.append(leaf(line["entry"], line["seq"], line["digest"]))
        found.entries += 1
    if merkle_root(leaves) != seal["root"]:
        fault = f"Seal {seal['number']}: rows were altered, exchanged or reordered."
        found.faults.append(fault)
    return True


def consistent(older: Sequence[str], newer: Sequence[str]) -> str | None:
    """Return where two histories part, in words; None: the longer one goes on from the other."""
    for number, (one, other) in enumerate(zip(older, newer, strict=False), 1):
        if one != other:
            return f"They part at seal {number}: the past was rewritten."
    return None


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of an export. Raise ValueError with the number of a line that is none."""
    with _open(path) as file:
        number = 0
        while text := file.readline(LONGEST + 1):
            number += 1
            try:
                line = json.loads(text) if len(text) <= LONGEST else None
            except (ValueError, RecursionError):
                line = None
            if not isinstance(line, dict):
                raise ValueError(f"{path.name}: line {number} cannot be read")
            yield line


def _open(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path) if packed else path.open("rb")  # type: ignore[return-value]


def main(names: Sequence[str]) -> int:
    if len(names) not in (1, 2):
        print(__doc__)  # noqa: T201
        return 2
    histories, worst = [], 0
    for name in names:
        try:
            found = verify(read(Path(name)))
        except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as broken:
            print(f"{name}: cannot be read: {broken}")  # noqa: T201
            return 2
        histories.append(found.seals)
        for fault in found.faults[:20]:
            print(f"{name}: {fault}")  # noqa: T201
        if found.faults:
            worst = 1
            continue
        newest = found.seals[-1] if found.seals else "none"
        print(f"{name}: whole and unaltered. {len(found.seals)} seals, {found.entries} rows")  # noqa: T201
        print(f"  newest seal {newest}")  # noqa: T201
    if len(histories) == 2:
        parted = consistent(*histories)
        print(parted or "They are consistent: the longer one goes on from the other.")  # noqa: T201
        worst = 1 if parted else worst
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
