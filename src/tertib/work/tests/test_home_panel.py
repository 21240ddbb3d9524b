"""One's own work on Beranda: what is due first, and how much there is."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from tertib.evidence.models import Subject
from tertib.people.actions import set_manager
from tertib.people.models import Site, User
from tertib.sop import versions
from tertib.ui import panels
from tertib.work.actions import Lapse, open_lines, open_task, snooze
from tertib.work.models import Item
from tertib.work.tests.conftest import hire, lapse


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


def test_of_a_task_that_is_another_s_it_counts_the_findings_that_are_one_s_own(
    budi: User, dewi: User, hadi: User, office: Site, clock: Any
) -> None:
    ani, rini = (hire(office, name, "pengguna", clock.now) for name in ("Ani Wulan", "Rini Sari"))
    set_manager(ani, hadi, by=None, now=clock.now)
    lapses = [Lapse(one.uuid, 7, clock.now, None) for one in (ani, rini, budi)]
    open_lines("trn.newcomers", lapses, now=clock.now)
    owner = Item.objects.get().owner
    assert owner is not None

    def told(person: User) -> str:
        with override("en"):
            [(_, panel), *_] = panels.about("home", person.uuid, clock.now)
        return str(panel["rows"][0]["meta"])

    assert owner != hadi
    assert told(hadi).endswith("1 of 3 findings is yours")
    assert told(owner).endswith(", 3 findings")
