"""What people are told about reports, by the topic that decisions have."""

from datetime import datetime

from django.urls import reverse

from tertib.governance.telling import DECIDE
from tertib.notify import actions as notify
from tertib.people import reach
from tertib.people.models import User
from tertib.reports.models import Report
from tertib.sop import versions


def issued(report: Report, *, now: datetime) -> None:
    """Tell management that a report waits for a signature."""
    data = {
        "what": "report",
        "title": f"{report.month:%Y-%m}",
        "who": report.issued_by.full_name,
        "url": reverse("reports:report", args=[f"{report.month:%Y-%m}"]),
    }
    management = reach.holders(versions.current(now).approve_by, now)
    for person in User.objects.filter(pk__in=management).exclude(pk=report.issued_by_id):
        notify.tell(person.uuid, DECIDE, f"{report.uuid}:issued", data, urgent=False, now=now)
