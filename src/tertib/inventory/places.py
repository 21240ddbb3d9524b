"""At which site an asset stands: whose work it is when it lapses."""

from collections.abc import Collection
from uuid import UUID

from tertib.inventory.models import Asset


def sites_of(assets: Collection[UUID]) -> dict[UUID, int]:
    found = Asset.objects.filter(subject__in=assets, site__isnull=False)
    return dict(found.values_list("subject_id", "site_id"))
