"""Lines of a file that a spreadsheet opens without running anything in it."""

import csv
from collections.abc import Iterable
from io import StringIO

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"  # or a spreadsheet takes UTF-8 for something older
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\N{FULLWIDTH EQUALS SIGN}")


def defused(cell: str) -> str:
    """Return the cell as text: what would be a formula begins with an apostrophe."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_RUNS) else cell


def line(cells: Iterable[str]) -> str:
    out = StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([defused(cell) for cell in cells])
    return out.getvalue()
