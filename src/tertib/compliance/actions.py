"""Make the engine's tables follow the ledger, the clock and the SOP."""

from contextlib import suppress
from datetime import datetime, timedelta

from tertib.compliance import episodes, handover, measures, writing
from tertib.compliance import tick as ticking
from tertib.compliance.inbox import Judge
from tertib.compliance.models import Pulse, Stuck, Sweep
from tertib.compliance.routes import routes
from tertib.evidence import ledger
from tertib.evidence.models import Inbox
from tertib.sop import versions

TRIED_AGAIN = timedelta(hours=1)  # what could not be judged


def there_is_work() -> bool:
    stuck = Stuck.objects.values("row")
    return Inbox.objects.exclude(pk__in=stuck).exists() or Sweep.objects.exists()


def judge() -> int:
    """Judge all that has arrived; return how many rows of the inbox that was."""
    done = Judge().drain()
    _refresh(ledger.now())
    handover.hand_over(ledger.now())
    return done


def tick(now: datetime) -> int:
    """Follow the SOP in force and the clock, then measure the engine itself.

    Return how many standings had fallen due. An hour late it does what sixty ticks would have done.
    """
    law = versions.law()
    if not law:
        return 0
    Stuck.objects.filter(failed_at__lte=now - TRIED_AGAIN).delete()
    while True:
        try:
            ticking.follow(law)
            break
        except writing.Outrun:
            continue
    ways = routes(law)
    ticked_at = Pulse.objects.values_list("ticked_at", flat=True).get(pk=1)
    due = ticking.fall_due(now)
    Judge().drain()
    measures.measure(law, ways, now)
    measures.expire(ticked_at, now, ways)
    _refresh(now)
    handover.hand_over(now)
    Pulse.objects.filter(pk=1).update(ticked_at=now)
    return due


def _refresh(now: datetime) -> None:
    law = versions.law()
    if not law:
        return
    with suppress(writing.Outrun):  # then whoever was quicker, or the next tick, makes them
        episodes.refresh(law, routes(law), now)
