import logging
from datetime import datetime

from django.tasks import task
from django.utils.translation import gettext_lazy as _

from tertib.evidence import ledger, seals, subjects
from tertib.evidence.evidence import CHAIN_VERIFIED
from tertib.evidence.ledger import OURS
from tertib.evidence.models import Fact
from tertib.jobs.schedule import every, name_tasks

log = logging.getLogger(__name__)


@every(minutes=1)
@task(queue_name="heavy")
def seal_and_verify() -> int:
    """Seal what is new; look each hour at what was added, once a day at everything."""
    now = ledger.now()
    sealed = seals.seal(now)
    verify_when_due(now)
    return sealed


def verify_when_due(now: datetime, *, whole: bool = True) -> bool:
    """Record that the ledger is whole, once an hour. False: not due, or it is not whole.

    Nothing is recorded then, so that mon.chain falls silent and lapses. whole=False: of a new day,
    too, only what was added is looked at.
    """
    last = Fact.objects.filter(kind=CHAIN_VERIFIED.name, source=OURS).order_by("-seq").first()
    if last and f"{last.occurred_at:%Y-%m-%dT%H}" == f"{now:%Y-%m-%dT%H}":
        return False
    goes_on = last and (not whole or last.occurred_at.date() == now.date())
    verified = seals.verify(after=last.body["seals"] if last and goes_on else 0)
    if verified.faults:
        log.error("ledger_altered", extra={"faults": verified.faults})
        return False
    ledger.record(
        CHAIN_VERIFIED,
        subjects.organisation(),
        occurred_at=now,
        body={"seals": seals.count(), "facts": seals.sealed_facts()},
        source_id=f"chain:{now:%Y-%m-%dT%H}",
    )
    return True


name_tasks(
    {
        seal_and_verify.module_path: _("Seal and verify the ledger"),
    }
)
