"""What the engine proves of itself. Recorded on the tick only (decision 31)."""

from tertib.evidence.vocabulary import claim

MEASURED_SHARE = claim("sop.measured_share")
WAIVER_EXPIRED = claim("waiver.expired_unresolved")

# Controls that live on these measure the engine, so they are left out of its own measure.
SELF = frozenset({MEASURED_SHARE.name, WAIVER_EXPIRED.name, "work.overdue_by_it"})
