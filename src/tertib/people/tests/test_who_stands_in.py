"""Teams, line managers, absences and delegated roles: at an instant, and without gaps."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.utils.translation import override

from tertib.lib.errors import Refused
from tertib.people import reach
from tertib.people.actions import (
    add_team,
    be_away,
    be_back,
    change_person,
    close_team,
    delegate,
    end_role,
    give_role,
    leave,
    name_lead,
    set_manager,
    take_back,
)
from tertib.people.models import Absence, Delegation, Site, Team, User
from tertib.people.tests.conftest import NEW_YEAR, hire

JUNE = datetime(2026, 6, 1, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with override("en"):
        yield


def join(person: User, team: str, now: datetime) -> None:
    told = {"full_name": person.full_name, "site": person.site, "team": team}
    change_person(person, **told, by=None, now=now)  # type: ignore[arg-type]


def test_somebody_is_in_one_team_at_a_time_and_when_is_remembered(ani: User) -> None:
    join(ani, "tim_ti", JUNE)
    join(ani, "gudang", JUNE + DAY)
    it, store = Team.objects.get(word="tim_ti"), Team.objects.get(word="gudang")
    assert it.name == "Tim TI"
    moments = [JUNE - SECOND, JUNE, JUNE + DAY - SECOND, JUNE + DAY]
    assert [ani.pk in reach.members_of(it.uuid, at) for at in moments] == [False, True, True, False]
    assert reach.team_of([ani.pk], JUNE + DAY) == {ani.pk: store.uuid}


def test_only_a_member_leads_a_team_and_one_at_a_time(office: Site, ani: User) -> None:
    eko = hire(office, "Eko", "pengguna")
    team = add_team(name="Tim TI", by=None, now=NEW_YEAR)
    with pytest.raises(Refused, match="not in this team"):
        name_lead(team, ani, by=None, now=JUNE)
    for person in (ani, eko):
        join(person, "tim_ti", JUNE)
        assert name_lead(team, person, by=None, now=JUNE + DAY)
    assert not name_lead(team, eko, by=None, now=JUNE + DAY)
    assert reach.lead_of(team.uuid, JUNE + DAY) == eko.pk
    leave(eko, left_at=JUNE + 2 * DAY, by=None, now=JUNE + 2 * DAY)
    assert reach.lead_of(team.uuid, JUNE + 2 * DAY) is None
    assert reach.members_of(team.uuid, JUNE + 2 * DAY) == [ani.pk]


def test_a_team_with_somebody_in_it_is_not_closed_and_its_name_is_its_own(ani: User) -> None:
    join(ani, "tim_ti", JUNE)
    team = Team.objects.get()
    with pytest.raises(Refused, match="still in this team"):
        close_team(team, by=None, now=JUNE)
    with pytest.raises(Refused, match="already"):
        add_team(name="tim TI", by=None, now=JUNE)
    join(ani, "", JUNE)
    assert close_team(team, by=None, now=JUNE)
    assert not close_team(team, by=None, now=JUNE)


def test_a_line_manager_is_one_at_a_time_and_never_below(office: Site, ani: User) -> None:
    eko, fitri = hire(office, "Eko", "atasan"), hire(office, "Fitri", "manajemen")
    assert set_manager(ani, eko, by=None, now=JUNE)
    assert set_manager(eko, fitri, by=None, now=JUNE)
    assert not set_manager(eko, fitri, by=None, now=JUNE)
    with pytest.raises(Refused, match="circle"):
        set_manager(fitri, ani, by=None, now=JUNE)
    with pytest.raises(Refused, match="circle"):
        set_manager(ani, ani, by=None, now=JUNE)
    assert set_manager(ani, fitri, by=None, now=JUNE + DAY)
    known = [reach.manager_of([ani.pk], at) for at in (JUNE - SECOND, JUNE, JUNE + DAY)]
    assert known == [{}, {ani.pk: eko.pk}, {ani.pk: fitri.pk}]
    leave(fitri, left_at=JUNE + 2 * DAY, by=None, now=JUNE + 2 * DAY)
    assert reach.manager_of([ani.pk], JUNE + 2 * DAY) == {}


def away(person: User, *, days: int, deputy: User | None = None, now: datetime = JUNE) -> Absence:
    end = now + days * DAY
    return be_away(person, began_at=now, ended_at=end, deputy=deputy, by=person, now=now)


def test_who_is_away_is_known_with_the_deputy_until_the_end(office: Site, ani: User) -> None:
    eko = hire(office, "Eko", "pengguna")
    absence = away(ani, days=3, deputy=eko)
    moments = [JUNE - SECOND, JUNE, JUNE + 3 * DAY - SECOND, JUNE + 3 * DAY]
    told = reach.Away(JUNE + 3 * DAY, eko.pk)
    assert [reach.away(at).get(ani.pk) for at in moments] == [None, told, told, None]
    assert ani.pk in reach.away(JUNE - DAY, until=JUNE + SECOND)
    assert be_back(absence, by=ani, now=JUNE + DAY)
    assert not be_back(absence, by=ani, now=JUNE + DAY)
    assert reach.away(JUNE + DAY) == {}


def test_a_deputy_who_is_away_too_is_seen_to_be_away(office: Site, ani: User) -> None:
    eko = hire(office, "Eko", "pengguna")
    away(ani, days=3, deputy=eko)
    away(eko, days=1, deputy=ani)
    both = reach.away(JUNE)
    assert both[ani.pk].deputy == eko.pk
    assert eko.pk in both
    leave(eko, left_at=JUNE + SECOND, by=None, now=JUNE + SECOND)
    assert reach.away(JUNE + SECOND) == {ani.pk: reach.Away(JUNE + 3 * DAY, None)}


def test_an_absence_that_makes_no_sense_is_refused(ani: User) -> None:
    away(ani, days=3)
    for began, ended, deputy in (
        (JUNE + DAY, JUNE + 5 * DAY, None),  # overlaps
        (JUNE + 9 * DAY, JUNE + 8 * DAY, None),
        (JUNE - 9 * DAY, JUNE - 8 * DAY, None),
        (JUNE + 9 * DAY, JUNE + 900 * DAY, None),
        (JUNE + 9 * DAY, JUNE + 10 * DAY, ani),
    ):
        with pytest.raises(Refused):
            be_away(ani, began_at=began, ended_at=ended, deputy=deputy, by=ani, now=JUNE)
    assert Absence.objects.count() == 1


def test_a_delegated_role_ends_by_itself_and_before_when_it_is_taken_back(
    office: Site, ani: User
) -> None:
    head = hire(office, "Eko", "kepala_ti")
    lent = delegate("kepala_ti", giver=head, holder=ani, ended_at=JUNE + 3 * DAY, now=JUNE)
    moments = [JUNE - SECOND, JUNE, JUNE + 3 * DAY - SECOND, JUNE + 3 * DAY]
    assert [ani.may("waiver.ask", now=at) for at in moments] == [False, True, True, False]
    assert reach.holders("kepala_ti", JUNE) == [head.pk, ani.pk]
    assert take_back(lent, by=head, now=JUNE + DAY)
    assert not take_back(lent, by=head, now=JUNE + DAY)
    ani.forget_roles()
    assert not ani.may("waiver.ask", now=JUNE + DAY)
    assert head.may("waiver.ask", now=JUNE + DAY)


def test_only_a_role_of_one_s_own_is_delegated_once_and_with_an_end(
    office: Site, ani: User, admin: User
) -> None:
    head, eko = hire(office, "Eko", "kepala_ti"), hire(office, "Fitri", "pengguna")

    def refused(role: str, giver: User, holder: User, days: int = 3) -> str:
        with pytest.raises(Refused) as told:
            delegate(role, giver=giver, holder=holder, ended_at=JUNE + days * DAY, now=JUNE)
        return str(told.value)

    assert "whoever runs" in refused("admin", admin, ani)
    assert "holds" in refused("manajemen", head, ani)
    assert "somebody else" in refused("kepala_ti", head, head)
    assert "90 days" in refused("kepala_ti", head, ani, days=91)
    assert "90 days" in refused("kepala_ti", head, ani, days=0)
    delegate("kepala_ti", giver=head, holder=ani, ended_at=JUNE + DAY, now=JUNE)
    assert "not passed on" in refused("kepala_ti", ani, eko)
    assert "already" in refused("kepala_ti", head, ani)
    assert Delegation.objects.count() == 1


def test_what_somebody_delegated_ends_when_they_leave(office: Site, ani: User) -> None:
    head = hire(office, "Eko", "kepala_ti")
    delegate("kepala_ti", giver=head, holder=ani, ended_at=JUNE + 9 * DAY, now=JUNE)
    leave(head, left_at=JUNE + DAY, by=None, now=JUNE + DAY)
    ani.forget_roles()
    assert not ani.may("waiver.ask", now=JUNE + DAY)


def test_the_holders_of_a_role_are_known_by_site_and_who_held_it_longest_comes_first(
    office: Site, ani: User
) -> None:
    give_role(ani, "helpdesk", by=None, now=JUNE)
    eko = hire(office, "Eko", "helpdesk")
    assert reach.holders("helpdesk", JUNE) == [eko.pk, ani.pk]
    assert reach.holders("helpdesk", JUNE, office) == [eko.pk, ani.pk]
    end_role(eko, "helpdesk", by=None, now=JUNE)
    assert reach.holders("helpdesk", JUNE + SECOND) == [ani.pk]
