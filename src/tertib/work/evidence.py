"""What work proves: that something of the IT team's is overdue. Recorded on the tick only."""

from tertib.evidence.vocabulary import claim

OVERDUE = claim("work.overdue_by_it")  # outcome open, then closed
