"""Sites, teams, one person and the keys of machines, through their pages."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tertib.agents.models import Enrolment
from tertib.audit.models import Entry
from tertib.evidence.models import Fact
from tertib.people import reach
from tertib.people.actions import change_person, name_lead
from tertib.people.models import ApiToken, Site, Team, User
from tertib.people.tests.conftest import hire
from tertib.vault import keyring


@pytest.fixture(autouse=True)
def in_english(client: Client) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"


def read(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_site_is_added_and_changed_and_says_its_zone_and_networks(as_admin: Client) -> None:
    told = {"name": "Makassar", "zone": "Asia/Makassar", "ranges": "10.2.0.0/16, 10.3.1.0/24"}
    assert as_admin.post("/lokasi/baru", told).status_code == 302
    site = Site.objects.get(name="Makassar")
    page = read(as_admin, f"/lokasi/{site.uuid}")
    assert "Asia/Makassar" in page
    assert "10.3.1.0/24" in page
    changed = {**told, "name": "Gudang Makassar", "ranges": ""}
    as_admin.post(f"/lokasi/{site.uuid}/ubah", changed)
    site.refresh_from_db()
    assert (site.name, site.ranges) == ("Gudang Makassar", [])


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": "Kantor pusat"}, "already"),
        ({"ranges": "10.2.0.1/16"}, "no network"),
        ({"ranges": "<script>"}, "no network"),
        ({"zone": "Mars/Olympus"}, "valid choice"),
    ],
)
def test_a_site_that_cannot_be_is_refused_in_its_form(
    as_admin: Client, wrong: dict[str, str], words: str
) -> None:
    answer = as_admin.post("/lokasi/baru", {"name": "Sorong", "zone": "Asia/Jayapura", **wrong})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Site.objects.count() == 1


def test_an_address_for_agents_is_shown_once_and_can_be_revoked(
    as_admin: Client, office: Site, settings: Any, tmp_path: Path
) -> None:
    settings.KEYRING = tmp_path / "keyring"
    keyring.create(settings.KEYRING)
    page = as_admin.post(f"/lokasi/{office.uuid}/agen").content.decode()
    address = "/agent/" + page.split("/agent/")[1].split("<")[0].strip()
    assert address not in read(as_admin, f"/lokasi/{office.uuid}")

    def report() -> int:
        return Client().post(address, b"<x/>", content_type="application/xml").status_code

    accepted = report()
    [enrolment] = Enrolment.objects.filter(site=office, revoked_at=None)
    as_admin.post(f"/lokasi/{office.uuid}/agen/{enrolment.pk}/cabut")
    assert accepted not in (401, 404)
    assert report() in (401, 404)
    assert "Revoked" in read(as_admin, f"/lokasi/{office.uuid}")


def test_a_team_gets_members_a_lead_and_another_name(
    as_admin: Client, office: Site, ani: User
) -> None:
    assert as_admin.post("/tim/baru", {"name": "Tim TI"}).status_code == 302
    team = Team.objects.get()
    person = {"full_name": "Ani", "site": office.pk, "team": team.pk}
    as_admin.post(f"/orang/{ani.uuid}/ubah", person)
    answer = as_admin.post(f"/tim/{team.uuid}/ubah", {"lead": "1", "person": "Dewi"})
    assert "not in this team" in answer.content.decode()
    as_admin.post(f"/tim/{team.uuid}/ubah", {"lead": "1", "person": "ani@example.com"})
    as_admin.post(f"/tim/{team.uuid}/ubah", {"name": "Tim Teknologi"})
    page = read(as_admin, f"/tim/{team.uuid}")
    assert "Tim Teknologi" in page
    assert "Leads it" in page
    assert reach.lead_of(team.uuid, datetime.now(UTC)) == ani.pk
    assert as_admin.post(f"/tim/{team.uuid}/ubah", {"close": "1"}).status_code == 409


def test_whoever_leads_from_the_first_moment_was_nothing_else_before(
    as_admin: Client, ani: User
) -> None:
    now = datetime.now(UTC)
    change_person(ani, full_name="Ani", site=ani.site, team="gudang", by=None, now=now)
    team = Team.objects.get()
    name_lead(team, ani, by=None, now=now)
    assert "Before" not in read(as_admin, f"/tim/{team.uuid}")
    name_lead(team, None, by=None, now=now + timedelta(hours=1))
    assert "Before" in read(as_admin, f"/tim/{team.uuid}")


def test_a_role_is_given_from_a_day_on_and_ends_on_one_with_a_reason(
    as_admin: Client, ani: User
) -> None:
    page, today = f"/orang/{ani.uuid}/peran", datetime.now(UTC).date()
    soon = str(today + timedelta(days=3))
    as_admin.post(page, {"role": "helpdesk", "since": soon, "reason": "menggantikan Eko"})
    ani.forget_roles()
    assert "role:helpdesk" not in ani.roles(now=datetime.now(UTC))
    assert "role:helpdesk" in ani.roles(now=datetime.now(UTC) + timedelta(days=4))
    assert as_admin.post(page, {"role": "helpdesk"}).status_code == 409
    far = str(today + timedelta(days=999))
    assert as_admin.post(page, {"role": "manajemen", "since": far}).status_code == 409
    ending = {"role": "pengguna", "last": soon, "reason": "pindah"}
    as_admin.post(f"{page}/akhiri", ending)
    past = {"role": "pengguna", "last": str(today - timedelta(days=9))}
    assert as_admin.post(f"{page}/akhiri", past).status_code == 409
    ani.forget_roles()
    assert "role:pengguna" in ani.roles(now=datetime.now(UTC))
    assert "role:pengguna" not in ani.roles(now=datetime.now(UTC) + timedelta(days=5))
    reasons = Entry.objects.filter(subject=ani.uuid).exclude(reason="")
    assert set(reasons.values_list("reason", flat=True)) == {"menggantikan Eko", "pindah"}


def test_roles_are_called_as_the_sop_calls_them(as_admin: Client, ani: User) -> None:
    assert "Administrator of Tertib" in read(as_admin, "/orang")


def test_somebody_leaves_on_a_day_and_nobody_by_their_own_hand(
    as_admin: Client, admin: User, ani: User
) -> None:
    today = str(datetime.now(UTC).astimezone().date())
    later = str(datetime.now(UTC).date() + timedelta(days=9))
    assert as_admin.post(f"/orang/{ani.uuid}/keluar", {"last": later}).status_code == 409
    assert as_admin.post(f"/orang/{admin.uuid}/keluar", {"last": today}).status_code == 409
    assert as_admin.post(f"/orang/{ani.uuid}/keluar", {"last": "2026-03-31"}).status_code == 302
    ani.refresh_from_db()
    assert not ani.is_active
    assert Fact.objects.filter(kind="person.left", subject=ani.uuid).count() == 1


def test_a_line_manager_is_named_on_the_person_s_page(
    as_admin: Client, office: Site, ani: User
) -> None:
    eko = hire(office, "Eko", "atasan")
    told = {"full_name": "Ani", "site": office.pk, "team": "", "manager": "Eko"}
    as_admin.post(f"/orang/{ani.uuid}/ubah", told)
    assert reach.manager_of([ani.pk], datetime.now(UTC)) == {ani.pk: eko.pk}
    answer = as_admin.post(
        f"/orang/{eko.uuid}/ubah", {**told, "full_name": "Eko", "manager": "Ani"}
    )
    assert "circle" in answer.content.decode()


def test_a_key_is_shown_once_says_when_it_was_used_and_is_revoked(
    as_admin: Client, client: Client
) -> None:
    told = {"name": "absensi", "scope": ["facts.write", "people.read"], "days": "30"}
    page = as_admin.post("/kunci", told).content.decode()
    secret = page.split('<code class="wrap">')[1].split("<")[0].strip()
    token = ApiToken.objects.get()
    assert secret not in read(as_admin, "/kunci")
    assert token.scope.split() == ["facts.write", "people.read"]
    assert as_admin.post("/kunci", told).status_code == 422  # the name is taken
    bearer = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/api/v1/people", headers=bearer).status_code == 200
    assert "last used" in read(as_admin, "/kunci")
    as_admin.post(f"/kunci/{token.uuid}/cabut")
    assert Client().get("/api/v1/people", headers=bearer).status_code == 401


@pytest.mark.parametrize("path", ["/orang", "/lokasi", "/tim", "/kunci", "/orang/{ani}"])
def test_the_pages_ask_few_things_however_many_there_are(
    as_admin: Client, office: Site, ani: User, path: str
) -> None:
    for number in range(12):
        hire(office, f"Orang{number}", "pengguna")
    path = path.format(ani=ani.uuid)
    read(as_admin, path)
    with CaptureQueriesContext(connection) as told:
        read(as_admin, path)
    assert len(told.captured_queries) <= 25
