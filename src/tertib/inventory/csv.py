"""The register as a file that a spreadsheet opens without running anything in it."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from tertib.inventory import words
from tertib.inventory.models import Asset
from tertib.lib.cells import BOM, line


def lines(assets: Iterable[Asset]) -> Iterator[str]:
    yield BOM
    yield line(
        [
            _("Tag"), _("Name"), _("Serial number"), _("Type"), _("Status"), _("Owner"),
            _("Location"), _("Floor, room"), _("Maker"), _("Model"), _("Operating system"),
            _("Last seen"),
        ]
    )  # fmt: skip
    for asset in assets:
        owner = asset.owner.full_name if asset.owner else asset.unit
        yield line(
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
