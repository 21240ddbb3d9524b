from django.tasks import task
from django.utils import timezone

from tertib.jobs.schedule import daily, every
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
