"""The attack list of the sign-in: each test names what is tried."""

import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tertib.people import actions
from tertib.people.actions import signin
from tertib.people.middleware import ABSOLUTE, IDLE
from tertib.people.models import Attempt, OneTimeLink, Session, User

NOW = datetime(2026, 1, 5, 2, tzinfo=UTC)
PASSWORD = "tujuh ikan berenang pelan"
WRONG = "E-mail or password is wrong"


@pytest.fixture(autouse=True)
def in_english(client: Client) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"


def knock(client: Client, email: str, password: str, **more: Any) -> HttpResponse:
    data = {"email": email, "password": password, **more.pop("data", {})}
    return client.post("/masuk", data, **more)  # type: ignore[return-value]


def is_in(client: Client) -> bool:
    return SESSION_KEY in client.session


def test_the_right_password_opens_and_is_written_down(client: Client, budi: User) -> None:
    answer = knock(client, " Budi@Example.COM ", PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert is_in(client)
    assert not Attempt.objects.exists()
    assert budi.password.startswith("argon2$argon2id$")


def test_a_wrong_password_and_a_stranger_s_address_look_the_same(
    client: Client, budi: User, ani: User
) -> None:
    pages = [
        knock(client, email, "salah sekali").content.decode().replace(email, "")
        for email in ("budi@example.com", "ani@example.com", "nobody@example.com")
    ]
    assert WRONG in pages[0]
    without_tokens = {page.split("csrfmiddlewaretoken")[0] for page in pages}
    assert len(without_tokens) == 1


def test_whose_session_ended_comes_back_to_the_page_and_not_to_the_button(
    client: Client, budi: User
) -> None:
    page = "http://testserver/akun?x=1"
    answer = client.post("/akun/sesi/akhiri", headers={"Referer": page})
    assert answer.headers["Location"] == "/masuk?next=/akun%3Fx%3D1"
    for elsewhere in ("", "http://evil.example/akun", "http://testserver//evil.example"):
        answer = client.post("/akun/sesi/akhiri", headers={"Referer": elsewhere})
        assert answer.headers["Location"] == "/masuk?next=/akun/sesi/akhiri"
    client.force_login(budi)
    shown = client.get("/akun/sesi/akhiri", headers={"Accept": "text/html"})
    assert (shown.status_code, shown.headers["Allow"]) == (405, "POST")
    assert "There is nothing to see here" in shown.content.decode()


def test_a_form_begins_where_something_is_wrong(client: Client, budi: User) -> None:
    first = client.get("/masuk").content.decode()
    assert first.index("autofocus") < first.index('name="password"')
    again = knock(client, "budi@example.com", "").content.decode()
    assert again.count("autofocus") == 1
    assert again.index("autofocus") > again.index('name="password"')


@pytest.mark.alone
def test_they_take_the_same_time(usual_passwords: None, budi: User, ani: User) -> None:
    def seconds(email: str) -> float:
        begin = time.perf_counter()
        signin.sign_in(email, "salah sekali", place="10.0.0.1", now=NOW)
        return time.perf_counter() - begin

    tries: dict[str, list[float]] = {"budi": [], "ani": [], "nobody": []}
    for _try in range(5):
        for name, times in tries.items():
            times.append(seconds(f"{name}@example.com"))
    usual = sorted(median(times) for times in tries.values())
    assert usual[-1] < 3 * usual[0]  # without the hash it would be fifty times


def test_who_has_left_does_not_get_in_nor_stays_in(client: Client, budi: User) -> None:
    client.force_login(budi)
    assert client.get("/sandi").status_code == 200
    actions.leave(budi, left_at=NOW, by=None, now=NOW)
    assert client.get("/sandi").status_code == 302
    assert WRONG in knock(client, "budi@example.com", PASSWORD).content.decode()


def test_guessing_is_slowed_down_and_then_even_the_right_one_waits(
    client: Client, budi: User
) -> None:
    for _try in range(5):
        assert knock(client, "budi@example.com", "tebak").status_code == 422
    for password in ("tebak", PASSWORD):
        answer = knock(client, "budi@example.com", password)
        assert answer.status_code == 429
        assert "Try again in 15 minutes" in answer.content.decode()
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16)):
        assert knock(client, "budi@example.com", PASSWORD).status_code == 302


def test_a_stranger_elsewhere_does_not_lock_the_owner_out(client: Client, budi: User) -> None:
    for _try in range(6):
        knock(client, "budi@example.com", "tebak", REMOTE_ADDR="203.0.113.9")
    assert knock(client, "budi@example.com", PASSWORD).status_code == 302


def test_many_places_together_are_slowed_down_for_one_account(budi: User) -> None:
    for number in range(25):
        signin.sign_in("budi@example.com", "tebak", place=f"203.0.113.{number}", now=NOW)
    with pytest.raises(actions.Throttled):
        signin.sign_in("budi@example.com", "tebak", place="203.0.113.99", now=NOW)


def test_one_place_that_tries_many_accounts_is_slowed_down(db: None) -> None:
    for number in range(30):
        signin.sign_in(f"{number}@example.com", "tebak", place="203.0.113.9", now=NOW)
    with pytest.raises(actions.Throttled):
        signin.sign_in("other@example.com", "tebak", place="203.0.113.9", now=NOW)


def test_the_addresses_of_one_household_count_as_one(db: None) -> None:
    for number in range(30):
        place = f"2001:db8:1:2::{number:x}"
        signin.sign_in(f"{number}@example.com", "tebak", place=place, now=NOW)
    with pytest.raises(actions.Throttled):
        signin.sign_in("other@example.com", "tebak", place="2001:db8:1:2:ffff::1", now=NOW)


def test_a_forged_forwarding_header_does_not_change_the_place(client: Client, budi: User) -> None:
    for number in range(5):
        knock(client, "budi@example.com", "tebak", headers={"X-Forwarded-For": f"10.9.9.{number}"})
    assert knock(client, "budi@example.com", PASSWORD).status_code == 429


def test_guesses_at_the_same_instant_gain_nothing(own_database: Any) -> None:
    def guess(_number: int) -> bool:
        try:
            signin.sign_in("budi@example.com", "tebak", place="203.0.113.9", now=NOW)
        except actions.Throttled:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        looked_at = sum(pool.map(guess, range(16)))
    assert looked_at <= 5


def test_neither_addresses_nor_passwords_are_kept_or_logged(
    client: Client, budi: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for _try in range(6):
        knock(client, "budi@example.com", "kata-rahasia")
    kept = str(list(Attempt.objects.values()))
    assert Attempt.objects.count() == 5
    for secret in ("budi@example.com", "kata-rahasia", "127.0.0.1"):
        assert secret not in kept
    ours = " ".join(
        str(record.__dict__) for record in caplog.records if record.name.startswith("tertib")
    )
    assert "kata-rahasia" not in ours
    assert "budi@" not in ours


def test_a_session_fixed_beforehand_is_worth_nothing(client: Client, budi: User) -> None:
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    before = session.session_key or ""
    knock(client, "budi@example.com", PASSWORD)
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


@pytest.mark.parametrize(
    "there",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        " //evil.example",
        "https://testserver@evil.example/",
    ],
)
def test_nobody_is_sent_elsewhere(client: Client, budi: User, there: str) -> None:
    answer = knock(client, "budi@example.com", PASSWORD, data={"next": there})
    assert answer.headers["Location"] == "/"
    assert client.get("/masuk", {"next": there}).headers["Location"] == "/"


def test_where_one_wanted_to_go_one_goes(client: Client, budi: User) -> None:
    answer = knock(client, "budi@example.com", PASSWORD, data={"next": "/sop?x=1"})
    assert answer.headers["Location"] == "/sop?x=1"


def test_a_form_without_its_token_is_refused(budi: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert knock(strict, "budi@example.com", PASSWORD).status_code == 403


def test_signing_out_ends_the_session_and_a_link_to_it_does_not(client: Client, budi: User) -> None:
    client.force_login(budi)
    key = client.session.session_key
    client.get("/keluar")
    assert is_in(client)
    assert client.post("/keluar").status_code == 302
    assert not Session.objects.filter(session_key=key).exists()


@pytest.mark.parametrize(("wait", "stays"), [(IDLE - 60, True), (IDLE + 60, False)])
def test_a_session_that_nobody_uses_ends(
    client: Client, budi: User, wait: int, stays: bool
) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        knock(client, "budi@example.com", PASSWORD)
        traveller.shift(wait)
        assert (client.get("/sandi").status_code == 200) is stays


def test_a_session_in_use_ends_after_half_a_day(client: Client, budi: User) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        knock(client, "budi@example.com", PASSWORD)
        for _hour in range(ABSOLUTE // 3600):
            traveller.shift(3600)
            assert client.get("/sandi").status_code == 200
        traveller.shift(1)
        assert client.get("/sandi").status_code == 302


def test_a_page_view_writes_nothing(client: Client, budi: User) -> None:
    client.force_login(budi)
    client.get("/sandi")
    with CaptureQueriesContext(connection) as told:
        client.get("/sandi")
    asked = [query["sql"] for query in told.captured_queries]
    assert len(asked) <= 5  # session, person with site, roles, which SOP, what waits in the menu
    assert all(query.lstrip("(").startswith("SELECT") for query in asked)


def change(client: Client, current: str, new: str, again: str | None = None) -> HttpResponse:
    data = {"current": current, "password": new, "again": again or new}
    return client.post("/sandi", data)  # type: ignore[return-value]


def test_a_new_password_ends_the_other_sessions(client: Client, budi: User) -> None:
    other = Client()
    client.force_login(budi)
    other.force_login(budi)
    new = "delapan kucing di atap"
    assert change(client, "salah", new).status_code == 422
    assert change(client, PASSWORD, new, "lain lagi ini").status_code == 422
    assert change(client, PASSWORD, "budi@example.com").status_code == 422
    assert change(client, PASSWORD, "pendek").status_code == 422
    assert change(client, PASSWORD, new).status_code == 200
    assert client.get("/sandi").status_code == 200
    assert other.get("/sandi").status_code == 302
    assert knock(other, "budi@example.com", new).status_code == 302


def test_guessing_the_old_password_in_a_stolen_session_is_slowed_down(
    client: Client, budi: User
) -> None:
    client.force_login(budi)
    for _try in range(5):
        change(client, "tebak", "delapan kucing di atap")
    change(client, PASSWORD, "delapan kucing di atap")
    budi.refresh_from_db()
    assert budi.check_password(PASSWORD)


@pytest.fixture
def link(ani: User) -> Iterator[str]:
    return actions.person_link(ani, by=None, now=datetime.now(UTC))  # type: ignore[return-value]


CLOSED = "This link works no longer"
NEW = {"password": "delapan kucing di atap", "again": "delapan kucing di atap"}


def test_a_link_sets_a_password_once(client: Client, link: str, ani: User) -> None:
    assert client.get(link).status_code == client.head(link).status_code == 200  # a mail scanner
    assert client.post(link, NEW).status_code == 302
    assert is_in(client)
    for again in (client.get(link), client.post(link, {"password": "lain", "again": "lain"})):
        assert again.status_code == 404
        assert CLOSED in again.content.decode()
    ani.refresh_from_db()
    assert ani.check_password(NEW["password"])


def test_a_stretched_shortened_or_guessed_link_is_closed(client: Client, link: str) -> None:
    for wrong in (f"{link}x", link[:-1], "/tautan/x", link.replace("tautan", "mulai")):
        answers = client.get(wrong), client.post(wrong, NEW)
        assert [answer.status_code for answer in answers] == [404, 404]
        assert all(CLOSED in answer.content.decode() for answer in answers), wrong
    assert not is_in(client)
    assert client.post(link, NEW).status_code == 302  # the right one opens as ever


def test_a_link_ends_after_a_day_and_with_the_next_one(
    client: Client, link: str, ani: User
) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=24, minutes=1)):
        assert client.post(link, NEW).status_code == 404
    newer = actions.person_link(ani, by=None, now=datetime.now(UTC))
    assert client.post(link, NEW).status_code == 404
    assert client.post(newer, NEW).status_code == 302


def test_a_link_of_somebody_who_left_is_closed(client: Client, link: str, ani: User) -> None:
    now = datetime.now(UTC)
    actions.leave(ani, left_at=now, by=None, now=now)
    assert client.post(link, NEW).status_code == 404


def test_a_link_used_twice_at_once_works_once(link: str) -> None:
    now = datetime.now(UTC)
    found = actions.valid_link(link.rpartition("/")[2], now=now, first=False)
    assert found
    word = NEW["password"]
    assert actions.set_password_by_link(found, word, now=now)
    assert not actions.set_password_by_link(found, "lain", now=now)


def test_a_link_is_stored_as_a_hash_and_tells_no_other_page_where_it_was(
    client: Client, link: str
) -> None:
    secret = link.rpartition("/")[2]
    assert secret not in str(list(OneTimeLink.objects.values()))
    answer = client.get(link)
    assert answer.headers["Referrer-Policy"] == "same-origin"  # and a browser can send the form
    assert "no-store" in answer.headers["Cache-Control"]


def test_what_is_over_is_forgotten(client: Client, link: str, budi: User) -> None:
    knock(client, "budi@example.com", "tebak")
    client.force_login(budi)
    assert signin.forget(now=datetime.now(UTC)) == 0
    assert signin.forget(now=datetime.now(UTC) + timedelta(days=2)) == 3
