"""One's own work on Beranda: what is due first, and how much there is."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tertib.evidence.models import Subject
from tertib.people.models import User
from tertib.sop import versions
from tertib.ui import panels
from tertib.work.actions import open_task, snooze
from tertib.work.tests.conftest import lapse


def test_it_names_the_five_that_are_due_first_of_all_that_are_awake(
    budi: User, dewi: User, laptop: Subject, clock: Any
) -> None:
    made = [
        open_task(
            title=f"Tugas {days}",
            due_by=clock.now + timedelta(days=days),
            owner=budi,
            by=budi,
            now=clock.now,
        )
        for days in (9, 3, 5, 7, 8, 6)
    ]
    snooze(made[1], until=clock.now + timedelta(days=1), by=budi, now=clock.now)
    lapse(laptop, clock.now)  # due in five working days
    with versions.remembered(), CaptureQueriesContext(connection) as asked:
        [(template, panel)] = panels.about("home", budi.uuid, clock.now)
    assert template == "work/_mine.html"
    assert panel["all"] == 6
    assert [row["item"].name for row in panel["rows"]] == [
        *("TGS-3", "TGS-6", "TGS-4", "TGS-7", "TGS-5"),
    ]
    assert len(asked) <= 3  # the work; which version names the roles
    [(_, none)] = panels.about("home", dewi.uuid, clock.now)
    assert (none["all"], none["rows"]) == (0, [])
