"""What this room proves."""

from tertib.evidence.vocabulary import claim

OBSERVED = claim("inventory.observed")
RECORDED = claim("asset.recorded")
SOFTWARE_OBSERVED = claim("software.observed")
