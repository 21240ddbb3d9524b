"""How the audit trail calls what is done with jobs."""

from collections.abc import Collection
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tertib.audit import trail
from tertib.audit.trail import Thing
from tertib.jobs.models import Job
from tertib.jobs.schedule import called


def register() -> None:
    trail.register(
        actions={
            "retry_job": _("Let a failed job run again"),
            "run_job_now": _("Let a job run before its time"),
        },
        fields={"task": _("Job")},
        find=_find,
        told={"task": lambda asked: {task: called(str(task)) for task in asked}},
        order=70,
    )


def _find(uuids: Collection[UUID]) -> dict[UUID, Thing]:
    found = Job.objects.filter(pk__in=[uuid.hex for uuid in uuids]).values_list("pk", "task")
    return {UUID(pk): Thing(called(task), reverse("jobs:jobs")) for pk, task in found}
