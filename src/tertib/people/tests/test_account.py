"""One's own account: sessions that end when one says so, absences, a role lent for a while."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tertib.audit.models import Entry
from tertib.people import actions, reach
from tertib.people.models import Absence, Delegation, Session, Site, User
from tertib.people.rules import browser
from tertib.people.tests.conftest import NEW_YEAR, PASSWORD, hire

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
APPLE = "AppleWebKit/537.36 (KHTML, like Gecko)"
EDGE = f"Mozilla/5.0 (Windows NT 10.0; Win64) {APPLE} Chrome/140.0 Safari/537.36 Edg/140.0"
PHONE = f"Mozilla/5.0 (Linux; Android 15; SM-A556E) {APPLE} Chrome/140.0 Mobile Safari/537.36"


def signed_in(person: User, *, agent: str = FIREFOX, place: str = "10.1.2.3") -> Client:
    client = Client(headers={"User-Agent": agent}, REMOTE_ADDR=place)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    answer = client.post("/masuk", {"email": person.email, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/akun").status_code == 200


def test_the_own_sessions_are_listed_with_browser_and_place(budi: User) -> None:
    office, phone = signed_in(budi), signed_in(budi, agent=PHONE, place="203.0.113.9")
    page = office.get("/akun").content.decode()
    for words in ("Firefox, Linux", "Chrome, Android", "10.1.2.3", "203.0.113.9"):
        assert words in page
    assert page.count("This one") == 1
    key = phone.session.session_key
    assert key
    assert key not in page


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox, Linux"),
        (EDGE, "Edge, Windows"),
        (PHONE, "Chrome, Android"),
        ("curl/8.14", "curl"),
        ("<script>", ""),
        ("", ""),
    ],
)
def test_a_browser_is_told_in_words(agent: str, words: str) -> None:
    assert browser(agent) == words


def test_a_session_that_was_ended_elsewhere_is_dead_at_its_next_request(budi: User) -> None:
    office, stolen = signed_in(budi), signed_in(budi)
    [row] = Session.objects.filter(session_key=stolen.session.session_key)
    assert is_in(stolen)
    office.post(f"/akun/sesi/{row.uuid}/akhiri")
    assert not is_in(stolen)
    assert is_in(office)
    assert Entry.objects.filter(action="end_session", actor=budi.uuid).count() == 1


def test_all_others_end_at_once_and_this_one_stays(budi: User) -> None:
    office, *others = [signed_in(budi) for _number in range(3)]
    office.post("/akun/sesi/akhiri")
    assert [is_in(client) for client in (office, *others)] == [True, False, False]


def test_nobody_ends_the_session_of_somebody_else(budi: User, ani: User) -> None:
    actions.set_password(ani, PASSWORD, by=ani, now=NEW_YEAR)
    hers, his = signed_in(ani), signed_in(budi)
    row = Session.objects.get(person=ani)
    his.post(f"/akun/sesi/{row.uuid}/akhiri")
    his.post(f"/akun/sesi/{uuid4()}/akhiri")
    his.post("/akun/sesi/akhiri")
    assert is_in(hers)


def test_a_copied_cookie_is_worthless_once_the_password_changed(budi: User) -> None:
    office = signed_in(budi)
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = str(office.session.session_key)
    assert is_in(thief)
    new = "delapan kucing di atap"
    office.post("/sandi", {"current": PASSWORD, "password": new, "again": new})
    assert is_in(office)
    assert not is_in(thief)
    assert thief.get("/akun").headers["Location"] == "/masuk?next=/akun"
    thief.post("/sandi", {"current": PASSWORD, "password": "milik saya", "again": "milik saya"})
    budi.refresh_from_db()
    assert budi.check_password(new)
    assert Session.objects.filter(person=budi).count() == 1


def test_who_leaves_is_signed_out_everywhere(budi: User) -> None:
    office = signed_in(budi)
    now = datetime.now(UTC)
    actions.leave(budi, left_at=now, by=None, now=now)
    assert not is_in(office)
    assert not Session.objects.filter(person=budi).exists()


def test_somebody_says_when_they_are_away_and_who_stands_in(office: Site, budi: User) -> None:
    eko, client, now = hire(office, "Eko", "helpdesk"), signed_in(budi), datetime.now(UTC)
    today = now.astimezone().date()
    days = {"first": str(today - timedelta(days=1)), "last": str(today + timedelta(days=6))}
    assert client.post("/akun/tidak-hadir", {**days, "deputy": "Nobody"}).status_code == 422
    assert client.post("/akun/tidak-hadir", {**days, "deputy": "Budi"}).status_code == 422
    assert not Absence.objects.exists()
    assert client.post("/akun/tidak-hadir", {**days, "deputy": "eko"}).status_code == 302
    assert reach.away(datetime.now(UTC))[budi.pk].deputy == eko.pk
    assert "Eko stands in." in client.get("/akun").content.decode()
    absence = Absence.objects.get()
    client.post(f"/akun/tidak-hadir/{absence.uuid}/kembali")
    assert reach.away(datetime.now(UTC)) == {}


def test_somebody_delegates_a_role_and_takes_it_back(office: Site, budi: User, ani: User) -> None:
    client, now = signed_in(budi), datetime.now(UTC)
    told = {"role": "helpdesk", "holder": ani.email, "last": str((now + timedelta(days=9)).date())}
    assert client.post("/akun/delegasi", {**told, "role": "admin"}).status_code == 422
    assert client.post("/akun/delegasi", {**told, "last": "2020-01-01"}).status_code == 422
    assert client.post("/akun/delegasi", told).status_code == 302
    assert ani.may("inventory.read", now=datetime.now(UTC))
    lent = Delegation.objects.get()
    other = signed_in(hire(office, "Eko", "helpdesk", password=PASSWORD))
    assert other.post(f"/akun/delegasi/{lent.uuid}/tarik").status_code == 404
    client.post(f"/akun/delegasi/{lent.uuid}/tarik")
    ani.forget_roles()
    assert not ani.may("inventory.read", now=datetime.now(UTC))


def test_somebody_chooses_the_language_of_their_mails(budi: User) -> None:
    client = Client()
    client.force_login(budi)
    assert client.post("/akun/bahasa", {"language": "xx"}).status_code == 422
    for _twice in range(2):
        answer = client.post("/akun/bahasa", {"language": "en"})
        assert "Tersimpan." in client.get(answer.headers["Location"]).content.decode()
    assert set(User.objects.values_list("language", flat=True)) == {"en"}
    assert Entry.objects.filter(action="choose_language").count() == 1
    assert "English" in client.get("/akun").content.decode()


def test_the_account_page_asks_few_things(budi: User) -> None:
    office = signed_in(budi)
    office.get("/akun")
    with CaptureQueriesContext(connection) as told:
        office.get("/akun")
    assert len(told.captured_queries) <= 18
