"""What runs by itself: sending, and forgetting what nobody reads any more."""

from django.tasks import task
from django.utils.translation import gettext_lazy as _

from tertib.evidence import ledger
from tertib.jobs.schedule import every, name_tasks, when
from tertib.notify import deliver
from tertib.notify.actions import forgetting


@when(lambda: deliver.there_is_work(ledger.now()))
@task(queue_name="mail")
def send_what_is_due() -> int:
    """Tell people what they have to know. It looks for its work in the outbox."""
    return deliver.run(clock=ledger.now)


@every(minutes=10)
@task(queue_name="mail")
def forget_old_messages() -> int:
    """A handful at a time, so that nobody waits."""
    return forgetting.forget(now=ledger.now())


name_tasks(
    {
        send_what_is_due.module_path: _("Send what people have to know"),
        forget_old_messages.module_path: _("Forget old messages"),
    }
)
