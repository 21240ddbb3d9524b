from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tertib.jobs.schedule import daily, every, name_tasks
from tertib.people.actions import directory, signin, undoing


@every(minutes=30)
@task(queue_name="heavy")
def forget_what_is_over() -> int:
    now = timezone.now()
    return signin.forget(now=now) + undoing.forget(now=now)


@daily(hour=5, zone="Asia/Jakarta")
@task(queue_name="heavy")
def read_directory() -> str:
    return directory.read_daily(now=timezone.now())


name_tasks(
    {
        forget_what_is_over.module_path: _("Forget sessions and links that are over"),
        read_directory.module_path: _("Read the directory"),
    }
)
