"""Real worker processes on a database of their own, killed in the middle."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from tertib.jobs import actions
from tertib.jobs.models import Job

type Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start(own_database, tmp_path: Path) -> Iterator[Start]:  # type: ignore[no-untyped-def]
    """Start a worker; those still alive are ended with the test."""
    started: list[subprocess.Popen[bytes]] = []
    path = f"{own_database.environ['PYTHONPATH']}{os.pathsep}{Path(__file__).parent}"
    environ = {**own_database.environ, "PYTHONPATH": path}

    def begin(*arguments: str) -> subprocess.Popen[bytes]:
        with (tmp_path / f"worker-{len(started)}.log").open("wb") as output:
            worker = subprocess.Popen(
                [sys.executable, "-m", "tertib.cli", "worker", *arguments],
                env=environ,
                stdout=output,
                stderr=output,
            )
        started.append(worker)
        return worker

    yield begin
    for worker in started:
        if worker.poll() is None:
            worker.kill()
        worker.wait(timeout=10)
    time.sleep(0.1)  # its children die with it


def put(task: str, lane: str, *args: object) -> Job:
    return actions.put(task=f"job_probe.{task}", lane=lane, args=args, now=timezone.now())


def wait_for(condition: Callable[[], bool], *, seconds: float) -> float:
    """Return how long it took until the condition held."""
    begin = time.monotonic()
    while not condition():
        assert time.monotonic() - begin < seconds, "it did not happen in time"
        time.sleep(0.05)
    return time.monotonic() - begin


def lines(file: Path) -> list[list[str]]:
    return [line.split() for line in file.read_text().splitlines()] if file.exists() else []


def words(file: Path) -> list[str]:
    return [line[0] for line in lines(file)]


@pytest.mark.alone
def test_a_heavy_job_never_delays_the_tick(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "trace"
    put("slow", "heavy", str(file), 6)
    start()
    wait_for(lambda: "slow-begin" in words(file), seconds=20)
    put("quick", "tick", str(file))
    assert wait_for(lambda: "quick" in words(file), seconds=5) < 2
    assert "slow-end" not in words(file)


@pytest.mark.alone
def test_the_job_of_a_killed_worker_runs_again_within_ten_seconds(
    start: Start, tmp_path: Path
) -> None:
    file = tmp_path / "trace"
    job = put("slow", "heavy", str(file), 4)
    first, _second = start("--lane", "heavy"), start("--lane", "heavy")
    wait_for(lambda: words(file) == ["slow-begin"], seconds=20)
    # Kill the lane's process and, if it was the first worker's, its parent, too.
    os.kill(int(lines(file)[0][1]), signal.SIGKILL)
    first.kill()
    again = wait_for(lambda: words(file).count("slow-begin") == 2, seconds=15)
    assert again < 10
    wait_for(lambda: Job.objects.get(pk=job.pk).status == Job.Status.DONE, seconds=15)
    assert words(file) == ["slow-begin", "slow-begin", "slow-end"]
    assert Job.objects.get(pk=job.pk).attempts == 2


@pytest.mark.long
def test_two_workers_never_run_the_same_job(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "trace"
    jobs = [put("quick", "tick", str(file), f"job-{number}") for number in range(60)]
    start("--lane", "tick")
    start("--lane", "tick")
    wait_for(lambda: len(words(file)) >= len(jobs), seconds=120)
    wait_for(lambda: not Job.objects.filter(status="running").exists(), seconds=10)
    assert sorted(words(file)) == sorted(f"job-{number}" for number in range(60))
    assert set(
        Job.objects.filter(pk__in=[job.pk for job in jobs]).values_list("status", "attempts")
    ) == {("done", 1)}


@pytest.mark.long
def test_a_worker_told_to_stop_lets_a_short_job_end_and_frees_a_long_one(
    start: Start, tmp_path: Path
) -> None:
    file = tmp_path / "trace"
    put("slow", "heavy", str(file), 1, "short")
    worker = start("--lane", "heavy")
    wait_for(lambda: "short-begin" in words(file), seconds=90)
    worker.terminate()
    assert worker.wait(timeout=10) == 0
    assert words(file) == ["short-begin", "short-end"]
    long = put("slow", "heavy", str(file), 60, "long")
    worker = start("--lane", "heavy")
    wait_for(lambda: "long-begin" in words(file), seconds=90)
    worker.terminate()
    assert worker.wait(timeout=15) == 0
    long.refresh_from_db()
    assert (long.status, long.attempts) == ("ready", 0)


@pytest.mark.alone
def test_a_failing_job_is_planned_again_with_its_traceback(start: Start) -> None:
    job = put("wrong", "heavy")
    start("--lane", "heavy")
    wait_for(lambda: bool(Job.objects.get(pk=job.pk).errors), seconds=20)
    job.refresh_from_db()
    assert job.status == Job.Status.READY
    assert 8 < (job.run_at - timezone.now()).total_seconds() <= 10
    assert "as planned" in job.errors[0]["traceback"]
