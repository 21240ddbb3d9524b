from datetime import UTC, datetime, timedelta

import pytest

from tertib.access import policy
from tertib.evidence.models import Fact, Membership
from tertib.lib.errors import Refused
from tertib.people.actions import (
    add_person,
    change_person,
    come_back,
    end_role,
    give_role,
    leave,
)
from tertib.people.models import Site, User

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def kinds(person: User) -> list[str]:
    return list(
        Fact.objects.filter(subject=person.uuid).order_by("seq").values_list("kind", flat=True)
    )


def test_a_role_counts_from_its_begin_until_its_end(ani: User) -> None:
    give_role(ani, "helpdesk", by=None, now=NEW_YEAR + SECOND)
    assert end_role(ani, "helpdesk", by=None, now=JUNE)
    moments = [NEW_YEAR, NEW_YEAR + SECOND, JUNE - SECOND, JUNE]
    may = [ani.may("inventory.read", now=moment) for moment in moments]
    assert may == [False, True, True, False]


def test_a_role_that_ended_does_not_end_again(ani: User) -> None:
    ends = [end_role(ani, "pengguna", by=None, now=JUNE + n * SECOND) for n in range(2)]
    assert ends == [True, False]


def test_a_role_is_given_once_and_only_if_the_sop_has_it(ani: User) -> None:
    assert not give_role(ani, "pengguna", by=None, now=JUNE)
    with pytest.raises(Refused):
        give_role(ani, "raja", by=None, now=JUNE)


def test_nobody_gives_a_role_to_themselves(admin: User) -> None:
    with pytest.raises(Refused):
        give_role(admin, "manajemen", by=admin, now=JUNE)


def test_who_holds_no_role_may_nothing(ani: User) -> None:
    end_role(ani, "pengguna", by=None, now=JUNE)
    assert ani.permissions(now=JUNE) == frozenset()


def test_a_permission_that_nobody_has_is_a_typing_mistake() -> None:
    with pytest.raises(ValueError, match="No role"):
        policy.allows(["role:helpdesk"], "inventory.raed")


def test_a_role_of_the_company_s_own_sop_stands_for_its_parent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = {"tim_ti": None, "gudang": "tim_ti", "kurir": "gudang", "rapat": None}
    monkeypatch.setattr(policy, "_offered", [lambda: own])
    assert policy.permissions(["role:kurir"]) == policy.ROLES["role:tim_ti"]
    assert policy.permissions(["role:rapat", "role:unknown"]) == frozenset()
    assert policy.known("kurir")
    assert not policy.known("helpdesk")


def test_admin_approves_nothing_and_the_auditor_changes_nothing() -> None:
    admin, auditor = policy.ROLES["role:admin"], policy.ROLES["role:auditor"]
    assert not {name for name in admin if name.endswith((".approve", ".grant"))}
    assert {name.partition(".")[2] for name in auditor} <= {"own", "read", "export"}


def test_somebody_who_joins_and_leaves_leaves_two_facts_and_no_membership(ani: User) -> None:
    assert leave(ani, left_at=JUNE, by=None, now=JUNE)
    assert not leave(ani, left_at=JUNE, by=None, now=JUNE)
    assert kinds(ani) == ["person.joined", "person.left"]
    assert not ani.roles(now=JUNE)
    assert not Membership.objects.at(JUNE + SECOND).filter(subject=ani.uuid).exists()
    assert not User.objects.get(pk=ani.pk).is_active


def test_somebody_who_comes_back_has_no_role_until_one_is_given(ani: User) -> None:
    leave(ani, left_at=JUNE, by=None, now=JUNE)
    assert come_back(ani, joined_at=JUNE + SECOND, by=None, now=JUNE + SECOND)
    assert not come_back(ani, joined_at=JUNE + SECOND, by=None, now=JUNE + SECOND)
    assert ani.roles(now=JUNE + SECOND) == frozenset()
    assert kinds(ani) == ["person.joined", "person.left", "person.joined"]


def test_nobody_leaves_before_joining_or_in_the_future(ani: User) -> None:
    for left_at in (NEW_YEAR - SECOND, JUNE + SECOND):
        with pytest.raises(Refused):
            leave(ani, left_at=left_at, by=None, now=JUNE)


def test_one_address_is_one_person_however_it_is_written(ani: User, office: Site) -> None:
    with pytest.raises(Refused):
        add_person(
            full_name="Ani dua",
            email=" ANI@Example.com ",
            site=office,
            role="pengguna",
            by=None,
            now=JUNE,
        )


def test_a_new_name_is_in_the_ledger_s_label_and_not_in_its_facts(ani: User) -> None:
    assert change_person(ani, full_name="Ani W.", site=ani.site, team="", by=None, now=JUNE)
    assert not change_person(ani, full_name="Ani W.", site=ani.site, team="", by=None, now=JUNE)
    fact = Fact.objects.get(subject=ani.uuid)
    assert str(fact.subject) == "Ani W."
    assert "Ani" not in str(fact.body)
