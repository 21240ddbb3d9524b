"""Ten thousand notices at once: writers go on, and nobody is flooded."""

import threading
import time
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from tertib.notify import actions
from tertib.notify.models import Line, Notice
from tertib.notify.tests.conftest import TUESDAY_10AM, Post, Worker, set_mail
from tertib.people.actions import add_person, first_start
from tertib.people.models import User

MANY, PEOPLE = 10_000, 25


@pytest.mark.alone
def test_ten_thousand_at_once_flood_nobody_and_hold_up_no_writer(
    own_database: Any, post: Post, worker: Worker
) -> None:
    site = first_start(TUESDAY_10AM)
    people = [
        add_person(
            full_name=f"Orang {n}",
            email=f"orang{n}@example.com",
            site=site,
            role="pengguna",
            by=None,
            now=TUESDAY_10AM,
        )
        for n in range(PEOPLE)
    ]
    set_mail(post.port, people[0])
    told = (
        actions.Told(people[n % PEOPLE].uuid, "test.task", f"TGS-{n}", {"number": n}, urgent=True)
        for n in range(MANY)
    )
    actions.tell_many(told, now=TUESDAY_10AM)
    writer = Writer(people[0].pk)
    writer.start()
    started = time.monotonic()
    try:
        worker.run(seconds=300)
    finally:
        writer.over.set()
        writer.join()
    took = time.monotonic() - started
    assert Notice.objects.unplanned().count() == 0
    assert Line.objects.filter(delivery=None).count() == 0
    assert len(post.mails) == PEOPLE  # one message each, with the number of what it is about
    assert str(post.mails[0]["Subject"]).startswith(f"{MANY // PEOPLE} pemberitahuan: ")
    waits = sorted(writer.waits)
    print(f"{took:.1f} s; {len(waits)} writes meanwhile, p95 {waits[len(waits) * 95 // 100]:.3f} s")  # noqa: T201
    assert waits[len(waits) * 95 // 100] < 0.25


class Writer(threading.Thread):
    """A person at work, who saves something several times a second."""

    def __init__(self, person: int) -> None:
        super().__init__()
        self.person, self.over, self.waits = person, threading.Event(), [0.0]

    def run(self) -> None:
        while not self.over.wait(0.05):
            began = time.monotonic()
            with transaction.atomic():
                User.objects.filter(pk=self.person).update(last_login=timezone.now())
            self.waits.append(time.monotonic() - began)
        connections.close_all()
