"""Every role at every page of this room; the walk over all URLs is the project's."""

import pytest
from django.test import Client

from tertib.people.models import User

READS = {"kepala_ti", "manajemen", "admin", "auditor", "helpdesk"}
PAGES = {
    "/sandi": READS | {"pengguna"},
    "/orang": READS,
    "/orang/{ani}": READS,
    "/orang/impor": {"admin"},
}
POSTS = {"/orang/{ani}/peran", "/orang/{ani}/peran/akhiri", "/orang/{ani}/tautan"}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_to_those_whose_role_allows_it(
    page: str, everybody: dict[str, User], ani: User
) -> None:
    opened = set()
    for role, person in everybody.items():
        client = Client()
        client.force_login(person)
        answer = client.get(page.format(ani=ani.uuid))
        assert answer.status_code in (200, 403)
        opened |= {role} if answer.status_code == 200 else set()
    assert opened == PAGES[page]
    assert Client().get(page.format(ani=ani.uuid)).status_code == 302


@pytest.mark.parametrize("page", sorted(POSTS))
def test_only_an_admin_changes_people(page: str, everybody: dict[str, User], ani: User) -> None:
    for role, person in everybody.items():
        client = Client()
        client.force_login(person)
        answer = client.post(page.format(ani=ani.uuid), {"role": "helpdesk"})
        assert (answer.status_code != 403) is (role == "admin")


def test_an_admin_gives_and_ends_roles_of_others_only(
    as_admin: Client, admin: User, ani: User
) -> None:
    as_admin.post(f"/orang/{ani.uuid}/peran", {"role": "manajemen"})
    as_admin.post(f"/orang/{ani.uuid}/peran/akhiri", {"role": "pengguna"})
    ani.forget_roles()
    held = {held.role: held.ended_at is None for held in ani.held()}
    assert held == {"pengguna": False, "manajemen": True}
    assert as_admin.post(f"/orang/{admin.uuid}/peran", {"role": "manajemen"}).status_code == 409


def test_a_link_for_somebody_is_shown_once(as_admin: Client, ani: User) -> None:
    page = as_admin.post(f"/orang/{ani.uuid}/tautan").content.decode()
    assert "/tautan/" in page
    secret = page.split("/tautan/")[1].split("<")[0].strip()
    assert secret not in as_admin.get(f"/orang/{ani.uuid}").content.decode()
    assert Client().get(f"/tautan/{secret}").status_code == 200
