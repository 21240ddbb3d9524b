"""A link by mail for whoever forgot the password: each test names what is tried."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as configured
from django.test import Client

from tertib.notify.actions import set_mail
from tertib.notify.models import Notice
from tertib.people.models import OneTimeLink, User
from tertib.people.tests.conftest import NEW_YEAR
from tertib.vault import keyring

NEW = {"password": "delapan kucing di atap", "again": "delapan kucing di atap"}


@pytest.fixture(autouse=True)
def post(settings: Any, tmp_path: Path, client: Client, admin: User) -> None:
    settings.KEYRING, settings.URL = tmp_path / "keyring", "http://testserver"
    keyring.create(settings.KEYRING)
    server = {"host": "127.0.0.1", "port": 9, "sender": "ti@example.com"}
    set_mail(server, None, by=admin.uuid, now=NEW_YEAR)
    client.cookies[configured.LANGUAGE_COOKIE_NAME] = "en"


def ask(client: Client, email: str, place: str = "10.0.0.1") -> str:
    answer = client.post("/masuk/lupa", {"email": email}, REMOTE_ADDR=place)
    return answer.content.decode().replace(email, "").split("csrfmiddlewaretoken")[0]


def mailed() -> str:
    """Return the path that the newest mail will hold."""
    return str(Notice.objects.latest("pk").secret)


def test_who_forgot_the_password_gets_a_link_that_works_once(client: Client, budi: User) -> None:
    assert "/masuk/lupa" in client.get("/masuk").content.decode()
    ask(client, " Budi@Example.com ")
    link = mailed()
    stranger = Client()
    assert stranger.get(f"{link}x").status_code == stranger.post(f"{link}x", NEW).status_code == 404
    assert client.post(link, NEW).status_code == 302
    assert stranger.post(link, NEW).status_code == 404
    budi.refresh_from_db()
    assert budi.check_password(NEW["password"])


def test_nobody_learns_who_has_an_account(client: Client, budi: User) -> None:
    assert ask(client, "budi@example.com") == ask(client, "nobody@example.com")
    assert Notice.objects.count() == 1


def test_a_mailed_link_ends_after_an_hour(client: Client, budi: User) -> None:
    ask(client, "budi@example.com")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=61)):
        assert client.post(mailed(), NEW).status_code == 404


def test_asking_again_and_again_is_slowed_down(client: Client, budi: User) -> None:
    for _try in range(8):
        ask(client, "budi@example.com")
    assert Notice.objects.count() == 5
    assert OneTimeLink.objects.filter(user=budi).count() == 1


def test_where_no_mail_leaves_the_house_the_page_says_whom_to_ask(
    client: Client, settings: Any
) -> None:
    settings.URL = ""
    assert client.get("/masuk/lupa").headers["Location"] == "/masuk"
    assert "Whoever runs Tertib" in client.get("/masuk").content.decode()
