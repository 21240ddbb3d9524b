from django.tasks import task

from tertib.evidence import ledger
from tertib.jobs.schedule import every
from tertib.sop import actions


@every(minutes=10)
@task(queue_name="heavy")
def close_superseded() -> int:
    """A version that was approved for a later day takes over by itself, also in the night."""
    return actions.close_superseded(ledger.now())
