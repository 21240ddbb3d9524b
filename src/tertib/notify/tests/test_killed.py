"""kill -9 in the middle of a mail: nothing is lost, and at most one more leaves (decision 27)."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.utils import timezone

from tertib.notify import actions
from tertib.notify.models import Delivery
from tertib.notify.rules import LEASE
from tertib.notify.tests.conftest import Post, Worker, set_mail
from tertib.people.actions import add_person, first_start

RUN = """
import django
django.setup()
from tertib.evidence import ledger
from tertib.notify import deliver
deliver.run(clock=ledger.now)
"""


class Slow(Post):
    """Takes the text of a mail and does not say so for a long time."""

    patience = 60.0

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(self.patience)
        return answer


@pytest.mark.long
@pytest.mark.parametrize("post", [Slow], indirect=True)
def test_a_worker_that_is_killed_loses_nothing_and_repeats_at_most_one(
    own_database: Any, post: Slow, worker: Worker
) -> None:
    now = timezone.now()
    site = first_start(now)
    people = [
        add_person(
            full_name=f"Orang {n}",
            email=f"orang{n}@example.com",
            site=site,
            role="pengguna",
            by=None,
            now=now,
        )
        for n in range(3)
    ]
    set_mail(post.port, people[0])
    for n, person in enumerate(people):
        actions.tell_secret(
            person.uuid,
            "test.raised",
            "1",
            {"number": f"TGS-{n}"},
            secret=f"/tautan/{n}",
            expires_at=now + timedelta(days=1),
            now=now,
        )
    process = subprocess.Popen([sys.executable, "-c", RUN], env=own_database.environ)
    until = time.monotonic() + 60
    while not post.mails and time.monotonic() < until:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert len(post.mails) == 1
    assert sorted(Delivery.objects.values_list("state", flat=True)) == [
        "sending",
        "waiting",
        "waiting",
    ]
    post.patience = 0.0
    worker.now = timezone.now()
    assert worker.run() == 2  # the one in its hands is leased, the others are not held up
    worker.later(seconds=LEASE.total_seconds() + 1)
    assert worker.run() == 1
    assert worker.run() == 0
    ids = [str(sent["Message-ID"]) for sent in post.mails]
    assert len(ids) == 4
    assert len({*ids}) == 3
    assert sorted(Delivery.objects.values_list("state", "unsure")) == [
        ("sent", 0),
        ("sent", 0),
        ("sent", 1),
    ]
