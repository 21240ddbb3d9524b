"""Every page, walked by every kind of person: a door opens to whom the policy says, to no other."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from tertib.access import policy
from tertib.access.policy import ROLE
from tertib.governance.models import Waiver
from tertib.people.actions import add_person, end_role, first_start, give_role
from tertib.people.models import User
from tertib.project.tests.test_every_url import URLS, doors
from tertib.sop.actions import publish_shipped

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
# An employee, a technician of another field, the head, management, the auditor, the admin.
WALKERS = ("pengguna", "jaringan", "kepala_ti", "manajemen", "auditor", "admin")
PAGES = [(path, door) for path, view in URLS for kind, door in doors(view) if kind == "needs"]
# What weighs most is written down twice: who widens it in the policy says so here, too.
ONLY = {
    "people.manage": {"admin"},
    "people.erase": {"admin"},
    "tokens.manage": {"admin"},
    "sites.manage": {"admin"},
    "company.manage": {"admin"},
    "keep.manage": {"admin"},
    "sop.edit": {"kepala_ti"},
    "calendar.confirm": {"kepala_ti"},
    "sop.approve": {"manajemen"},
    "waiver.ask": {"kepala_ti"},
    "waiver.grant": {"manajemen"},
    "ledger.export": {"kepala_ti", "manajemen", "auditor", "admin"},
    "audit.read": {"kepala_ti", "manajemen", "auditor", "admin"},
}


@pytest.fixture
def walkers(db: None) -> dict[str, User]:
    site = first_start(NEW_YEAR)
    publish_shipped(NEW_YEAR)
    return {
        role: add_person(
            full_name=role,
            email=f"{role}@example.com",
            site=site,
            role=role,
            by=None,
            now=NEW_YEAR,
        )
        for role in WALKERS
    }


def test_every_page_opens_to_whom_the_policy_says_and_to_nobody_else(
    walkers: dict[str, User],
) -> None:
    wrong, visits, asked_at = [], 0, datetime.now(UTC)
    for role, person in walkers.items():
        client = Client()
        client.force_login(person)
        for path, door in PAGES:
            allowed = person.may(door, now=asked_at)
            opened = client.get(path, follow=False).status_code
            if (opened != 403) is not allowed or (opened in (302, 401) and "/masuk" in path):
                wrong.append((role, path, door, opened))
            if not allowed and path != "/" and client.post(path).status_code != 403:
                wrong.append((role, path, door, 200))
            visits += 1
    assert visits == len(PAGES) * len(WALKERS)
    assert wrong == []


def test_a_stranger_gets_nowhere(walkers: dict[str, User], client: Client) -> None:
    for path, _door in PAGES:
        for answer in (client.get(path), *([client.post(path)] if path != "/" else [])):
            assert (path, answer.status_code) == (path, 302)
            assert answer.headers["Location"].startswith("/masuk?next=")


def test_who_is_signed_in_is_no_machine(walkers: dict[str, User]) -> None:
    machines = [path for path, view in URLS if [kind for kind, _ in doors(view)] == ["token"]]
    assert machines
    for person in walkers.values():
        client = Client()
        client.force_login(person)
        for path in machines:
            assert {client.get(path).status_code, client.post(path).status_code} <= {401, 405}


@pytest.mark.django_db
def test_what_weighs_most_is_allowed_to_few() -> None:
    holders = {
        permission: {role for role in WALKERS if policy.allows([ROLE + role], permission)}
        for permission in ONLY
    }
    assert holders == ONLY


def test_a_role_given_or_ended_during_a_session_counts_at_the_next_request(
    walkers: dict[str, User],
) -> None:
    person, client = walkers["pengguna"], Client()
    client.force_login(person)
    assert client.get("/orang").status_code == 403
    give_role(person, "kepala_ti", by=walkers["admin"], now=datetime.now(UTC))
    assert client.get("/orang").status_code == 200
    asked = client.get("/pengecualian/ajukan")
    assert asked.status_code == 200
    end_role(person, "kepala_ti", by=walkers["admin"], now=datetime.now(UTC))
    for answer in (client.get("/orang"), client.post("/pengecualian/ajukan", {"reason": "x"})):
        assert answer.status_code == 403
        assert "Halaman ini tidak terbuka untuk peran Anda" in answer.content.decode()
    assert not Waiver.objects.exists()
