"""Django's tasks on our own rows: enqueued in the caller's transaction, held by leases."""

from __future__ import annotations

from typing import Any

from django.tasks import TaskResult, TaskResultStatus
from django.tasks.backends.base import BaseTaskBackend
from django.tasks.base import Task, TaskError
from django.tasks.exceptions import TaskResultDoesNotExist
from django.tasks.signals import task_enqueued
from django.utils import timezone
from django.utils.module_loading import import_string

from tertib.jobs.actions import put
from tertib.jobs.models import Job

STATUS = {
    Job.Status.READY: TaskResultStatus.READY,
    Job.Status.RUNNING: TaskResultStatus.RUNNING,
    Job.Status.DONE: TaskResultStatus.SUCCESSFUL,
    Job.Status.FAILED: TaskResultStatus.FAILED,
}


class Leased(BaseTaskBackend):
    supports_defer = True
    supports_get_result = True
    supports_priority = True

    def enqueue(self, task: Task[..., Any], args: Any, kwargs: dict[str, Any]) -> Any:
        self.validate_task(task)
        job = put(
            task=task.module_path,
            lane=task.queue_name,
            now=timezone.now(),
            args=args,
            kwargs=kwargs,
            run_at=task.run_after,
            priority=task.priority,
        )
        result = self.result(job, task)
        task_enqueued.send(type(self), task_result=result)
        return result

    def get_result(self, result_id: str) -> TaskResult[..., Any]:
        job = Job.objects.filter(pk=result_id).first()
        if job is None:
            raise TaskResultDoesNotExist(result_id)
        return self.result(job, import_string(job.task))

    def result(self, job: Job, task: Task[..., Any]) -> TaskResult[..., Any]:
        result = TaskResult(
            task=task,
            id=job.pk,
            status=STATUS[Job.Status(job.status)],
            enqueued_at=job.enqueued_at,
            started_at=job.started_at,
            finished_at=job.finished_at,
            last_attempted_at=job.attempted_at,
            args=job.args,
            kwargs=job.kwargs,
            backend=self.alias,
            errors=[
                TaskError(exception_class_path=error["class"], traceback=error["traceback"])
                for error in job.errors
            ],
            worker_ids=[job.worker] * job.attempts,
        )
        object.__setattr__(result, "_return_value", job.result)
        return result
