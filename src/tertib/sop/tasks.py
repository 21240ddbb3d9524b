from django.tasks import task
from django.utils.translation import gettext_lazy as _

from tertib.evidence import ledger
from tertib.jobs.schedule import every, name_tasks
from tertib.sop import actions


@every(minutes=10)
@task(queue_name="heavy")
def close_superseded() -> int:
    """A version that was approved for a later day takes over by itself, also in the night."""
    return actions.close_superseded(ledger.now())


name_tasks(
    {
        close_superseded.module_path: _("Let a new version of the SOP take over"),
    }
)
