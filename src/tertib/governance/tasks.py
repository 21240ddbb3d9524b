"""What governance does by itself: work that time begins; each morning, reminders and what ended."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.tasks import task
from django.utils.translation import gettext_lazy as _

from tertib.evidence import ledger
from tertib.governance import actions, matters, telling
from tertib.governance.asking import asked, silent
from tertib.governance.models import Waiver
from tertib.jobs.schedule import daily, every, name_tasks
from tertib.people import reach
from tertib.people.models import User

log = logging.getLogger(__name__)
BEFORE = timedelta(days=3)  # how long before the end of the time somebody is reminded
LATELY = timedelta(days=7)  # a waiver that ended longer ago was told of before


@every(minutes=1)
@task(queue_name="tick")
def settle() -> int:
    return matters.settle(now=ledger.now())


@daily(hour=8, zone="Asia/Jakarta")
@task(queue_name="mail")
def remind() -> int:
    actions.ask_for_years(now=ledger.now())
    return remind_of(now=ledger.now())


def remind_of(*, now: datetime) -> int:
    """Remind who has not acknowledged the SOP, tell managers after the deadline. Once each."""
    for waiver in Waiver.objects.to_review(now).filter(ended_at__gt=now - LATELY):
        with transaction.atomic():
            telling.waiver_ended(waiver, now=now)
    ask = asked(now)
    if ask is None:
        return 0
    due = [(person, ask.due_by(person)) for person in silent(ask).order_by("pk")]
    remind = [(person, by) for person, by in due if by - BEFORE <= now]
    overdue = [person for person, by in remind if by <= now]
    managers = reach.manager_of([person.pk for person in overdue], now)
    known = User.objects.in_bulk(set(managers.values()))
    above = [(person, known[managers[person.pk]]) for person in overdue if person.pk in managers]
    with transaction.atomic():
        telling.to_read(remind, ask.version, now=now)
        telling.late(above, ask.version, now=now)
    if remind:
        log.info("sop_reminded", extra={"people": len(remind), "overdue": len(overdue)})
    return len(remind)


name_tasks(
    {
        settle.module_path: _("Close what was decided"),
        remind.module_path: _("Remind of the SOP and of waivers"),
    }
)
