"""Passkeys: made, used, removed; and each way round them that was tried."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings as configured
from django.contrib.auth import SESSION_KEY
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tertib.audit.models import Entry
from tertib.notify.models import Notice
from tertib.people import actions, passkeys
from tertib.people.actions import signin
from tertib.people.models import Passkey, Site, SpentChallenge, User
from tertib.people.passkeys import NotAccepted
from tertib.people.tests.authenticator import Device
from tertib.people.tests.conftest import PASSWORD, hire

NOW = datetime(2026, 1, 5, 2, tzinfo=UTC)
URL = "https://tertib.example.com"
HOME = passkeys.House("tertib.example.com", URL)


@pytest.fixture(autouse=True)
def house(settings: Any) -> None:
    settings.URL = URL


@pytest.fixture
def device() -> Device:
    return Device(URL, "tertib.example.com")


def browser() -> Client:
    client = Client()
    client.cookies[configured.LANGUAGE_COOKIE_NAME] = "en"
    return client


def signed_in(person: User) -> Client:
    """Somebody who told the password just now."""
    client = browser()
    answer = client.post("/masuk", {"email": person.email, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def add(client: Client, device: Device, name: str = "My phone") -> Any:
    options = client.post("/akun/passkey/mulai").content.decode()
    told = {"credential": device.make(options), "name": name}
    return client.post("/akun/passkey/baru", told)


def options(client: Client) -> str:
    return client.post("/masuk/passkey/mulai").content.decode()


def knock(client: Client, answer: str, **more: str) -> Any:
    return client.post("/masuk/passkey", {"credential": answer, **more})


@pytest.fixture
def added(budi: User, device: Device) -> Device:
    """Budi added a passkey."""
    assert add(signed_in(budi), device).status_code == 302
    return device


def test_a_passkey_opens_the_account_without_a_password(added: Device, budi: User) -> None:
    client = browser()
    answer = knock(client, added.sign(options(client)), next="/orang?q=a")
    assert answer.headers["Location"] == "/orang?q=a"
    assert client.session[SESSION_KEY] == str(budi.pk)
    key = Passkey.objects.get()
    assert (key.name, key.sign_count) == ("My phone", 1)
    assert Notice.objects.get(person=budi.uuid).topic == "people.way_in"
    assert key.last_used_at
    said = list(Entry.objects.filter(subject=budi.uuid).order_by("pk").values_list("action"))
    assert said[-2:] == [("add_passkey",), ("sign_in_by_passkey",)]


def test_a_passkey_counts_as_both_factors_where_a_code_is_required(
    added: Device, budi: User, admin: User
) -> None:
    actions.require_factor(True, by=admin, now=NOW)
    client = browser()
    knock(client, added.sign(options(client)))
    assert client.get("/orang").status_code == 200
    # The password alone is half of it by now, although there is no app with codes.
    thief = browser()
    answer = thief.post("/masuk", {"email": budi.email, "password": PASSWORD})
    assert answer.headers["Location"] == "/masuk/kode"
    assert SESSION_KEY not in thief.session
    page = thief.get("/masuk/kode").content.decode()
    assert "Show your passkey, too." in page
    assert 'name="code"' not in page
    assert thief.post("/masuk/kode", {"code": "000000"}).status_code == 422
    knock(thief, added.sign(options(thief)))
    assert thief.session[SESSION_KEY] == str(budi.pk)


def test_who_must_have_two_factors_may_choose_a_passkey(
    admin: User, budi: User, device: Device
) -> None:
    actions.require_factor(True, by=admin, now=NOW)
    client = signed_in(budi)
    assert client.get("/orang").headers["Location"] == "/akun/kode"
    assert "Or add a passkey" in client.get("/akun/kode").content.decode()
    assert add(client, device).status_code == 302
    assert client.get("/orang").status_code == 200


def test_an_answer_opens_once(added: Device) -> None:
    client, thief = browser(), browser()
    answer = added.sign(options(client))
    assert knock(client, answer).status_code == 302
    assert knock(thief, answer).status_code == 422
    assert SESSION_KEY not in thief.session
    assert SpentChallenge.objects.count() == 2  # of the new key, and of the way in


def test_a_challenge_lasts_some_minutes_and_is_one_of_ours(added: Device, budi: User) -> None:
    client = browser()
    with time_machine.travel(NOW, tick=False) as traveller:
        old = options(client)
        traveller.shift(301)
        assert knock(client, added.sign(old)).status_code == 422
        strange = json.dumps({"challenge": passkeys.to_text(b"x" * 64)})
        assert knock(client, added.sign(strange)).status_code == 422
        ahead = passkeys.ask_to_sign_in(HOME, now=datetime.now(UTC) + timedelta(minutes=1))
        assert knock(client, added.sign(ahead)).status_code == 422
        other = passkeys.new_challenge(str(budi.uuid), datetime.now(UTC))  # to add a key with
        asked = json.dumps({"challenge": passkeys.to_text(other)})
        assert knock(client, added.sign(asked)).status_code == 422
    assert SESSION_KEY not in client.session


@pytest.mark.parametrize(
    "bent",
    [
        {"origin": "https://tertib.example.net"},
        {"origin": "http://tertib.example.com"},
        {"house": "example.com"},
        {"verifies": False},
        {"count": -1},
    ],
)
def test_another_origin_house_or_a_device_that_asked_nobody_is_refused(
    added: Device, bent: dict[str, Any]
) -> None:
    client = browser()
    added.count = 5
    knock(client, added.sign(options(client)))
    client = browser()
    for name, value in bent.items():
        setattr(added, name, value)
    answer = knock(client, added.sign(options(client)))
    assert answer.status_code == 422
    assert "This passkey was not accepted." in answer.content.decode()
    assert SESSION_KEY not in client.session


def test_a_copy_of_a_key_whose_counter_runs_behind_is_refused(added: Device) -> None:
    for _use in range(3):
        assert knock(browser(), added.sign(options(browser()))).status_code == 302
    added.count = 1
    assert knock(browser(), added.sign(options(browser()))).status_code == 422
    added.count = 3
    assert knock(browser(), added.sign(options(browser()))).status_code == 302


def test_a_device_that_counts_nothing_is_taken_again_and_again(added: Device) -> None:
    for _use in range(2):
        added.count = -1
        assert knock(browser(), added.sign(options(browser()))).status_code == 302


def test_a_key_with_another_s_name_on_it_opens_neither_account(added: Device, office: Site) -> None:
    eko = hire(office, "Eko", "helpdesk", password=PASSWORD)
    client = browser()
    answer = added.sign(options(client), owner=eko.uuid.bytes)
    assert knock(client, answer).status_code == 422
    assert SESSION_KEY not in client.session


def test_guessing_is_slowed_down_as_with_passwords(added: Device) -> None:
    client = browser()
    other = Device(URL, "tertib.example.com", credential=added.credential)
    for _try in range(5):
        assert knock(client, other.sign(options(client))).status_code == 422
    answer = knock(client, added.sign(options(client)))
    assert answer.status_code == 429
    assert "Too many wrong tries." in answer.content.decode()
    assert SESSION_KEY not in client.session


def test_who_has_left_does_not_come_in(added: Device, budi: User) -> None:
    now = datetime.now(UTC)
    actions.leave(budi, left_at=now, by=None, now=now)
    client = browser()
    assert knock(client, added.sign(options(client))).status_code == 422


def test_a_stolen_session_adds_and_removes_no_key(added: Device, budi: User) -> None:
    key = Passkey.objects.get()
    with time_machine.travel(datetime.now(UTC), tick=False) as traveller:
        client = signed_in(budi)
        traveller.shift(11 * 60)
        assert client.post("/akun/passkey/mulai").status_code == 403
        client.post(f"/akun/passkey/{key.uuid}", {"remove": "1"})
        assert Passkey.objects.count() == 1
        assert "Is it you?" in client.get("/akun/passkey").content.decode()
        wrong = client.post("/akun/passkey", {"password": "sepuluh burung"})
        assert wrong.status_code == 422
        assert client.post("/akun/passkey/mulai").status_code == 403
        client.post("/akun/passkey", {"password": PASSWORD})
        assert add(client, Device(URL, "tertib.example.com"), "Ring").status_code == 302
        client.post(f"/akun/passkey/{key.uuid}", {"remove": "1", "name": ""})
    assert list(Passkey.objects.values_list("name", flat=True)) == ["Ring"]
    assert Entry.objects.filter(action="remove_passkey", subject=budi.uuid).exists()


def test_one_names_one_s_own_keys_and_no_other_s(added: Device, office: Site, budi: User) -> None:
    key = Passkey.objects.get()
    hire(office, "Eko", "helpdesk", password=PASSWORD)
    stranger = signed_in(User.objects.get(email="eko@example.com"))
    for told in ({"name": "Mine"}, {"remove": "1"}):
        stranger.post(f"/akun/passkey/{key.uuid}", told)
    assert Passkey.objects.get().name == "My phone"
    owner = signed_in(budi)
    owner.post(f"/akun/passkey/{key.uuid}", {"name": "Old phone"})
    assert "Old phone" in owner.get("/akun/passkey").content.decode()


def test_a_key_is_added_once_for_one_person_and_ten_at_most(
    added: Device, office: Site, budi: User
) -> None:
    eko = signed_in(hire(office, "Eko", "helpdesk", password=PASSWORD))
    assert add(eko, added).status_code == 422
    owner = signed_in(budi)
    asked = owner.post("/akun/passkey/mulai").content.decode()
    told = {"credential": Device(URL, "tertib.example.com").make(asked), "name": "x"}
    assert eko.post("/akun/passkey/baru", told).status_code == 422  # for budi, not for eko
    for _key in range(9):
        assert add(owner, Device(URL, "tertib.example.com")).status_code == 302
    refused = add(owner, Device(URL, "tertib.example.com"))
    assert "You have ten passkeys." in refused.content.decode()


def test_a_lost_bag_somebody_else_removes_the_keys(
    added: Device, budi: User, as_admin: Client
) -> None:
    as_admin.cookies[configured.LANGUAGE_COOKIE_NAME] = "en"
    assert "remove the passkeys" in as_admin.get(f"/orang/{budi.uuid}").content.decode()
    as_admin.post(f"/orang/{budi.uuid}/passkey/hapus")
    assert knock(browser(), added.sign(options(browser()))).status_code == 422


@pytest.mark.parametrize(
    ("configured_", "host", "name"),
    [
        (URL, "evil.example", "tertib.example.com"),
        ("https://tertib.example.com:8443", "", "tertib.example.com"),
        ("http://tertib.example.com", "", None),  # no browser makes a key there
        ("https://10.0.0.5", "", None),
        ("", "evil.example", None),  # nobody believes the Host header
        ("", "localhost:8000", "localhost"),
        ("", "localhost.evil.example", None),
        ("", "127.0.0.1:8000", None),
    ],
)
def test_keys_belong_to_the_configured_address_never_to_the_host_header(
    configured_: str, host: str, name: str | None
) -> None:
    home = passkeys.house(configured_, host)
    assert (home.name if home else None) == name


@pytest.mark.django_db
def test_without_an_address_of_its_own_the_house_offers_none(
    settings: Any, client: Client, office: Site
) -> None:
    settings.URL = ""
    assert "data-passkey" not in client.get("/masuk").content.decode()
    assert client.post("/masuk/passkey/mulai").status_code == 403


def test_challenges_are_forgotten_when_they_are_too_old_anyway(added: Device) -> None:
    signin.forget(now=datetime.now(UTC) + timedelta(hours=2))
    assert not SpentChallenge.objects.exists()


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)


@given(st.text(max_size=200) | JUNK.map(json.dumps))
def test_no_answer_breaks_the_reader(told: str) -> None:
    with pytest.raises(NotAccepted):
        passkeys.read(told)


@given(
    st.sampled_from(["clientDataJSON", "authenticatorData", "signature", "userHandle"]),
    st.binary(min_size=1, max_size=120),
)
def test_no_bent_answer_is_anything_but_not_accepted(part: str, data: bytes) -> None:
    device, home, person = Device(URL, "tertib.example.com"), HOME, uuid4()
    asked = passkeys.ask_for_new(
        home, person=person, email="b@example.com", name="B", known=[], now=NOW
    )
    made = passkeys.made(passkeys.read(device.make(asked)), home, person=person, now=NOW)
    told = json.loads(device.sign(passkeys.ask_to_sign_in(home, now=NOW)))

    def proven() -> int:
        answer = passkeys.read(json.dumps(told))
        key, owner = made.public_key, person.bytes
        return passkeys.proven(answer, home, public_key=key, sign_count=0, owner=owner, now=NOW)

    assert proven() == 1
    told["response"][part] = passkeys.to_text(data)
    with pytest.raises(NotAccepted):
        proven()
