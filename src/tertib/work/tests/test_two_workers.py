"""Real workers on one database, one of them killed: each step is taken once."""

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tertib.evidence.models import Fact
from tertib.jobs import actions as jobs
from tertib.jobs.models import Job
from tertib.notify.models import Notice
from tertib.people.actions import first_start
from tertib.sop.actions import publish_shipped
from tertib.vault import keyring
from tertib.work.actions import open_task
from tertib.work.models import Event, Step
from tertib.work.tests.conftest import hire

TASKS = 60


@pytest.fixture
def work_to_climb(own_database: Any, clock: Any) -> Any:
    keyring.create(own_database.folder / "keyring")
    site = first_start(clock.now)
    publish_shipped(clock.now)
    budi = hire(site, "Budi Santoso", "infra", clock.now)
    hire(site, "Dewi Anggraini", "kepala_ti", clock.now)
    hire(site, "Hadi Wijaya", "manajemen", clock.now)
    for number in range(TASKS):
        open_task(
            title=f"Task {number}",
            due_by=clock.now + timedelta(days=1),
            owner=budi,
            by=budi,
            now=clock.now,
            control="inv.hw.fresh",
        )
    return own_database


@pytest.fixture
def workers(work_to_climb: Any, tmp_path: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    started = []
    for number in range(2):
        with (tmp_path / f"worker-{number}.log").open("wb") as output:
            started.append(
                subprocess.Popen(
                    [sys.executable, "-m", "tertib.cli", "worker", "--lane", "tick"],
                    env=work_to_climb.environ,
                    stdout=output,
                    stderr=output,
                )
            )
    yield started
    for worker in started:
        if worker.poll() is None:
            worker.kill()
        worker.wait(timeout=10)
    time.sleep(0.1)


def put_several(clock: Any, some: int) -> None:
    """Without a key: several of them run at once, which the schedule alone would never let."""
    for _ in range(some):
        jobs.put(task="tertib.work.tasks.climb_ladders", lane="tick", now=clock.now)


def test_two_workers_and_a_kill_in_the_middle_take_each_step_once(
    workers: list[subprocess.Popen[bytes]], clock: Any
) -> None:
    put_several(clock, 4)
    until = time.monotonic() + 60
    while not Event.objects.filter(act="raised").exists():
        assert time.monotonic() < until
        time.sleep(0.05)
    workers[0].send_signal(signal.SIGKILL)
    while Step.objects.filter(outcome="").exists():
        assert time.monotonic() < until
        time.sleep(0.2)
    while Job.objects.filter(status="running").exists():
        assert time.monotonic() < until
        time.sleep(0.2)
    raised = Event.objects.filter(act="raised").values_list(
        "item", "told__role", "at", "told__late"
    )
    once = Counter((item, role) for item, role, _, _ in raised)
    assert set(once.values()) == {1}
    assert len(once) == 2 * TASKS
    assert {late for *_, late in raised} == {True}  # dated when due, and found long after
    assert {at for *_, at, _ in raised} == set(
        Step.objects.filter(kind="climb").values_list("at", flat=True)
    )
    notices = Notice.objects.filter(topic="work.raised")
    assert notices.count() == 2 * TASKS
    assert not Fact.objects.filter(kind="work.overdue_by_it").exists()  # of no role of IT's
