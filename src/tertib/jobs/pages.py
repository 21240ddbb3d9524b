"""What the page about jobs shows. No request, no HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from tertib.jobs.models import Job, Schedule
from tertib.jobs.rules import Daily, Every, Rule
from tertib.jobs.schedule import called, scheduled
from tertib.lib.masking import mask
from tertib.ui import rules

FEW = 30
REFUSED = ("tertib.lib.errors.Refused", "tertib.lib.errors.Unknown")


@dataclass(frozen=True)
class Row:
    job: Job
    name: str
    why: str = ""  # of the last failed attempt, in plain words
    detail: str = ""  # what the program said
    share: Sequence[tuple[int, str]] = ()  # of a bar
    percent: int | None = None


@dataclass(frozen=True)
class Planned:
    name: str  # of the schedule
    called: str
    rhythm: str
    next_at: datetime | None
    last: Job | None
    failing: bool


def running() -> list[Row]:
    found = Job.objects.filter(status=Job.Status.RUNNING).order_by("started_at", "pk")
    return [_row(job) for job in found]


def waiting(now: datetime) -> tuple[list[Row], int]:
    """Return what waits, the first due first, and how many more there are."""
    found = Job.objects.filter(status=Job.Status.READY).order_by("run_at", "pk")
    rows = list(found[: FEW + 1])
    return [_row(job) for job in rows[:FEW]], max(len(rows) - FEW, 0)


def failed() -> list[Row]:
    found = Job.objects.filter(status=Job.Status.FAILED).order_by("-finished_at", "-pk")
    return [_row(job) for job in found[:FEW]]


def schedules(language: str) -> list[Planned]:
    """Return what runs by itself, with its last and its next run: two queries."""
    last = (
        Job.objects.filter(task=OuterRef("name"), finished_at__isnull=False)
        .order_by("-finished_at")
        .values("pk")[:1]
    )
    rows = {row.name: row for row in Schedule.objects.annotate(last=Subquery(last))}
    jobs = Job.objects.in_bulk([pk for row in rows.values() if (pk := getattr(row, "last", None))])
    planned = [
        Planned(
            name=name,
            called=called(name),
            rhythm=rhythm(rule, language),
            next_at=rows[name].run_by if name in rows else None,
            last=(job := jobs.get(getattr(rows.get(name), "last", None) or "")),
            failing=job is not None and job.status == Job.Status.FAILED,
        )
        for name, (_task, rule) in scheduled.items()
    ]
    return sorted(planned, key=lambda one: (not one.failing, one.called))


def rhythm(rule: Rule, language: str) -> str:
    match rule:
        case Every(interval) if interval == timedelta(minutes=1):
            return _("every minute")
        case Every(interval):
            return _("every %(span)s") % {"span": rules.span(interval, language)}
        case Daily(at, zone):
            clock = f"{at:%H.%M}" if language == "id" else f"{at:%H:%M}"
            return _("daily at %(time)s %(zone)s") % {
                "time": clock,
                "zone": rules.ZONES.get(zone, zone),
            }


def _row(job: Job) -> Row:
    why, detail = plain(job.errors[-1]) if job.errors else ("", "")
    if job.done is None or not job.total:
        return Row(job, called(job.task), why, detail)
    share = [(job.done, "compliant"), (job.total - job.done, "rest")]
    return Row(job, called(job.task), why, detail, share, job.done * 100 // job.total)


def plain(error: dict[str, str]) -> tuple[str, str]:
    """Return an error in words that say what to do, and what the program itself said.

    A text may hold what it was about, so it is masked like everything that leaves a process.
    """
    kind = error.get("class", "")
    lines = [line for line in error.get("traceback", "").strip().splitlines() if line.strip()]
    last = mask(lines[-1])[:500] if lines else kind
    said = last.partition(": ")[2] or last
    if kind in REFUSED:
        return said, ""
    if kind == "WorkerDied":
        return _("Its process ended before the job was done, five times over."), ""
    if any(word in last for word in ("No space left", "disk is full", "DiskFull")):
        return _("The disk is full. Make room, then let it run again."), last
    if "OperationalError" in kind:
        return _("The database did not answer. It is tried again by itself."), last
    if kind.endswith(("TimeoutError", "ConnectionRefusedError", "gaierror")):
        return _("The other side did not answer in time. Look at its address."), last
    return _("Something in Tertib went wrong. Let it run again; tell us if it stays."), last
