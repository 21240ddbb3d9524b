"""Signing in through a real OpenID provider on this machine, and each answer of it that is bent."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import time
from typing import Any

import pytest
import time_machine
from django.conf import settings as configured
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.test import Client

from tertib.audit.models import Entry
from tertib.notify.models import Notice
from tertib.people import actions, models, oidc
from tertib.people.models import Identity, Site, User
from tertib.people.tests.conftest import PASSWORD, hire
from tertib.people.tests.provider import CLIENT, SECRET, Provider, new_key, provider
from tertib.vault import keyring

NOW = datetime(2026, 1, 5, 2, tzinfo=UTC)
URL = "http://localhost:8000"
START = "/masuk/penyedia?next=/orang"


@pytest.fixture
def there() -> Iterator[Provider]:
    with provider() as running:
        yield running


@pytest.fixture(autouse=True)
def house(settings: Any, tmp_path: Path) -> None:
    settings.URL, settings.KEYRING = URL, tmp_path / "keyring"
    settings.OUTGOING_ALLOWED = ["127.0.0.0/8"]
    keyring.create(settings.KEYRING)
    oidc.forget()


@pytest.fixture
def known(there: Provider, admin: User) -> Provider:
    """The admin has set the provider up."""
    set_up(there, admin)
    return there


def set_up(there: Provider, admin: User, **more: Any) -> None:
    told = {"name": "Kantor", "issuer": there.issuer, "client_id": CLIENT, "admits": False}
    told |= {"claim": "email", "verified": "email_verified", **more}
    actions.set_provider(told, SECRET, by=admin, now=NOW)


def browser() -> Client:
    client = Client()
    client.cookies[configured.LANGUAGE_COOKIE_NAME] = "en"
    return client


def come_back(client: Client, there: Provider) -> Any:
    away = client.get(START)
    assert away.status_code == 302, away.content.decode()
    return client.get(there.authorize(away.headers["Location"]))


def is_in(client: Client) -> bool:
    return SESSION_KEY in client.session


def refused(client: Client, answer: Any) -> str:
    assert answer.status_code == 422
    assert not is_in(client)
    page: str = answer.content.decode()
    return page.partition('role="alert"')[2].partition("<span>")[2].partition("</span>")[0]


def test_who_is_known_here_comes_in_through_the_provider(known: Provider, budi: User) -> None:
    client = browser()
    assert "Sign in with Kantor" in client.get("/masuk").content.decode()
    assert come_back(client, known).headers["Location"] == "/orang"
    assert client.session[SESSION_KEY] == str(budi.pk)
    kept = Identity.objects.get()
    assert (kept.person, kept.issuer, kept.subject) == (budi, known.issuer, "u-7")
    said = Entry.objects.filter(subject=budi.uuid).values_list("action", flat=True)
    assert {"link_identity", "sign_in_by_provider"} <= set(said)
    assert Notice.objects.get(person=budi.uuid).topic == "people.way_in"


def test_who_has_another_address_by_now_is_still_the_same_person(
    known: Provider, budi: User, office: Site
) -> None:
    come_back(browser(), known)
    hire(office, "Eko", "helpdesk")
    known.who["email"] = "eko@example.com"
    client = browser()
    come_back(client, known)
    assert client.session[SESSION_KEY] == str(budi.pk)


def test_an_address_that_belongs_to_somebody_else_there_by_now_opens_nothing(
    known: Provider, budi: User
) -> None:
    come_back(browser(), known)
    known.who["sub"] = "u-8"
    client = browser()
    assert "belongs to another account" in refused(client, come_back(client, known))


def test_somebody_with_another_account_there_is_let_in_again_by_an_admin(
    known: Provider, budi: User, as_admin: Client
) -> None:
    come_back(browser(), known)
    known.who["sub"] = "u-8"
    client = browser()
    refused(client, come_back(client, known))
    as_admin.post(f"/orang/{budi.uuid}/penyedia/lupa")
    come_back(client, known)
    assert client.session[SESSION_KEY] == str(budi.pk)
    assert Identity.objects.get().subject == "u-8"


def test_the_code_of_an_app_is_still_asked_for(known: Provider, budi: User) -> None:
    models.CodeKey.objects.create(person=budi, secret="GEZDGNBVGY3TQOJQ", made_at=NOW)
    client = browser()
    assert come_back(client, known).headers["Location"] == "/masuk/kode"
    assert not is_in(client)


@pytest.mark.parametrize(
    ("bent", "words"),
    [
        ({"nonce": "another"}, "This answer belongs to another sign-in"),
        ({"nonce": None}, "This answer belongs to another sign-in"),
        ({"iss": "http://127.0.0.1:1"}, "comes from another issuer"),
        ({"aud": "another"}, "was made for another application"),
        ({"aud": [CLIENT, "another"]}, "was made for another application"),
        ({"aud": [CLIENT, "another"], "azp": "another"}, "was made for another application"),
        ({"exp": 1_700_000_000}, "is too old"),
        ({"exp": None}, "does not hold"),
        ({"iat": int(time()) + 3600}, "does not hold"),
        ({"sub": None}, "does not hold"),
        ({"email_verified": False}, "has not verified your e-mail address"),
        ({"email_verified": None}, "has not verified your e-mail address"),
        ({"email_verified": "false"}, "has not verified your e-mail address"),
        ({"email": None}, "says no e-mail address"),
        ({"email": ["budi@example.com"]}, "says no e-mail address"),
        ({"email": "siapa@example.com"}, "Nobody who works here has your address"),
    ],
)
def test_an_answer_that_is_bent_is_refused_and_says_why(
    known: Provider, budi: User, bent: dict[str, Any], words: str
) -> None:
    known.bent = bent
    client = browser()
    assert words in refused(client, come_back(client, known))
    assert not Identity.objects.exists()


@pytest.mark.parametrize("alg", ["none", "HS256"])
def test_an_answer_that_nobody_signed_is_refused(known: Provider, budi: User, alg: str) -> None:
    known.alg = alg
    client = browser()
    assert "The signature" in refused(client, come_back(client, known))


def test_a_key_that_the_provider_never_published_signs_nothing(known: Provider, budi: User) -> None:
    known.key = new_key()
    client = browser()
    assert "The signature" in refused(client, come_back(client, known))
    known.kid = "two"
    assert "The signature" in refused(client, come_back(client, known))
    known.publish()  # it changed its keys: they are looked up anew
    come_back(client, known)
    assert is_in(client)


def test_a_way_back_of_another_browser_or_a_second_time_is_refused(
    known: Provider, budi: User
) -> None:
    client, thief = browser(), browser()
    away = client.get(START).headers["Location"]
    back = known.authorize(away)
    assert "another sign-in" in refused(thief, thief.get(back))
    cookie = client.cookies["provider"].value
    assert client.get(back).status_code == 302
    thief.cookies["provider"] = cookie
    again = f"{known.authorize(away)}"
    assert "another sign-in" in refused(thief, thief.get(again))
    thief.cookies["provider"] = cookie.replace(cookie[5], "x", 1)
    assert "another sign-in" in refused(thief, thief.get(again))


@pytest.mark.parametrize(
    ("back", "words"),
    [
        ("?code=x&state=wrong", "another sign-in"),
        ("?code=x", "another sign-in"),
        ("?error=access_denied&state={state}", "let nobody in"),
        ("?code=made-up&state={state}", "let nobody in"),
        ("?code=x&state={state}&iss=https://evil.example", "another issuer"),
        ("", "another sign-in"),
    ],
)
def test_a_way_back_that_is_made_up_is_refused(
    known: Provider, budi: User, back: str, words: str
) -> None:
    client = browser()
    away = client.get(START).headers["Location"]
    state = away.partition("state=")[2].partition("&")[0]
    address = "/masuk/penyedia/kembali" + back.format(state=state)
    assert words in refused(client, client.get(address))


def test_nobody_is_sent_elsewhere_afterwards(known: Provider, budi: User) -> None:
    client = browser()
    away = client.get("/masuk/penyedia?next=https://evil.example/").headers["Location"]
    assert client.get(known.authorize(away)).headers["Location"] == "/"


def test_a_provider_that_is_away_hangs_or_talks_nonsense_leaves_the_password(
    known: Provider, budi: User
) -> None:
    client = browser()
    known.away = 503
    assert "does not answer at present" in refused(client, client.get(START))
    asked = len(known.asked)
    assert "does not answer at present" in refused(client, client.get(START))
    assert len(known.asked) == asked  # for a while nobody waits for it again
    known.away = 0
    oidc.forget()
    for bent in ({"issuer": "https://evil.example"}, {"token_endpoint": "http://evil.example"}):
        known.described = bent
        oidc.forget()
        refused(client, client.get(START))
    known.described = {}
    oidc.forget()
    client.post("/masuk", {"email": "budi@example.com", "password": PASSWORD})
    assert is_in(client)


def test_a_provider_that_hangs_is_waited_for_for_seconds(
    known: Provider, budi: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc, "TIMEOUT", 0.2)
    known.slow = 1.0
    client, began = browser(), time()
    assert "does not answer at present" in refused(client, client.get(START))
    assert time() - began < 1.0


def test_an_answer_without_end_is_not_read_to_its_end(
    known: Provider, budi: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc, "MOST", 100)
    client = browser()
    assert "does not answer at present" in refused(client, client.get(START))


def test_a_provider_inside_is_asked_only_where_that_is_allowed(
    known: Provider, budi: User, settings: Any
) -> None:
    settings.OUTGOING_ALLOWED = []
    client = browser()
    assert "where nothing is sent to" in refused(client, client.get(START))
    assert known.asked == []


def test_a_provider_whose_port_is_closed_is_away(admin: User, budi: User) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    set_up(Provider(issuer=f"http://127.0.0.1:{port}"), admin)
    client = browser()
    assert "does not answer at present" in refused(client, client.get(START))


def test_whoever_is_unknown_becomes_an_employee_where_the_company_says_so(
    there: Provider, admin: User
) -> None:
    set_up(there, admin, admits=True)
    client = browser()
    come_back(client, there)
    person = User.objects.get(email="budi@example.com")
    assert (person.full_name, person.has_usable_password()) == ("Budi Santoso", False)
    assert person.roles(now=datetime.now(UTC)) == {"role:pengguna"}


def test_who_has_left_is_not_let_in_nor_made_anew(there: Provider, admin: User, budi: User) -> None:
    set_up(there, admin, admits=True)
    come_back(browser(), there)
    now = datetime.now(UTC)
    actions.leave(budi, left_at=now, by=None, now=now)
    for sub in ("u-7", "u-9"):
        there.who["sub"] = sub
        client = browser()
        assert "Nobody who works here" in refused(client, come_back(client, there))


def test_trying_again_and_again_is_slowed_down(known: Provider, budi: User) -> None:
    client, last = browser(), 0
    for _try in range(32):
        client.get(START)
        last = client.get("/masuk/penyedia/kembali?code=x&state=y").status_code
    assert last == 429


FORM = {
    "name": "Kantor",
    "issuer": "https://login.example.com",
    "client_id": CLIENT,
    "client_secret": SECRET,
    "claim": "email",
    "verified": "email_verified",
}


def test_the_settings_keep_the_secret_sealed_and_never_show_it(as_admin: Client) -> None:
    assert as_admin.post("/pengaturan/masuk", FORM).status_code == 302
    with connection.cursor() as cursor:
        cursor.execute("SELECT client_secret FROM people_provider")
        assert SECRET not in str(cursor.fetchall())
    page = as_admin.get("/pengaturan/masuk").content.decode()
    assert SECRET not in page
    assert f"{URL}/masuk/penyedia/kembali" in page
    as_admin.post("/pengaturan/masuk", {**FORM, "name": "Pusat", "client_secret": ""})
    kept = models.Provider.objects.get()
    assert (kept.name, kept.client_secret) == ("Pusat", SECRET)
    assert SECRET not in str(list(Entry.objects.values_list("changed", flat=True)))
    as_admin.post("/pengaturan/masuk/hapus")
    assert not models.Provider.objects.exists()
    assert "penyedia" not in browser().get("/masuk").content.decode()


@pytest.mark.parametrize(
    "issuer",
    [
        *("http://login.example.com", "ftp://login.example.com", "https://", "login.example.com"),
        *("https://u:p@login.example.com", "https://x.example/?a=b", "https://x.example:99999"),
    ],
)
def test_an_issuer_without_tls_is_none(as_admin: Client, issuer: str) -> None:
    assert as_admin.post("/pengaturan/masuk", {**FORM, "issuer": issuer}).status_code == 422
    assert not models.Provider.objects.exists()


def test_the_settings_try_it_and_say_what_is_wrong(
    as_admin: Client, known: Provider, settings: Any
) -> None:
    as_admin.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = as_admin.post("/pengaturan/masuk/coba").content.decode()
    assert "The provider answers, with 1 key." in page
    known.described = {"issuer": "https://other.example"}
    page = as_admin.post("/pengaturan/masuk/coba").content.decode()
    assert "another issuer" in page
    assert "(https://other.example)" in page


def test_a_secret_that_was_lost_with_the_keyring_is_said_so(
    known: Provider, budi: User, settings: Any, tmp_path: Path
) -> None:
    settings.KEYRING = tmp_path / "another"
    keyring.create(settings.KEYRING)
    client = browser()
    assert "is lost with the keyring" in refused(client, client.get(START))


def test_the_state_of_a_sign_in_lasts_ten_minutes(known: Provider, budi: User) -> None:
    client = browser()
    with time_machine.travel(datetime.now(UTC), tick=False) as traveller:
        away = client.get(START).headers["Location"]
        traveller.shift(timedelta(minutes=11))
        assert "too late" in refused(client, client.get(known.authorize(away)))
