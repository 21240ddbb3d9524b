"""One lane of the worker: claim, run, say what came out. A process does one job at a time."""

import logging
import os
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, close_old_connections, connections
from django.db import Error as DatabaseError
from django.tasks import TaskContext, task_backends
from django.utils import timezone
from django.utils.module_loading import import_string

from tertib.jobs import actions, progress
from tertib.jobs.backend import Leased
from tertib.jobs.models import Job
from tertib.jobs.rules import HEARTBEAT
from tertib.lib.errors import trouble

log = logging.getLogger(__name__)

POLL = 0.25  # seconds between two looks for work
PAUSE = 2.0  # seconds after the database did not answer
TICK_EVERY = 4  # looks for work between two looks at the schedules


def clock() -> datetime:
    """Return the instant that leases are measured with: on several nodes the database's."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row: tuple[datetime] = cursor.fetchone()
        return row[0]


class Heart(threading.Thread):
    """Renews the lease of the job that this process runs, while it runs."""

    def __init__(self, lost: Callable[[Job], None]) -> None:
        super().__init__(daemon=True, name="heartbeat")
        self.job: Job | None = None
        self.lost = lost

    def run(self) -> None:
        while True:
            threading.Event().wait(HEARTBEAT.total_seconds())
            if job := self.job:
                self.beat(job)

    def beat(self, job: Job) -> None:
        try:
            held = actions.hold(job, now=clock())
        except DatabaseError:
            log.exception("lease_not_renewed", extra={"job": job.pk})
            connections.close_all()
            return
        if not held and self.job is job:
            self.lost(job)


def work(lane: str, *, worker: str, stopping: threading.Event) -> None:
    """Run the jobs of a lane until told to stop. A stop lets the job that runs come to its end."""
    heart = Heart(_lost)
    heart.start()
    looks = 0
    while not stopping.is_set():
        try:
            close_old_connections()
            if lane == "tick":
                if looks % TICK_EVERY == 0:
                    actions.tick(now=clock())
                actions.watch(now=clock())
            looks += 1
            job = actions.claim(lane, worker=worker, now=clock())
            if job is None:
                stopping.wait(POLL)
                continue
            progress.forget()
            heart.job = job
            try:
                run(job)
            finally:
                heart.job = None
        except DatabaseError:  # restarted, out of reach, disk full: what is leased comes again
            log.exception("database_did_not_answer", extra={"lane": lane})
            connections.close_all()
            stopping.wait(PAUSE)


def run(job: Job) -> bool:
    """Run a claimed job and keep its outcome. False: it failed, or was no longer ours."""
    log.info("job_started", extra={"job": job.pk, "task": job.task, "attempt": job.attempts})
    try:
        result = _call(job)
    except Exception as error:  # the loop of a job logs, counts and goes on (decision 44)
        log.exception("job_failed", extra={"job": job.pk, "task": job.task})
        connections.close_all()  # whatever state it left them in
        end = actions.put_off if _storage_failed(error) else actions.fail
        end(job, error, now=clock())
        return False
    kept = actions.finish(job, result, now=clock())
    log.info("job_finished", extra={"job": job.pk, "task": job.task, "kept": kept})
    return kept


def _storage_failed(error: Exception) -> bool:
    """Disk full, database away: the next attempt may come soon, and none was used up.

    Not so where a task tells it itself, as a backup that finds no room: it has failed.
    """
    return isinstance(error, DatabaseError) and trouble(error) is not None


def _call(job: Job) -> object:
    task = import_string(job.task)
    if not task.takes_context:
        return task.call(*job.args, **job.kwargs)
    backend: Any = task_backends[task.backend]
    assert isinstance(backend, Leased)  # noqa: S101
    return task.call(TaskContext(task_result=backend.result(job, task)), *job.args, **job.kwargs)


def _lost(job: Job) -> None:
    """Somebody else runs our job, so this process was taken for dead: be it."""
    log.critical("lease_lost", extra={"job": job.pk, "task": job.task})
    os._exit(75)
