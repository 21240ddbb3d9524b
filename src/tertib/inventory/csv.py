"""The register as a file that a spreadsheet opens without running anything in it."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from django.utils.translation import gettext as _

from tertib.inventory import words
from tertib.inventory.models import Asset

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"  # or a spreadsheet takes UTF-8 for something older
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\N{FULLWIDTH EQUALS SIGN}")


def lines(assets: Iterable[Asset]) -> Iterator[str]:
    yield BOM
    yield _line(
        [
            _("Tag"), _("Name"), _("Serial number"), _("Type"), _("Status"), _("Owner"),
            _("Location"), _("Floor, room"), _("Maker"), _("Model"), _("Operating system"),
            _("Last seen"),
        ]
    )  # fmt: skip
    for asset in assets:
        owner = asset.owner.full_name if asset.owner else asset.unit
        yield _line(
            [
                asset.tag,
                asset.name,
                asset.serial,
                str(words.TYPES[asset.type].word),
                str(words.STATUSES[asset.status]),
                owner,
                asset.site.name if asset.site else "",
                asset.place,
                asset.maker,
                asset.model,
                f"{asset.system} {asset.system_version}".strip(),
                asset.seen_at.isoformat(timespec="seconds"),
            ]
        )


def defused(cell: str) -> str:
    """Return the cell as text: what would be a formula begins with an apostrophe."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_RUNS) else cell


def _line(cells: Iterable[str]) -> str:
    out = StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([defused(cell) for cell in cells])
    return out.getvalue()
