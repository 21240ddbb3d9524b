from datetime import timedelta

from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tertib.jobs import actions
from tertib.jobs.schedule import every, name_tasks

DONE_KEPT = timedelta(days=7)
FAILED_KEPT = timedelta(days=90)


@every(minutes=10)
@task(queue_name="heavy")
def forget_old_jobs() -> int:
    """Delete a handful at a time, so that the table stays small and nobody waits."""
    now = timezone.now()
    return actions.forget(done_before=now - DONE_KEPT, failed_before=now - FAILED_KEPT)


name_tasks(
    {
        forget_old_jobs.module_path: _("Forget old jobs"),
    }
)
