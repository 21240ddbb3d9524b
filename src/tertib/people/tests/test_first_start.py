from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.test import Client

from tertib.people import actions
from tertib.people.models import Company, Site, User
from tertib.vault import keyring

NOW = datetime(2026, 1, 5, 2, tzinfo=UTC)
TOLD = {
    "full_name": "Dewi Lestari",
    "email": "Dewi@Example.com",
    "password": "tujuh ikan berenang pelan",
    "again": "tujuh ikan berenang pelan",
    "zone": "Asia/Jakarta",
    "mail_port": "993",
}


@pytest.fixture
def link(office: Site) -> str:
    found = actions.first_link(datetime.now(UTC))
    assert found
    return found


def test_the_first_start_may_run_at_every_start(office: Site) -> None:
    assert actions.first_start(NOW) == office
    assert (Company.objects.count(), Site.objects.count()) == (1, 1)
    assert office.name == "Kantor pusat"


def test_the_link_makes_the_first_admin_and_shows_the_sop(client: Client, link: str) -> None:
    assert "tertib people link" in client.get("/masuk").content.decode()
    assert client.get(link).status_code == 200
    answer = client.post(link, TOLD)
    assert "tertib people link" not in Client().get("/masuk").content.decode()
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sop")
    assert SESSION_KEY in client.session
    admin = User.objects.get()
    assert admin.language == "id"
    assert (admin.full_name, admin.email) == ("Dewi Lestari", "dewi@example.com")
    assert admin.may("people.manage", now=datetime.now(UTC))
    assert not admin.may("sop.approve", now=datetime.now(UTC))


def test_it_works_once_and_there_is_no_other_afterwards(client: Client, link: str) -> None:
    client.post(link, TOLD)
    assert Client().post(link, {**TOLD, "email": "x@example.com"}).status_code == 404
    assert actions.first_link(datetime.now(UTC)) is None
    assert User.objects.count() == 1


def test_company_zone_and_mailbox_are_kept_where_they_are_told(
    client: Client, link: str, settings: Any, tmp_path: Path
) -> None:
    settings.KEYRING = tmp_path / "keyring"
    keyring.create(settings.KEYRING)
    mailbox = {"mail_address": "ti@example.com", "mail_host": "imap.example.com"}
    told = {"company": "PT Contoh", "zone": "Asia/Jayapura", "mail_password": "kata-rahasia"}
    assert client.post(link, {**TOLD, **mailbox, **told}).status_code == 302
    company = Company.objects.get()
    assert (company.name, company.mail_user) == ("PT Contoh", "ti@example.com")
    assert company.mail_password == "kata-rahasia"
    assert Site.objects.get().zone == "Asia/Jayapura"


@pytest.mark.parametrize(
    "wrong",
    [
        {"again": "lain"},
        {"password": "pendek", "again": "pendek"},
        {"email": "bukan alamat"},
        {"full_name": ""},
        {"zone": "Mars/Olympus"},
        {"mail_address": "ti@example.com"},
        {"mail_port": "99999"},
    ],
)
def test_a_wrong_answer_uses_nothing_up(client: Client, link: str, wrong: dict[str, str]) -> None:
    assert client.post(link, {**TOLD, **wrong}).status_code == 422
    assert not User.objects.exists()
    assert client.post(link, TOLD).status_code == 302


def test_a_link_ends_after_a_day_and_with_the_next_one(client: Client, link: str) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
        assert client.get(link).status_code == 404
    newer = actions.first_link(datetime.now(UTC))
    assert newer
    assert [client.get(path).status_code for path in (link, newer)] == [404, 200]
