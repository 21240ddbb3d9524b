"""What this room proves: that nothing in the ledger was altered."""

from tertib.evidence.vocabulary import claim

CHAIN_VERIFIED = claim("audit.chain_verified_ok")
