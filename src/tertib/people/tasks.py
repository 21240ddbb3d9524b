from django.tasks import task
from django.utils import timezone

from tertib.jobs.schedule import every
from tertib.people.actions import signin


@every(minutes=30)
@task(queue_name="heavy")
def forget_what_is_over() -> int:
    return signin.forget(now=timezone.now())
