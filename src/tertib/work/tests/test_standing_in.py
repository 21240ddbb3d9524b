"""Whose it is when somebody is away: the deputy, the line manager, the ladder's next."""

from datetime import timedelta
from typing import Any

import pytest

from tertib.evidence.models import Subject
from tertib.people.actions import add_site
from tertib.people.actions.standing import be_away, be_back, set_manager
from tertib.people.models import Site, User
from tertib.work import rules
from tertib.work.actions import give_back, lend
from tertib.work.models import Item
from tertib.work.rules import Away
from tertib.work.tasks import climb
from tertib.work.tests.conftest import hire, lapse

DAY = timedelta(days=1)


@pytest.fixture
def citra(office: Site, clock: Any) -> User:
    return hire(office, "Citra Lestari", "pengguna", clock.now)


def away(person: User, clock: Any, *, deputy: User | None = None, days: int = 5) -> Any:
    return be_away(
        person,
        began_at=clock.now,
        ended_at=clock.now + days * DAY,
        deputy=deputy,
        by=None,
        now=clock.now,
    )


def test_the_deputy_of_who_is_away_gets_it(
    budi: User, citra: User, dewi: User, laptop: Subject, clock: Any
) -> None:
    away(budi, clock, deputy=citra)
    item = lapse(laptop, clock.now)
    assert (item.owner, item.why, item.instead_of) == (citra, "deputy", budi)


def test_is_the_deputy_away_too_the_line_manager_gets_it_and_then_the_head(
    budi: User, citra: User, dewi: User, hadi: User, laptop: Subject, clock: Any
) -> None:
    away(budi, clock, deputy=citra)
    away(citra, clock)
    set_manager(budi, hadi, by=None, now=clock.now)
    item = lapse(laptop, clock.now)
    assert (item.owner, item.why) == (hadi, "manager")
    away(hadi, clock)
    item = lapse(laptop, clock.now, control="inv.sw.recorded")
    assert (item.owner, item.why, item.instead_of) == (dewi, "head", budi)


def test_if_nobody_holds_the_role_the_head_gets_it_and_it_says_so(
    dewi: User, laptop: Subject, clock: Any
) -> None:
    item = lapse(laptop, clock.now)
    assert (item.owner, item.why, item.role) == (dewi, "head", "infra")


def test_if_there_is_nobody_at_all_it_is_nobody_s_and_it_says_so(
    office: Site, laptop: Subject, clock: Any
) -> None:
    item = lapse(laptop, clock.now)
    assert (item.owner, item.why) == (None, "nobody")
    climb(now=item.due_by + 30 * DAY)  # and still it climbs


def test_an_absence_that_nobody_stands_in_for_delays_the_ladder(
    budi: User, laptop: Subject, clock: Any
) -> None:
    absence = away(budi, clock, days=5)
    item = lapse(laptop, clock.now)
    assert (item.owner, item.began_at) == (budi, absence.ended_at)
    assert min(item.steps.values_list("at", flat=True)) > absence.ended_at


def test_who_holds_the_role_at_the_subject_s_site_comes_first(
    office: Site, budi: User, clock: Any
) -> None:
    branch = add_site(name="Makassar", zone="Asia/Makassar", by=None, now=clock.now)
    eko = hire(branch, "Eko Nugroho", "infra", clock.now)
    site = Subject.objects.get(pk=branch.uuid)
    item = lapse(site, clock.now, control="inv.count")
    assert (item.site, item.owner) == (branch, eko)


def test_what_an_absent_owner_has_goes_to_the_deputy_and_comes_back(
    budi: User, citra: User, laptop: Subject, clock: Any
) -> None:
    item = lapse(laptop, clock.now)
    clock.move(days=1)
    absence = away(budi, clock, deputy=citra)
    climb(now=clock.now)
    item.refresh_from_db()
    assert (item.owner, item.lent_by, item.lent_until) == (citra, budi, absence.ended_at)
    clock.move(days=2)
    be_back(absence, by=None, now=clock.now)  # earlier than thought
    climb(now=clock.now)
    item.refresh_from_db()
    assert (item.owner, item.lent_by) == (budi, None)


def test_a_delegation_ends_by_itself(budi: User, citra: User, laptop: Subject, clock: Any) -> None:
    item = lapse(laptop, clock.now)
    lend(item, citra, until=clock.now + DAY, by=budi, now=clock.now)
    assert list(Item.objects.of(citra)) == [item]
    climb(now=clock.now + DAY - timedelta(seconds=1))
    item.refresh_from_db()
    assert item.owner == citra
    climb(now=clock.now + DAY)
    item.refresh_from_db()
    assert (item.owner, item.lent_by) == (budi, None)
    assert not give_back(item, now=clock.now + DAY)


def test_the_rule_in_every_order() -> None:
    until = lapse.__globals__["datetime"](2026, 1, 9)
    gone = Away(until, None)
    cases = [
        (([1, 2], []), {}, {}, (1, "holder", None)),
        (([1, 2], []), {1: gone}, {}, (2, "holder", None)),
        (([1], []), {1: Away(until, 5)}, {}, (5, "deputy", 1)),
        (([1], []), {1: Away(until, 5), 5: gone}, {1: 9}, (9, "manager", 1)),
        (([1], [[7]]), {1: Away(until, 5), 5: gone, 9: gone}, {1: 9}, (7, "head", 1)),
        (([], [[7], [8]]), {7: gone}, {}, (8, "head", None)),
        (([1], [[1]]), {1: gone}, {}, (1, "holder", None)),
        (([1, 2], []), {1: gone, 2: gone}, {}, (1, "holder", None)),
        (([2, 1], []), {1: gone, 2: gone}, {}, (1, "holder", None)),  # whoever has less to do
        (([], []), {}, {}, (None, "nobody", None)),
    ]
    for (holders, heads), absent, managers, expected in cases:
        assert rules.choose(holders, heads, away=absent, managers=managers) == expected
