"""Two people press the same button at the very same time: it is done once, the other is told."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from conftest import OwnDatabase
from tertib.evidence.models import Fact
from tertib.evidence.models import Waiver as Entry
from tertib.governance.actions.waivers import ask_waiver, grant_waiver
from tertib.lib.errors import Refused
from tertib.people.actions import add_person, first_start
from tertib.people.models import User
from tertib.reports import actions
from tertib.reports.models import Report
from tertib.sop.actions import publish_shipped

pytestmark = pytest.mark.long


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def hire(own_database: OwnDatabase, now: datetime) -> Callable[[str, str], User]:
    site = first_start(now)
    publish_shipped(now)

    def hire(name: str, role: str) -> User:
        email = f"{name.lower()}@example.com"
        return add_person(full_name=name, email=email, site=site, role=role, by=None, now=now)

    return hire


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Let each act in a thread of its own, all at one time; return what came of them."""
    barrier = Barrier(len(acts))
    came: list[object] = [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=10)
            came[place] = act()
        except Refused as refused:
            came[place] = refused
        finally:
            connection.close()

    threads = [Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return came


def test_two_heads_issue_the_report_at_once(hire: Callable[..., User], now: datetime) -> None:
    dewi, bagus = hire("Dewi", "kepala_ti"), hire("Bagus", "kepala_ti")
    month, _before = actions.open_months(now)

    def press(who: User) -> Callable[[], object]:
        return lambda: actions.issue(month, (), instead_of=None, by=who, now=now)

    came = at_once(press(dewi), press(bagus))
    [report] = [one for one in came if isinstance(one, Report)]
    [refused] = [one for one in came if isinstance(one, Refused)]
    assert str(refused) == (
        f"{report.issued_by.full_name} baru saja menerbitkan laporan ini. Periksa dulu."
    )
    assert Report.objects.get() == report
    assert Fact.objects.filter(kind="report.issued").count() == 1


def test_two_of_management_grant_a_waiver_at_once(hire: Callable[..., User], now: datetime) -> None:
    asker = hire("Andi", "jaringan")
    hendra, ratna = hire("Hendra", "manajemen"), hire("Ratna", "manajemen")
    last_day = (now + timedelta(days=20)).date()
    waiver = ask_waiver(
        "net.up", subject=None, reason="Satelit", last_day=last_day, by=asker, now=now
    )
    came = at_once(
        lambda: grant_waiver(waiver, by=hendra, now=now),
        lambda: grant_waiver(waiver, by=ratna, now=now),
    )
    assert sorted(map(bool, came)) == [False, True]
    assert Entry.objects.count() == 1
