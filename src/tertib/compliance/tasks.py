"""What the engine does by itself: judge what arrives, see what falls due, check itself at night."""

import logging
import time

from django.tasks import task
from django.utils.translation import gettext_lazy as _

from tertib.compliance import actions, announcing
from tertib.compliance.recompute import recompute
from tertib.evidence import ledger
from tertib.jobs.schedule import daily, every, name_tasks, when

log = logging.getLogger(__name__)


@when(actions.there_is_work)
@task(queue_name="tick")
def judge() -> int:
    """Within a second of a fact: a report turns a clause green while somebody watches."""
    return actions.judge()


@every(minutes=1)
@task(queue_name="tick")
def tick() -> int:
    due = actions.tick(ledger.now())
    announcing.announce(now=ledger.now())
    return due


@daily(hour=3, minute=30, zone="Asia/Jakarta")
@task(queue_name="heavy")
def recompute_everything() -> int:
    """The whole engine from the ledger alone: a difference is an alarm, not a repair."""
    began = time.monotonic()
    report = recompute()
    seconds = round(time.monotonic() - began, 1)
    told = {"facts": report.facts, "standings": report.standings, "seconds": seconds}
    if report.equal:
        log.info("recompute_equals", extra=told)
    else:
        log.error("recompute_differs", extra={**told, "differences": report.differences[:20]})
    return len(report.differences)


name_tasks(
    {
        judge.module_path: _("Judge what is new"),
        tick.module_path: _("Judge what falls due"),
        recompute_everything.module_path: _("Compute everything anew and compare"),
    }
)
