"""A webhook hears of each clause that changes its state: once, and only if it asks for it."""

from typing import Any

import pytest

from tertib.compliance import announcing, tasks
from tertib.compliance.announcing import CLAUSE
from tertib.compliance.tests import house as houses
from tertib.evidence import ledger
from tertib.evidence.models import Subject
from tertib.evidence.vocabulary import kind
from tertib.notify.actions import add_hook
from tertib.notify.models import Notice
from tertib.people.actions import add_person
from tertib.people.models import Site, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(clock: Any) -> houses.House:
    return houses.empty(clock)


def listen(house: houses.House) -> User:
    site = Site.objects.get()
    now = house.clock.now
    admin = add_person(
        full_name="Ada", email="ada@x.test", site=site, role="admin", by=None, now=now
    )
    options = {"topics": [CLAUSE]}
    add_hook(name="SIEM", url="https://siem.test/", options=options, by=admin.uuid, now=now)
    return admin


def sign_review(house: houses.House) -> None:
    org = Subject.objects.get(kind="org")
    ledger.record(kind("sop.review_signed"), org, occurred_at=house.clock.now)
    ledger.record(kind("audit.chain_verified_ok"), org, occurred_at=house.clock.now)


def told() -> list[tuple[str, str, str]]:
    rows = Notice.objects.filter(topic=CLAUSE).order_by("pk").values_list("data", flat=True)
    return [(data["clause"], data["was"], data["state"]) for data in rows]


def test_nobody_asks_so_nothing_is_written(house: houses.House) -> None:
    sign_review(house)
    tasks.tick.call()
    assert not Notice.objects.filter(topic=CLAUSE).exists()


def test_a_clause_that_turns_is_told_once_and_turns_back_by_waiting(house: houses.House) -> None:
    listen(house)
    tasks.tick.call()
    assert told() == []  # what was so before is no news
    house.clock.move(minutes=1)
    sign_review(house)
    for _ in range(2):
        tasks.tick.call()
        assert ("6b", "no_data", "compliant") in told()
    assert len(told()) == len(set(told()))
    house.clock.move(days=400)
    tasks.tick.call()
    assert ("6b", "compliant", "lapsed") in told()
    assert announcing.announce(now=house.clock.now) == 0
