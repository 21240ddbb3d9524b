"""An installation in a test's hand: begun as `up` begins it, worked as the worker works, and read
through the pages and the verbs that people use. Its time is the ledger's injected clock.
"""

import json
import re
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from conftest import Clock
from tertib.agents.tests.machines import AGENT_ID, packed
from tertib.cli.first_start import Welcome, first_start
from tertib.cli.main import main
from tertib.compliance import actions
from tertib.jobs import actions as jobs
from tertib.jobs.models import LANES
from tertib.jobs.worker import run
from tertib.people.actions import add_person
from tertib.people.models import Site
from tertib.vault import keyring

PASSWORD = "jalak bali di dahan waru"


@dataclass
class Installation:
    """welcome: what `up` printed. reader: the browser of whoever looks."""

    clock: Clock
    welcome: Welcome
    reader: Client
    folder: Path
    capsys: pytest.CaptureFixture[str]

    # --- What others do ---

    def report(self, body: bytes) -> None:
        """Send what an inventory agent sends to the address that `up` printed."""
        answer = Client().post(
            self.welcome.enrolment,
            packed(body),
            content_type="application/x-compress-zlib",
            headers={"GLPI-Agent-ID": AGENT_ID, "User-Agent": "GLPI-Agent_v1.12-dev"},
        )
        assert answer.status_code == 200, answer.content

    def bring(self, name: str, rows: list[dict[str, Any]]) -> None:
        """`tertib facts import`: the file's name is the source."""
        file = self.folder / name
        file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
        assert main(["facts", "import", str(file)]) == 0, self.capsys.readouterr().err

    # --- What the worker does ---

    def judge(self) -> None:
        """What is done within a second of each fact."""
        actions.judge()

    def tick(self) -> None:
        """What is done each minute."""
        actions.tick(self.clock.now)

    def run_jobs(self) -> list[str]:
        """Run all that the schedules have due by now and that watches, and say what that was."""
        done: list[str] = []
        now = self.clock.now
        while jobs.tick(now=now) + jobs.watch(now=now):
            for lane in LANES:
                while job := jobs.claim(lane, worker="test", now=now):
                    assert run(job), job
                    done.append(job.task.rpartition(".")[2])
        return done

    # --- What people do and see ---

    def become_admin(self) -> None:
        """Open the link that `up` printed and sign in for the first time, giving only a name."""
        who = {"full_name": "Sari Wulandari", "email": "sari@contoh.test"}
        secret = {"password": PASSWORD, "again": PASSWORD}
        answer = self.reader.post(self.welcome.link or "", {**who, **secret})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/sop")

    def page(self, address: str, language: str = "id") -> str:
        """The words of a page, without its tags, as they follow each other."""
        self.reader.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        answer = self.reader.get(address)
        assert answer.status_code == 200, address
        return words(answer.content.decode())

    def explain(self, *asked: str) -> Any:
        """`tertib explain … --json`"""
        self.capsys.readouterr()
        assert main(["explain", *asked, "--json"]) == 0
        return json.loads(self.capsys.readouterr().out)


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def part(page: str, begin: str, end: str = "") -> str:
    """The words from `begin` up to `end`, or to the last one."""
    _, found, rest = page.partition(begin)
    assert found, f"{begin!r} is not on the page: {page}"
    return found + (rest.partition(end)[0] if end else rest)


def start(clock: Clock, folder: Path, capsys: pytest.CaptureFixture[str]) -> Installation:
    """What `up` leaves at its first start, with nobody in it yet."""
    if not settings.KEYRING.exists():
        keyring.create(settings.KEYRING)
    return Installation(clock, first_start(clock.now), Client(), folder, capsys)


def begin(clock: Clock, folder: Path, capsys: pytest.CaptureFixture[str]) -> Installation:
    """The same, with a head of IT who reads, and a worker that has run once."""
    begun = start(clock, folder, capsys)
    head = add_person(
        full_name="Dewi Anggraini",
        email="dewi@contoh.test",
        site=Site.objects.get(),
        role="kepala_ti",
        by=None,
        now=clock.now,
    )
    begun.reader.force_login(head)
    begun.judge()
    begun.tick()
    return begun
