"""kill -9 of any process at any moment: nothing is lost, and nothing is there twice."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db.models import Count

from conftest import OwnDatabase
from tertib.agents.tests.machines import machine
from tertib.cli.first_start import first_start
from tertib.cli.tests.conftest import Start
from tertib.cli.tests.house import House, children, is_alive, until
from tertib.compliance.models import Standing, Transition
from tertib.compliance.recompute import recompute
from tertib.evidence import intake, ledger
from tertib.evidence.models import Fact, Inbox
from tertib.jobs.models import Job
from tertib.vault import keyring

COMPUTERS, TIMES_SEEN = 160, 12
TAKEN_OVER_WITHIN_S = 10
RUNNING = Job.objects.filter(lane="tick", status=Job.Status.RUNNING)


# --- The worker, in the middle of judging -------------------------------------------------------


def seen(now: datetime) -> Iterator[dict[str, Any]]:
    """Computers in service for a year, seen again and again: each fact turns something."""
    for n in range(COMPUTERS):
        subject = {"kind": "asset", "key": f"PC-{n}"}
        began = now - timedelta(days=365)
        for population in ("hardware", "computers"):
            yield {"member": population, "subject": subject, "from": began.isoformat()}
        for month in range(TIMES_SEEN):
            at = now - timedelta(days=25 * (TIMES_SEEN - month), minutes=n)
            yield {
                "fact": "inventory.observed",
                "subject": subject,
                "at": at.isoformat(),
                "body": {"source_kind": "agent", "os_supported": bool((n + month) % 2)},
                "id": f"{n}-{month}",
            }


@contextmanager
def worker(environ: dict[str, str], log: Path) -> "Iterator[subprocess.Popen[bytes]]":
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tertib.cli", "worker", "--lane", "tick"],
            env=environ,
            stdout=output,
            stderr=output,
        )
    try:
        yield process
    finally:
        kill(process)


def kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill it and the lane below it, which does the work."""
    lanes = children(process.pid) if process.poll() is None else []
    process.kill()
    process.wait()
    until(lambda: not any(map(is_alive, lanes)), within=5)


def until_fewer_wait_than(rows: float) -> None:
    until(lambda: Inbox.objects.count() < rows)


@pytest.mark.alone
def test_a_worker_killed_again_and_again_judges_everything_once(
    own_database: OwnDatabase, tmp_path: Path
) -> None:
    keyring.create(own_database.folder / "keyring")
    now = ledger.now()
    first_start(now)
    told = intake.take(seen(now), source="load")
    assert told.refused == {}
    waiting = all_waiting = Inbox.objects.count()
    assert waiting > COMPUTERS * TIMES_SEEN
    facts = Fact.objects.filter(source="load").count()
    log = tmp_path / "worker.log"
    for share in (0.8, 0.5, 0.2):
        with worker(own_database.environ, log):
            began = time.monotonic()
            until_fewer_wait_than(waiting)
            assert time.monotonic() - began < TAKEN_OVER_WITHIN_S
            until_fewer_wait_than(share * all_waiting)
        waiting = Inbox.objects.count()
        assert waiting, "it was killed too late: nothing was left to do"
        assert RUNNING.exists()
    with worker(own_database.environ, log):
        until(lambda: not Inbox.objects.exists())
        until(lambda: not RUNNING.exists())
    assert Fact.objects.filter(source="load").count() == facts
    assert Standing.objects.filter(control="inv.hw.fresh").count() == COMPUTERS
    twice = Transition.objects.values("control", "subject", "item", "at").annotate(n=Count("pk"))
    assert not twice.filter(n__gt=1)
    report = recompute()
    assert report.facts >= facts
    assert report.differences == []


# --- The web server, under what comes in --------------------------------------------------------


@dataclass
class Client(threading.Thread, ABC):
    """Sends one thing after the other; what got no answer is sent again until it has one."""

    house: House
    path: str
    headers: dict[str, str]
    stop: threading.Event
    number: int = 0
    answers: dict[str, tuple[int, str]] = field(default_factory=dict)
    unanswered: int = 0

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def __hash__(self) -> int:
        return id(self)

    @abstractmethod
    def what(self, n: int) -> tuple[str, bytes]:
        """Return the key and the body of the n-th thing to send."""

    def run(self) -> None:
        n = 0
        while not self.stop.is_set():
            key, body = self.what(n)
            while key not in self.answers:
                try:
                    self.answers[key] = self.house.post(self.path, body, **self.headers)
                except (OSError, HTTPException):
                    self.unanswered += 1
                    time.sleep(0.02)
            n += 1


class Bringer(Client):
    """Another system that brings facts, ROWS at a time."""

    ROWS = 5

    def what(self, n: int) -> tuple[str, bytes]:
        at = datetime.now(UTC) - timedelta(minutes=1)
        rows = [
            {
                "fact": "backup.run_ok",
                "subject": {"kind": "dataset", "key": f"set {row}"},
                "at": at.isoformat(),
                "body": {"for": f"{at:%Y-%m-%d}"},
                "id": f"{self.number}-{n}-{row}",
            }
            for row in range(self.ROWS)
        ]
        return f"{self.number}-{n}", json.dumps(rows).encode()


class Agent(Client):
    """The inventory agents of many machines."""

    def what(self, n: int) -> tuple[str, bytes]:
        name = f"SN-{self.number}-{n}"
        return name, machine(deviceid=name, serial=name, name=name)


@pytest.mark.long
def test_what_was_answered_is_there_once_however_often_the_server_is_killed(
    start_again: Start,
) -> None:
    house = start_again().wait()
    stop = threading.Event()
    token = house.verb("tokens", "issue", "nas").stdout.split()[-1]
    bearer = {"Authorization": f"Bearer {token}", "Content_Type": "application/json"}
    place = urlsplit(house.told("Inventory agents")).path
    bringers = [Bringer(house, "/api/v1/facts", bearer, stop, n) for n in range(2)]
    agents = [Agent(house, place, {"GLPI_Agent_ID": ""}, stop, n) for n in range(2)]
    everybody: list[Client] = [*bringers, *agents]
    for client in everybody:
        client.start()

    def more_answers() -> None:
        """Wait until each of them was answered again."""
        before = [len(client.answers) for client in everybody]
        until(
            lambda: all(
                len(client.answers) > count + 3
                for client, count in zip(everybody, before, strict=True)
            )
        )

    for _time in range(2):
        more_answers()
        os.kill(house.part("web"), signal.SIGKILL)
    more_answers()
    os.kill(children(house.part("web"))[0], signal.SIGKILL)
    more_answers()
    below = house.everybody()
    house.process.kill()  # and with it all
    house.process.wait()
    until(lambda: not any(map(is_alive, below)))
    again = start_again(port=house.port)
    more_answers()
    stop.set()
    for client in everybody:
        client.join(timeout=30)
        assert not client.is_alive()
        assert client.unanswered
        assert {status for status, _said in client.answers.values()} == {200}
    for bringer in bringers:
        kept = {said for _status, said in bringer.answers.values()}
        answer = {"kept": Bringer.ROWS, "refused": {}}
        assert [json.loads(said) for said in kept] == [answer]
    brought = again.query("SELECT source_id FROM evidence_fact WHERE source = 'nas'")
    sent = [f"{key}-{row}" for one in bringers for key in one.answers for row in range(one.ROWS)]
    assert Counter(id_ for (id_,) in brought) == Counter(sent)
    reported = sorted(key for agent in agents for key in agent.answers)
    assert sorted(serial for (serial,) in again.query(SERIALS)) == reported
    assert {times for _serial, times in again.query(OBSERVED)} == {1}
    until(lambda: not again.query("SELECT 1 FROM evidence_inbox"))
    for verb in (("ledger", "verify"), ("recompute",)):
        done = again.verb(*verb)
        assert done.returncode == 0, done


SERIALS = "SELECT serial FROM inventory_asset"
OBSERVED = """SELECT subject_id, count(*) FROM evidence_fact
    WHERE kind = 'inventory.observed' GROUP BY subject_id"""
