"""What an admin says of the company in the settings."""

from html import unescape

import pytest
from django.conf import settings
from django.test import Client

from tertib.audit.models import Entry
from tertib.people.models import Company, Site, User
from tertib.people.tests.conftest import hire
from tertib.vault import keyring

pytestmark = pytest.mark.django_db
MAILBOX = {"address": "ti@example.com", "host": "imap.example.com", "port": "993", "user": ""}


@pytest.fixture(autouse=True)
def keys() -> None:
    if not settings.KEYRING.exists():
        keyring.create(settings.KEYRING)


def test_the_name_and_the_head_office_s_zone_are_changed_and_noted(
    as_admin: Client, office: Site
) -> None:
    told = {"name": "PT Sinar Bahari", "zone": "Asia/Makassar"}
    assert as_admin.post("/pengaturan/perusahaan", told).status_code == 302
    page = unescape(as_admin.get("/pengaturan/perusahaan").content.decode())
    assert "PT Sinar Bahari" in page
    office.refresh_from_db()
    assert office.zone == "Asia/Makassar"
    assert Entry.objects.filter(action="describe_company").exists()


def test_a_zone_that_is_none_is_refused_and_what_was_typed_is_kept(as_admin: Client) -> None:
    answer = as_admin.post("/pengaturan/perusahaan", {"name": "PT Baru", "zone": "Mars/Olympus"})
    assert answer.status_code == 422
    assert 'value="PT Baru"' in answer.content.decode()
    assert Company.objects.get().name != "PT Baru"


def test_a_stored_password_is_never_shown_and_stays_when_none_is_typed(as_admin: Client) -> None:
    address = "/pengaturan/perusahaan/kotak-surat"
    assert as_admin.post(address, MAILBOX | {"password": "rahasia-1"}).status_code == 302
    assert as_admin.post(address, MAILBOX | {"port": "1993", "password": ""}).status_code == 302
    company = Company.objects.get()
    assert (company.mail_port, company.mail_user) == (1993, "ti@example.com")
    assert company.mail_password == "rahasia-1"
    assert "rahasia-1" not in as_admin.get("/pengaturan/perusahaan").content.decode()


def test_a_password_does_not_follow_to_another_server(as_admin: Client) -> None:
    address = "/pengaturan/perusahaan/kotak-surat"
    as_admin.post(address, MAILBOX | {"password": "rahasia-1"})
    as_admin.post(address, MAILBOX | {"host": "imap.evil.example", "password": ""})
    assert Company.objects.get().mail_password is None


def test_only_an_admin_opens_it(office: Site, client: Client) -> None:
    person: User = hire(office, "Citra", "kepala_ti")
    client.force_login(person)
    assert client.get("/pengaturan/perusahaan").status_code == 403
    assert client.post("/pengaturan/perusahaan/kotak-surat", MAILBOX).status_code == 403
