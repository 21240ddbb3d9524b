"""A link by mail that signs in without a password: each test names what is tried."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as configured
from django.test import Client

from tertib.audit.models import Entry
from tertib.notify.actions import set_mail
from tertib.notify.models import Notice
from tertib.people import actions, codes
from tertib.people.models import OneTimeLink, User
from tertib.people.tests.conftest import NEW_YEAR, PASSWORD
from tertib.vault import keyring

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.fixture(autouse=True)
def post(settings: Any, tmp_path: Path, client: Client, admin: User) -> None:
    settings.KEYRING, settings.URL = tmp_path / "keyring", "http://testserver"
    keyring.create(settings.KEYRING)
    server = {"host": "127.0.0.1", "port": 9, "sender": "ti@example.com"}
    set_mail(server, None, by=admin.uuid, now=NEW_YEAR)
    client.cookies[configured.LANGUAGE_COOKIE_NAME] = "en"


def ask(client: Client, email: str = "budi@example.com", place: str = "10.0.0.1") -> str:
    answer = client.post("/masuk/surel", {"email": email}, REMOTE_ADDR=place)
    return answer.content.decode().replace(email, "").split("csrfmiddlewaretoken")[0]


def mailed() -> str:
    return str(Notice.objects.latest("pk").secret)


def is_in(client: Client) -> bool:
    return client.get("/akun").status_code == 200


def test_the_link_signs_in_once_and_the_password_stays(client: Client, budi: User) -> None:
    assert "/masuk/surel" in client.get("/masuk").content.decode()
    ask(client, " Budi@Example.com ")
    link = mailed()
    assert client.get(link).status_code == 200
    assert not is_in(client)  # looked at, by a mail scanner say: nothing is used up
    assert client.post(link).headers["Location"] == "/"
    assert is_in(client)
    thief = Client()
    assert thief.get(link).status_code == thief.post(link).status_code == 404
    budi.refresh_from_db()
    assert budi.check_password(PASSWORD)
    acts = Entry.objects.filter(subject=budi.uuid).values_list("action", flat=True)
    assert {"mail_sign_in", "sign_in_by_link"} <= set(acts)


def test_the_second_factor_is_asked_all_the_same(client: Client, budi: User) -> None:
    now = datetime.now(UTC)
    step = int(now.timestamp()) // 30
    actions.confirm_key(budi, SECRET, codes.code(SECRET, step - 1), now=now)
    ask(client)
    assert client.post(mailed()).headers["Location"] == "/masuk/kode"
    assert not is_in(client)
    client.post(
        "/masuk/kode", {"code": codes.code(SECRET, int(datetime.now(UTC).timestamp()) // 30)}
    )
    assert is_in(client)


def test_nobody_learns_who_has_an_account(client: Client, budi: User) -> None:
    assert ask(client) == ask(client, "nobody@example.com")
    assert Notice.objects.count() == 1


def test_the_link_ends_after_a_quarter_of_an_hour(client: Client, budi: User) -> None:
    ask(client)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16)):
        late = client.post(mailed())
        assert (late.status_code, "15 minutes" in late.content.decode()) == (404, True)
        assert 'href="/masuk/surel"' in late.content.decode()
        assert not is_in(client)


def test_asking_again_and_again_is_slowed_down_together_with_the_other_link(
    client: Client, budi: User
) -> None:
    for _try in range(4):
        ask(client)
        client.post("/masuk/lupa", {"email": "budi@example.com"}, REMOTE_ADDR="10.0.0.1")
    assert Notice.objects.count() == 5
    assert OneTimeLink.objects.filter(user=budi, signs_in=True).count() == 1


def test_a_link_for_the_one_is_none_for_the_other(client: Client, budi: User) -> None:
    ask(client)
    secret = mailed().rpartition("/")[2]
    new = {"password": "delapan kucing di atap", "again": "delapan kucing di atap"}
    assert client.post(f"/tautan/{secret}", new).status_code == 404
    path = actions.person_link(budi, by=None, now=datetime.now(UTC))
    assert client.post(f"/masuk/tautan/{path.rpartition('/')[2]}").status_code == 404
    assert not is_in(client)


def test_who_left_meanwhile_or_set_a_new_password_has_no_use_for_it(
    client: Client, budi: User
) -> None:
    ask(client)
    link, now = mailed(), datetime.now(UTC)
    path = actions.person_link(budi, by=None, now=now)
    new = {"password": "delapan kucing di atap", "again": "delapan kucing di atap"}
    Client().post(path, new)
    assert client.post(link).status_code == 404
    ask(client)
    link = mailed()
    actions.leave(budi, left_at=datetime.now(UTC), by=None, now=datetime.now(UTC))
    assert client.post(link).status_code == 404


def test_where_no_mail_leaves_the_house_it_is_not_offered(client: Client, settings: Any) -> None:
    settings.URL = ""
    assert client.get("/masuk/surel").headers["Location"] == "/masuk"
    assert "/masuk/surel" not in client.get("/masuk").content.decode()
