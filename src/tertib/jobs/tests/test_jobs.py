from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection, transaction
from django.tasks import TaskResultStatus, default_task_backend, task_backends

from tertib.jobs import actions
from tertib.jobs.backend import Leased
from tertib.jobs.models import LANES, Job
from tertib.jobs.rules import ATTEMPTS, LEASE, PUT_OFF
from tertib.jobs.tasks import forget_old_jobs

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def leased() -> Iterator[None]:
    """The suite runs tasks at once; here they become rows, as in the product."""
    immediate = task_backends["default"]
    task_backends["default"] = Leased("default", {"QUEUES": LANES})
    yield
    task_backends["default"] = immediate


def put(word: str = "", *, key: str | None = None, priority: int = 0) -> Job:
    return actions.put(
        task="nowhere", lane="tick", args=(word,), now=NOON, key=key, priority=priority
    )


def claim(worker: str, *, now: datetime = NOON) -> Job | None:
    return actions.claim("tick", worker=worker, now=now)


def taken(worker: str, *, now: datetime = NOON) -> Job:
    job = claim(worker, now=now)
    assert job
    return job


def test_a_job_is_claimed_once_the_most_urgent_first() -> None:
    put("later")
    put("first", priority=5)
    assert [job and job.args for job in (claim("a"), claim("b"), claim("c"))] == [
        ["first"],
        ["later"],
        None,
    ]


def test_one_is_claimed_at_a_time_whatever_plan_the_database_makes() -> None:
    put("0")
    if connection.vendor == "postgresql":  # it counts on one row, so it looks for each row anew
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE jobs_job")
            for way in ("hashjoin", "hashagg", "mergejoin", "indexscan", "bitmapscan"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
    for number in range(1, 5):
        put(str(number))
    taken("a")
    assert Job.objects.filter(status=Job.Status.RUNNING).count() == 1


def test_a_job_of_another_lane_or_of_the_future_waits() -> None:
    actions.put(task="nowhere", lane="mail", now=NOON)
    actions.put(task="nowhere", lane="tick", now=NOON, run_at=NOON + SECOND)
    assert claim("a") is None
    assert claim("a", now=NOON + SECOND)


def test_of_one_key_one_runs_and_one_waits() -> None:
    first, again = put(key="judge"), put(key="judge")
    assert first.pk == again.pk
    running = taken("a")
    waiting = put(key="judge")
    assert waiting.pk != running.pk
    assert claim("b") is None
    assert actions.finish(running, None, now=NOON)
    assert taken("b").pk == waiting.pk


def test_a_job_whose_worker_is_gone_is_claimed_again_and_the_late_answer_does_not_count() -> None:
    put()
    lost = taken("a")
    assert claim("b", now=NOON + LEASE - SECOND) is None
    again = taken("b", now=NOON + LEASE)
    assert again.pk == lost.pk
    assert not actions.hold(lost, now=NOON + LEASE)
    assert not actions.finish(lost, "late", now=NOON + LEASE)
    assert actions.finish(again, "right", now=NOON + LEASE)
    assert Job.objects.get().result == "right"


def test_a_heartbeat_keeps_the_job() -> None:
    put()
    job = taken("a")
    assert actions.hold(job, now=NOON + LEASE - SECOND)
    assert claim("b", now=NOON + LEASE) is None


def test_a_failing_job_comes_back_later_each_time_and_is_shown_as_failed_in_the_end() -> None:
    put()
    now, waits = NOON, []
    for _attempt in range(ATTEMPTS):
        job = taken("a", now=now)
        assert actions.fail(job, ValueError("as planned"), now=now)
        job.refresh_from_db()
        waits.append((job.run_at - now).total_seconds())
        now = job.run_at
    assert waits[:-1] == [10, 40, 160, 640]
    assert job.status == Job.Status.FAILED
    assert len(job.errors) == ATTEMPTS
    assert "ValueError: as planned" in job.errors[0]["traceback"]
    assert claim("a", now=now + timedelta(days=1)) is None
    assert actions.retry(job, now=now)
    assert taken("a", now=now).attempts == 1


def test_a_job_that_found_no_room_to_write_comes_back_soon_and_has_not_failed() -> None:
    put(key="judge")
    now = NOON
    for _while_the_disk_is_full in range(ATTEMPTS + 1):
        job = taken("a", now=now)
        assert actions.put_off(job, OperationalError("disk full"), now=now)
        now += PUT_OFF
    job.refresh_from_db()
    assert (job.status, job.attempts, len(job.errors)) == (Job.Status.READY, 0, 1)
    running = taken("a", now=now)
    waiting = put(key="judge")
    assert actions.put_off(running, OperationalError("disk full"), now=now)
    assert [job.pk for job in Job.objects.exclude(status=Job.Status.DONE)] == [waiting.pk]


def test_a_job_that_kills_its_workers_is_given_up() -> None:
    put()
    now = NOON
    for number in range(ATTEMPTS):
        assert claim(f"worker {number}", now=now)
        now += LEASE
    assert claim("the next", now=now) is None
    job = Job.objects.get()
    assert (job.status, job.errors[-1]["class"]) == (Job.Status.FAILED, "WorkerDied")


def test_a_worker_told_to_stop_frees_its_job_at_once_and_it_costs_no_attempt() -> None:
    put()
    taken("a")
    assert actions.release("a", now=NOON) == 1
    assert taken("b").attempts == 1


def test_a_job_is_enqueued_with_its_transaction_or_not_at_all() -> None:
    def break_off() -> None:
        with transaction.atomic():
            forget_old_jobs.enqueue()
            raise ValueError("broken off")

    with pytest.raises(ValueError, match="broken off"):
        break_off()
    assert not Job.objects.exists()


def test_django_s_own_interface_tells_how_a_task_fares() -> None:
    result = forget_old_jobs.using(priority=3).enqueue()
    job = actions.claim("heavy", worker="a", now=Job.objects.get().run_at)
    assert job
    assert job.priority == 3
    actions.finish(job, 7, now=NOON)
    result.refresh()
    assert (result.status, result.return_value) == (TaskResultStatus.SUCCESSFUL, 7)
    assert default_task_backend.get_result(result.id).attempts == 1


def test_what_is_done_is_forgotten_after_a_while_and_what_failed_later() -> None:
    put("done")
    put("failed")
    done, failed = taken("a"), taken("a")
    actions.finish(done, None, now=NOON)
    for _attempt in range(ATTEMPTS):
        failed = failed if failed.status == Job.Status.RUNNING else taken("a", now=failed.run_at)
        actions.fail(failed, ValueError(), now=NOON)
        failed.refresh_from_db()
    put("waiting")
    later = NOON + SECOND
    assert actions.forget(done_before=later, failed_before=NOON) == 1
    assert actions.forget(done_before=later, failed_before=later) == 1
    assert Job.objects.get().args == ["waiting"]
