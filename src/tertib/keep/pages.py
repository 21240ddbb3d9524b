"""What the page about backups shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tertib.jobs.models import Job
from tertib.keep import shelf
from tertib.keep.actions import CHECK, MAKE
from tertib.keep.models import Checked

NIGHTLY = "tertib.keep.tasks.back_up_nightly"
MAKERS = (MAKE, NIGHTLY)
OLD = timedelta(hours=26)  # a nightly backup and the time it takes


@dataclass(frozen=True)
class Row:
    kept: shelf.Kept
    verified_at: datetime  # when it was made it was read back, or there would be no file
    fault: str
    checking: bool


def rows() -> list[Row]:
    checked = {one.name: one for one in Checked.objects.all()}
    asked = Job.objects.filter(task=CHECK, status__in=[Job.Status.READY, Job.Status.RUNNING])
    busy = {job.args[0] for job in asked if job.args}
    return [
        Row(
            one,
            checked[one.name].at if one.name in checked else one.made_at,
            checked[one.name].fault if one.name in checked else "",
            one.name in busy,
        )
        for one in shelf.kept()
    ]


def under_way() -> Job | None:
    """Return the job that makes a backup just now, or waits to."""
    asked = Job.objects.filter(task__in=MAKERS, status__in=[Job.Status.READY, Job.Status.RUNNING])
    return asked.order_by("-status", "run_at").first()


def last_failure(newest: datetime | None) -> Job | None:
    """Return the job that failed to make a backup after the newest one was made."""
    failed = Job.objects.filter(task__in=MAKERS, status=Job.Status.FAILED)
    if newest:
        failed = failed.filter(finished_at__gt=newest)
    return failed.order_by("-finished_at").first()


def state(found: Sequence[Row], now: datetime) -> str:
    """Return the state of the backups, as a clause would have it: is the newest fresh and whole?"""
    if not found:
        return "no_data"
    newest = found[0]
    return "lapsed" if newest.fault or now - newest.kept.made_at > OLD else "compliant"
