"""What work does by itself: look in a table for steps that have come, and take them."""

import logging
import time
from datetime import datetime
from typing import NamedTuple

from django.tasks import task
from django.utils.translation import gettext_lazy as _

from tertib.evidence import ledger
from tertib.jobs.schedule import every, name_tasks
from tertib.lib.errors import trouble
from tertib.sop import versions
from tertib.work.actions import ladder
from tertib.work.whose import Office

log = logging.getLogger(__name__)

SOME = 25  # steps in one write transaction (≤ 20 ms)
PAUSE = 0.010  # seconds after each, in which people write
MOST = 5_000  # in one run


class Climbed(NamedTuple):
    taken: int
    failed: int


@every(minutes=1)
@task(queue_name="tick")
def climb_ladders() -> Climbed:
    return climb(now=ledger.now())


def climb(*, now: datetime) -> Climbed:
    """Take the steps that have come. An hour late or twice: the same steps, dated the same."""
    if not versions.law():
        return Climbed(0, 0)
    with versions.remembered():
        ladder.return_lent(now=now)
        ladder.stand_in(now=now)
        return _take(now)


def _take(now: datetime) -> Climbed:
    taken = failed = 0
    office, done = Office(now), set[int]()
    while taken + failed < MOST:
        pks = [pk for pk in ladder.due(now, SOME + failed) if pk not in done]
        if not pks:
            break
        try:
            taken += ladder.take_steps(pks, now=now, office=office)
        except Exception as error:
            if trouble(error):
                raise
            log.exception("steps_failed", extra={"steps": len(pks)})
            for pk in pks:
                took = _one(pk, now)
                taken, failed = taken + took, failed + (not took)
        done.update(pks)
        time.sleep(PAUSE)
    if taken or failed:
        log.info("ladders_climbed", extra={"taken": taken, "failed": failed})
    return Climbed(taken, failed)


def _one(pk: int, now: datetime) -> bool:
    try:
        ladder.take_steps([pk], now=now)
    except Exception as error:  # one item is no reason to leave the others lying (44)
        if trouble(error):
            raise
        log.exception("step_failed", extra={"step": pk})
        return False
    return True


name_tasks(
    {
        climb_ladders.module_path: _("Escalate and remind"),
    }
)
