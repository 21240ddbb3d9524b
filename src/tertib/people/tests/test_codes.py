"""Codes from an app besides the password: each test names what is tried."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as configured
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.test import Client

from tertib.audit.models import Entry
from tertib.people import actions, codes
from tertib.people.models import CodeKey, RecoveryCode, User
from tertib.people.tests.conftest import PASSWORD
from tertib.vault import keyring

NOW = datetime(2026, 1, 5, 2, 0, 10, tzinfo=UTC)
STEP = timedelta(seconds=30)
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.fixture(autouse=True)
def keys(settings: Any, tmp_path: Path, client: Client) -> None:
    settings.KEYRING = tmp_path / "keyring"
    keyring.create(settings.KEYRING)
    client.cookies[configured.LANGUAGE_COOKIE_NAME] = "en"


def now_code(secret: str, at: datetime) -> str:
    return codes.code(secret, int(at.timestamp()) // 30)


@pytest.fixture
def recovery(budi: User) -> list[str]:
    """Budi's app holds SECRET; a minute ago he told its first code."""
    before = NOW - 2 * STEP
    made = actions.confirm_key(budi, SECRET, now_code(SECRET, before), now=before)
    assert made
    return made


def knock(client: Client) -> None:
    answer = client.post("/masuk", {"email": "budi@example.com", "password": PASSWORD})
    assert answer.headers["Location"] == "/masuk/kode"
    assert SESSION_KEY not in client.session


def is_in(client: Client) -> bool:
    return client.get("/akun").status_code == 200


@pytest.mark.parametrize(
    ("seconds", "digits"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_the_codes_are_those_of_rfc_6238(seconds: int, digits: str) -> None:
    assert codes.code(SECRET, seconds // 30) == digits


def test_the_password_alone_is_not_enough_and_the_code_opens(
    client: Client, recovery: list[str]
) -> None:
    with time_machine.travel(NOW, tick=False):
        knock(client)
        assert not is_in(client)
        assert client.post("/masuk/kode", {"code": "000000"}).status_code == 422
        code = now_code(SECRET, NOW)
        assert client.post("/masuk/kode", {"code": f" {code[:3]} {code[3:]} "}).status_code == 302
        assert is_in(client)


def test_a_code_that_was_seen_over_the_shoulder_is_refused(
    client: Client, recovery: list[str]
) -> None:
    with time_machine.travel(NOW, tick=False):
        knock(client)
        client.post("/masuk/kode", {"code": now_code(SECRET, NOW)})
        thief = Client()
        knock(thief)
        for at in (NOW, NOW - STEP):  # the same one, and an older one
            answer = thief.post("/masuk/kode", {"code": now_code(SECRET, at)})
            assert answer.status_code == 422
        assert not is_in(thief)


def test_a_phone_whose_clock_is_half_a_minute_off_is_believed_and_no_more(
    budi: User, recovery: list[str]
) -> None:
    for at, right in ((NOW + 2 * STEP, False), (NOW - 2 * STEP, False), (NOW + STEP, True)):
        told = now_code(SECRET, at)
        assert actions.prove(budi, told, place="10.0.0.1", now=NOW) is right


def test_guessing_codes_is_slowed_down(client: Client, recovery: list[str]) -> None:
    with time_machine.travel(NOW, tick=False):
        knock(client)
        for _try in range(5):
            assert client.post("/masuk/kode", {"code": "000000"}).status_code == 422
        answer = client.post("/masuk/kode", {"code": now_code(SECRET, NOW)})
        assert answer.status_code == 429
        assert not is_in(client)


def test_a_code_without_the_password_opens_nothing(client: Client, recovery: list[str]) -> None:
    answer = client.post("/masuk/kode", {"code": now_code(SECRET, datetime.now(UTC))})
    assert answer.headers["Location"] == "/masuk"
    assert not is_in(client)


def test_who_waits_too_long_or_has_another_password_begins_anew(
    client: Client, budi: User, recovery: list[str]
) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        knock(client)
        traveller.shift(301)
        later = NOW + timedelta(seconds=301)
        client.post("/masuk/kode", {"code": now_code(SECRET, later)})
        assert not is_in(client)
        knock(client)
        actions.set_password(budi, "delapan kucing di atap", by=budi, now=later)
        client.post("/masuk/kode", {"code": now_code(SECRET, later)})
        assert not is_in(client)


def test_a_recovery_code_works_once(client: Client, recovery: list[str]) -> None:
    assert len(set(recovery)) == 10
    for opens in (True, False):
        stranger = Client()
        knock(stranger)
        stranger.post("/masuk/kode", {"code": "-".join([recovery[0][:8].upper(), recovery[0][8:]])})
        assert is_in(stranger) is opens
    assert RecoveryCode.objects.count() == 9
    assert Entry.objects.filter(action="use_recovery_code").count() == 1


def test_a_link_for_a_new_password_does_not_go_round_the_code(
    client: Client, budi: User, recovery: list[str]
) -> None:
    link = actions.person_link(budi, by=None, now=datetime.now(UTC))
    new = {"password": "delapan kucing di atap", "again": "delapan kucing di atap"}
    assert client.post(link, new).headers["Location"] == "/masuk/kode"
    assert not is_in(client)


def test_neither_the_key_nor_a_recovery_code_is_stored_in_plain_words(
    recovery: list[str],
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM people_codekey")
        stored = str(cursor.fetchall())
    assert SECRET not in stored
    digests = str(list(RecoveryCode.objects.values_list("digest", flat=True)))
    assert not [one for one in recovery if one in digests]


def test_somebody_sets_codes_up_and_ends_them_with_a_code(client: Client, budi: User) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        client.force_login(budi)
        page = client.get("/akun/kode").content.decode()
        secret = page.split('<code class="wrap">')[1].split("<")[0].replace(" ", "").strip()
        assert client.post("/akun/kode", {"code": "000000"}).status_code == 422
        assert not CodeKey.objects.exists()
        page = client.post("/akun/kode", {"code": now_code(secret, NOW)}).content.decode()
        assert page.count("<li>\n            <code>") == 10
        assert secret not in client.get("/akun/kode").content.decode()
        assert client.post("/akun/kode/hapus", {"code": now_code(secret, NOW)}).status_code == 422
        traveller.shift(30)
        client.post("/akun/kode/hapus", {"code": now_code(secret, NOW + STEP)})
        assert not CodeKey.objects.exists()


def test_where_it_is_required_a_role_in_it_sets_codes_up_before_anything_else(
    as_admin: Client, client: Client, budi: User, ani: User
) -> None:
    technician, employee = Client(), Client()
    technician.force_login(budi)
    employee.force_login(ani)
    assert technician.get("/orang").status_code == 200
    as_admin.post("/pengaturan/masuk/kode", {"required": "on"})
    assert technician.get("/orang").headers["Location"] == "/akun/kode"
    assert technician.post("/akun/sesi/akhiri").headers["Location"] == "/akun/kode"
    assert employee.get("/akun").status_code == 200
    polled = technician.get("/pemberitahuan/lonceng", headers={"HX-Request": "true", "Poll": "1"})
    assert (polled.status_code, "HX-Redirect" in polled.headers) == (204, False)
    page = technician.get("/akun/kode").content.decode()
    assert "Perusahaan Anda mewajibkan kode atau passkey" in page
    assert "mewajibkan" not in employee.get("/akun/kode").content.decode()
    secret = page.split('<code class="wrap">')[1].split("<")[0].replace(" ", "").strip()
    technician.post("/akun/kode", {"code": now_code(secret, datetime.now(UTC))})
    assert technician.get("/orang").status_code == 200


def test_a_lost_phone_is_no_end_somebody_else_lets_them_in_again(
    as_admin: Client, client: Client, budi: User, recovery: list[str]
) -> None:
    as_admin.post(f"/orang/{budi.uuid}/kode/hapus")
    answer = client.post("/masuk", {"email": "budi@example.com", "password": PASSWORD})
    assert answer.headers["Location"] == "/"


def test_the_key_is_shown_as_a_picture_that_an_app_reads_until_it_is_set_up(
    client: Client, budi: User
) -> None:
    with time_machine.travel(NOW, tick=False):
        client.force_login(budi)
        assert client.get("/akun/kode/gambar").status_code == 404  # no key was offered
        page = client.get("/akun/kode").content.decode()
        assert 'src="/akun/kode/gambar"' in page
        secret = page.split('<code class="wrap">')[1].split("<")[0].replace(" ", "").strip()
        picture = client.get("/akun/kode/gambar")
        assert picture.headers["Content-Type"] == "image/svg+xml"
        assert "no-store" in picture.headers["Cache-Control"]
        address = codes.address(secret, account=budi.email, issuer="Tertib")
        assert picture.content == codes.picture(address)
        assert b"style" not in picture.content
        client.post("/akun/kode", {"code": now_code(secret, NOW)})
        assert client.get("/akun/kode/gambar").status_code == 404
        assert Client().get("/akun/kode/gambar").status_code == 302
