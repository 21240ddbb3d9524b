"""A long inbox is worked off subject by subject: what waits behind is not walked again."""

from typing import Any

import pytest

from tertib.compliance import actions, inbox
from tertib.compliance.recompute import recompute
from tertib.compliance.tests import house as houses
from tertib.evidence.models import Inbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(clock: Any) -> houses.House:
    return houses.empty(clock)


def test_what_waits_about_the_same_subject_is_judged_along(
    house: houses.House, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = house.laptop("NB-KEU-001"), house.laptop("NB-KEU-002")
    house.judge()
    monkeypatch.setattr(inbox, "ROWS", 1)
    for laptop in (one, other, one, other, one):
        house.at(11, 20, 9)
        house.tell("inventory.observed", laptop, **houses.SEEN)

    assert inbox.Judge().judge_some() == 3  # all that is known of the one

    assert set(Inbox.objects.values_list("subject", flat=True)) == {other.uuid}
    assert inbox.Judge().drain() == 2
    actions.tick(house.clock.now)
    assert recompute().equal


def test_ever_so_many_about_one_subject_come_in_portions(
    house: houses.House, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop = house.laptop("NB-KEU-001")
    house.judge()
    monkeypatch.setattr(inbox, "ROWS", 1)
    monkeypatch.setattr(inbox, "MORE", 1)
    for _ in range(4):
        house.tell("inventory.observed", laptop, **houses.SEEN)

    assert [inbox.Judge().judge_some() for _ in range(3)] == [2, 2, 0]
