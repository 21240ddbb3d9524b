"""What people see of it: the list, the bell, their choices, and the channels of the house."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tertib.audit.models import Entry
from tertib.notify import actions
from tertib.notify.models import Channel, Choice, Delivery, Device, Notice, Rhythm
from tertib.notify.tests.conftest import TUESDAY_10AM, Post, Web, Worker, tell
from tertib.notify.tests.test_push import Receiver, coded
from tertib.people.models import User

HTMX = {"HX-Request": "true"}


@pytest.fixture
def as_ani(client: Client, ani: User) -> Client:
    client.force_login(ani)
    return client


@pytest.fixture
def as_dewi(client: Client, dewi: User) -> Client:
    client.force_login(dewi)
    client.cookies["django_language"] = "en"
    return client


def body(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


# --- The list and the bell ------------------------------------------------------------------------


def test_one_reads_what_one_was_told_and_nobody_else_does(
    as_ani: Client, ani: User, hire: Callable[..., User]
) -> None:
    tell(ani, "TGS-1")
    tell(hire("Budi"), "TGS-2")
    page = body(as_ani.get("/pemberitahuan"))
    assert "TGS-1 milik Anda" in page
    assert "TGS-2" not in page
    assert "1 pemberitahuan belum dibaca" in page
    theirs = Notice.objects.exclude(person=ani.uuid).get()
    assert as_ani.post(f"/pemberitahuan/{theirs.uuid}").status_code == 404


def test_opening_one_marks_it_read_and_leads_there(as_ani: Client, ani: User) -> None:
    tell(ani, "TGS-1")
    notice = Notice.objects.get()
    answer = as_ani.post(f"/pemberitahuan/{notice.uuid}")
    assert answer.headers["Location"] == "/pekerjaan/TGS-1"
    assert "Semua sudah Anda baca" in body(as_ani.get("/pemberitahuan"))


def test_all_are_marked_read_at_once(as_ani: Client, ani: User) -> None:
    for n in range(3):
        tell(ani, f"TGS-{n}")
    as_ani.post("/pemberitahuan/terbaca")
    assert not Notice.objects.filter(read_at=None).exists()


def test_the_bell_counts_and_says_nothing_while_nothing_changes(as_ani: Client, ani: User) -> None:
    assert 'hx-get="/pemberitahuan/lonceng"' in body(as_ani.get("/akun/pemberitahuan"))
    assert "belum dibaca" not in body(as_ani.get("/pemberitahuan/lonceng"))
    for n in range(105):
        tell(ani, f"TGS-{n}")
    assert "99+" in body(as_ani.get("/pemberitahuan/lonceng?n=0"))
    assert as_ani.get("/pemberitahuan/lonceng?n=100").status_code == 204


def test_what_an_open_page_asks_by_itself_keeps_no_session_alive(client: Client, ani: User) -> None:
    begun = datetime(2026, 1, 6, 3, tzinfo=UTC)
    with time_machine.travel(begun, tick=False) as traveller:
        client.force_login(ani)
        assert client.get("/pemberitahuan").status_code == 200
        for _minute in range(125):
            traveller.shift(60)
            answer = client.get("/pemberitahuan/lonceng?n=0", headers={"Poll": "1"})
        assert answer.status_code == 302


def test_a_list_that_is_open_says_what_came_and_never_moves(as_ani: Client, ani: User) -> None:
    tell(ani, "TGS-1")
    newest = Notice.objects.get().pk
    poll = f"/pemberitahuan?sejak={newest}"
    assert poll in body(as_ani.get("/pemberitahuan"))
    assert as_ani.get(poll, headers=HTMX).status_code == 204
    tell(ani, "TGS-2")
    assert "1 pemberitahuan baru" in body(as_ani.get(poll, headers=HTMX))


def test_fifty_stand_on_a_page_and_the_rest_is_one_step_away(as_ani: Client, ani: User) -> None:
    for n in range(51):
        tell(ani, f"TGS-{n}")
    page = body(as_ani.get("/pemberitahuan"))
    assert "TGS-1 milik Anda" in page
    assert "TGS-0 milik Anda" not in page
    [older] = re.findall(r"\?sebelum=\d+", page)
    assert "TGS-0 milik Anda" in body(as_ani.get(f"/pemberitahuan{older}"))


def test_the_pages_ask_no_more_however_much_there_is(
    as_ani: Client, ani: User, django_assert_max_num_queries: Any
) -> None:
    for n in range(60):
        tell(ani, f"TGS-{n}")
    as_ani.get("/pemberitahuan")
    with django_assert_max_num_queries(5):  # session, person, roles, and the bell's one
        as_ani.get("/pemberitahuan/lonceng")
    few = _queries(as_ani, "/pemberitahuan?hanya=belum")
    for n in range(60, 120):
        tell(ani, f"TGS-{n}")
    assert _queries(as_ani, "/pemberitahuan?hanya=belum") == few


def _queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    return len(asked)


# --- How one wants to be told ---------------------------------------------------------------------


def test_one_chooses_topics_and_hours(as_ani: Client, ani: User) -> None:
    told = {"digest_at": "08:15", "quiet_from": "20:00", "quiet_until": "07:00"}
    answer = as_ani.post("/akun/pemberitahuan", {**told, "wanted": ["test.task push"]})
    assert answer.status_code == 302
    mine = Choice.objects.filter(person=ani.uuid, topic="test.task")
    assert dict(mine.values_list("kind", "wanted")) == {"mail": False, "push": True}
    assert Rhythm.objects.get().digest_at == time(8, 15)
    page = body(as_ani.get("/akun/pemberitahuan"))
    assert re.search(r'value="test.task push" checked', page)
    assert not re.search(r'value="test.task mail" checked', page)


def test_hours_that_are_none_are_said_at_their_field(as_ani: Client) -> None:
    answer = as_ani.post("/akun/pemberitahuan", {"digest_at": "25:00"})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in body(answer)


def test_a_browser_is_added_and_removed(as_ani: Client, ani: User) -> None:
    receiver = Receiver()
    told = {
        "endpoint": "https://push.example.com/abc",
        "keys": {"p256dh": coded(receiver.public), "auth": coded(receiver.secret)},
    }
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    answer = as_ani.post(
        "/akun/pemberitahuan/peramban",
        json.dumps(told),
        content_type="application/json",
        headers={"User-Agent": agent},
    )
    assert answer.status_code == 201
    device = Device.objects.get()
    assert (device.person, device.label) == (ani.uuid, "Firefox, Linux")
    assert "push.example.com" not in str(Device.objects.values())
    assert "Firefox, Linux" in body(as_ani.get("/akun/pemberitahuan"))
    as_ani.post(f"/akun/pemberitahuan/peramban/{device.uuid}/hapus")
    assert not Device.objects.exists()


@pytest.mark.parametrize("sent", ["", "[]", '{"endpoint": 1}', '{"keys": {}}', "x" * 9000])
def test_what_is_no_subscription_is_refused_in_words(sent: str, as_ani: Client) -> None:
    answer = as_ani.post("/akun/pemberitahuan/peramban", sent, content_type="application/json")
    assert answer.status_code == 409
    assert not Device.objects.exists()


def test_what_shows_pushes_is_a_script_at_an_address_that_stays(client: Client) -> None:
    answer = client.get("/pemberitahuan/sw.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert b"showNotification" in answer.content


# --- The way out of a mail ------------------------------------------------------------------------


def test_the_link_of_a_mail_ends_such_mails_and_only_on_post(
    mail: Channel, post: Post, worker: Worker, client: Client, ani: User
) -> None:
    tell(ani, "TGS-1", urgent=True)
    worker.run()
    link = str(post.mails[0]["List-Unsubscribe"]).strip("<>")
    path = link.partition("example.com")[2]
    assert client.get(path).status_code == 200
    assert not Choice.objects.exists()  # a mail scanner opened it
    strict = Client(enforce_csrf_checks=True)  # a mail provider has no token
    assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Choice.objects.get(person=ani.uuid).topic == "test.task"
    tell(ani, "TGS-2", urgent=True, now=worker.later(minutes=20))
    worker.run()
    assert len(post.mails) == 1


@pytest.mark.parametrize("key", ["x", "0.0", "00000000-0000-0000-0000-000000000000.forged"])
def test_a_forged_link_is_none(key: str, client: Client, db: None) -> None:
    assert client.post(f"/pemberitahuan/berhenti/{key}").status_code == 404


# --- The channels of the house --------------------------------------------------------------------


def test_an_admin_sets_the_server_tests_it_and_sees_the_result(
    as_dewi: Client, post: Post, worker: Worker, dewi: User
) -> None:
    told = {"host": "127.0.0.1", "port": post.port, "security": "none", "user": ""}
    told |= {"sender": "tertib@example.com", "sender_name": "Tertib"}
    answer = as_dewi.post("/pengaturan/saluran/email", told)
    there = answer.headers["Location"]
    assert "Not proven yet" in body(as_dewi.get(there))
    as_dewi.post(f"{there}/coba")
    page = body(as_dewi.get(there))
    assert "Waits" in page
    assert 'hx-trigger="every 2s"' in page
    assert worker_at_now(worker).run() == 1
    assert "A test by Tertib" in str(post.mails[0]["Subject"])
    page = body(as_dewi.get(there, headers=HTMX))
    assert "Sent" in page
    assert "hx-trigger" not in page  # the result stands: nothing is asked any more
    assert "Works" in body(as_dewi.get("/pengaturan/saluran"))
    entries = Entry.objects.filter(actor=dewi.uuid).values_list("action", flat=True)
    assert {"set_mail_server", "test_channel"} <= {*entries}


def test_a_test_that_fails_says_why(
    as_dewi: Client, mail: Channel, post: Post, worker: Worker
) -> None:
    post.answers["MAIL"] = "550 Not you"
    as_dewi.post(f"/pengaturan/saluran/{mail.uuid}/coba")
    worker_at_now(worker).run()
    page = body(as_dewi.get(f"/pengaturan/saluran/{mail.uuid}"))
    assert "The server refused the sender (550)" in page
    polled = body(as_dewi.get(f"/pengaturan/saluran/{mail.uuid}", headers=HTMX))
    assert re.match(r'\s*<span id="state" hx-swap-oob="true">.*?Failing', polled)
    assert "Failing" in body(as_dewi.get("/pengaturan/saluran"))


def worker_at_now(worker: Worker) -> Worker:
    worker.now = Delivery.objects.latest("pk").created_at + timedelta(seconds=1)
    return worker


@pytest.mark.parametrize(
    "wrong",
    [
        {"host": ""},
        {"port": "99999"},
        {"sender": "nobody"},
        {"security": "none", "user": "tertib"},  # a password in clear text
    ],
)
def test_a_server_that_cannot_be_is_refused_at_its_field(
    wrong: dict[str, str], as_dewi: Client
) -> None:
    told = {"host": "smtp.example.com", "port": "587", "security": "starttls", "user": ""}
    told |= {"sender": "tertib@example.com", "sender_name": "Tertib", **wrong}
    answer = as_dewi.post("/pengaturan/saluran/email", told)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in body(answer)
    assert not Channel.objects.exists()


def test_an_empty_password_leaves_the_one_that_is_there(as_dewi: Client) -> None:
    told = {"host": "smtp.example.com", "port": "587", "security": "starttls", "user": "tertib"}
    told |= {"sender": "tertib@example.com", "sender_name": "Tertib", "password": "rahasia-12"}
    as_dewi.post("/pengaturan/saluran/email", told)
    as_dewi.post("/pengaturan/saluran/email", {**told, "password": "", "port": "465"})
    channel = Channel.objects.get()
    assert (channel.secret, channel.options["port"]) == ("rahasia-12", 465)
    assert "rahasia-12" not in body(as_dewi.get("/pengaturan/saluran/email"))
    assert "rahasia" not in str(Entry.objects.values())


def test_a_chat_is_added_tested_paused_and_removed(
    as_dewi: Client, web: Web, worker: Worker
) -> None:
    told = {
        "name": "Tim TI",
        "address": f"json://127.0.0.1:{web.port}/kunci-7731",
        "language": "id",
    }
    there = as_dewi.post("/pengaturan/saluran/chat", told).headers["Location"]
    as_dewi.post(f"{there}/coba")
    assert worker_at_now(worker).run() == 1
    assert len(web.got) == 1
    as_dewi.post(f"{there}/jeda")
    assert "Paused" in body(as_dewi.get("/pengaturan/saluran"))
    assert "This channel is paused" in body(as_dewi.post(f"{there}/coba"))
    as_dewi.post(f"{there}/lanjut")
    assert "k-7731" not in body(as_dewi.get(f"{there}/ubah"))
    as_dewi.post(f"{there}/ubah", {**told, "name": "Telegram", "address": ""})
    assert Channel.objects.get().secret == told["address"]
    as_dewi.post(f"{there}/hapus")
    assert not Channel.objects.exists()


def test_a_chat_that_no_service_knows_is_refused_in_words(as_dewi: Client) -> None:
    told = {"name": "Tim TI", "address": "nosuch://x", "language": "id"}
    answer = as_dewi.post("/pengaturan/saluran/chat", told)
    assert answer.status_code == 422
    assert "No service is reached by this address." in body(answer)


def test_pushes_are_turned_on_and_their_test_asks_for_a_browser(as_dewi: Client) -> None:
    there = as_dewi.post("/pengaturan/saluran/push").headers["Location"]
    assert "Switch pushes on for this browser first" in body(as_dewi.post(f"{there}/coba"))
    key = actions.turn_on_push(by=Channel.objects.get().uuid, now=TUESDAY_10AM).secret
    page = body(as_dewi.get("/akun/pemberitahuan"))
    assert re.search(r'data-push="[\w-]{87}"', page)
    assert str(key) not in page


def test_an_employee_reaches_no_channel(as_ani: Client, mail: Channel) -> None:
    for path in ("", "/email", "/chat", f"/{mail.uuid}"):
        assert as_ani.get(f"/pengaturan/saluran{path}").status_code == 403


# --- Erasure --------------------------------------------------------------------------------------


def test_who_is_erased_leaves_nothing_in_the_outbox(
    mail: Channel, post: Post, worker: Worker, ani: User, dewi: User
) -> None:
    tell(ani, "TGS-1", urgent=True)
    tell(ani, "TGS-2")
    tell(dewi, "TGS-1", urgent=True)
    worker.run()
    assert actions.what_is_kept(ani.uuid) == [("notices", 2), ("devices", 0)]
    assert actions.erase(ani.uuid) > 0
    assert actions.what_is_kept(ani.uuid) == [("notices", 0), ("devices", 0)]
    assert not Delivery.objects.filter(person=ani.uuid).exists()
    assert Notice.objects.filter(person=dewi.uuid).count() == 1


def test_links_that_only_one_may_know_are_offered_to_no_machine(as_dewi: Client) -> None:
    for page in ("webhook", "chat"):
        shown = body(as_dewi.get(f"/pengaturan/saluran/{page}"))
        assert 'value="work.closed"' in shown
        assert 'value="people.link"' not in shown
        assert 'value="people.sign_in"' not in shown
    answer = as_dewi.post(
        "/pengaturan/saluran/webhook",
        {"name": "X", "url": "https://x.example/", "topics": ["people.link"]},
    )
    assert answer.status_code == 422
