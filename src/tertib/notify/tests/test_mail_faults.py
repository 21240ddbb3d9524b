"""A mail server that hangs, refuses or vanishes: nothing is lost, and nobody else waits."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import TextField
from django.db.models.functions import Cast

from tertib.notify import actions
from tertib.notify.models import Channel, Delivery, Notice
from tertib.notify.tests.conftest import (
    TUESDAY_10AM,
    URL,
    Post,
    Web,
    Worker,
    free_port,
    set_mail,
    tell,
)
from tertib.people.models import User


def test_a_mail_is_plain_and_html_and_says_that_no_human_wrote_it(
    mail: Channel, post: Post, worker: Worker, ani: User
) -> None:
    data = {"number": "TGS-1", "text": "<b>Jatuh tempo</b> besok.", "url": "/pekerjaan/TGS-1"}
    actions.tell(ani.uuid, "test.task", "1", data, urgent=True, now=TUESDAY_10AM)
    worker.run()
    [sent] = post.mails
    plain, html = (sent.get_body((kind,)) for kind in ("plain", "html"))
    assert plain
    assert html
    assert "Halo Ani," in plain.get_content()
    assert f"{URL}/pekerjaan/TGS-1" in plain.get_content()
    assert "<b>Jatuh tempo</b> besok." in plain.get_content()
    assert "&lt;b&gt;Jatuh tempo&lt;/b&gt; besok." in html.get_content()
    assert f'href="{URL}/pekerjaan/TGS-1"' in html.get_content()
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["From"] == "Tertib <tertib@example.com>"
    assert sent["Message-ID"] == Delivery.objects.get().message_id
    assert sent["Message-ID"].endswith("@tertib.example.com>")


def test_what_is_optional_names_a_way_to_end_it_and_what_is_required_names_none(
    mail: Channel, post: Post, worker: Worker, ani: User, dewi: User
) -> None:
    tell(ani, "TGS-1", urgent=True)
    data = {"number": "TGS-1"}
    actions.tell(dewi.uuid, "test.raised", "1", data, urgent=True, now=TUESDAY_10AM)
    worker.run()
    by_name = {str(sent["To"]).split()[0]: sent for sent in post.mails}
    assert by_name["Ani"]["List-Unsubscribe"].startswith(f"<{URL}/pemberitahuan/berhenti/")
    # As it came: what mail programs look for is an address, not an encoded word.
    assert sum(b"\r\nList-Unsubscribe: <https://" in raw for raw in post.raw) == 1
    assert by_name["Ani"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert by_name["Dewi"]["List-Unsubscribe"] is None


def test_a_retry_has_the_same_message_id(
    mail: Channel, post: Post, worker: Worker, ani: User
) -> None:
    tell(ani, "TGS-1", urgent=True)
    post.answers["DATA"] = "451 Later"
    assert worker.run() == 0
    post.answers.clear()
    assert worker.run() == 0  # it said "later"
    worker.later(minutes=2)
    assert worker.run() == 1
    first, second = (sent["Message-ID"] for sent in post.mails)
    assert first == second
    assert Delivery.objects.get().attempts == 2


def test_a_recipient_that_is_refused_is_nobody_else_s_fault(
    mail: Channel, post: Post, worker: Worker, ani: User, hire: Callable[..., User]
) -> None:
    tell(ani, "TGS-1", urgent=True)
    tell(hire("Budi"), "TGS-1", urgent=True)
    post.answers["ani@example.com"] = "550 No such user"
    assert worker.run() == 1
    assert post.sent_to == ["Budi <budi@example.com>"]
    failed = Delivery.objects.get(state="failed")
    assert (failed.person, failed.error) == (ani.uuid, "The server refused the recipient (550)")
    mail.refresh_from_db()
    assert mail.failing_since is None


def test_a_server_that_refuses_is_seen_and_what_waits_leaves_when_it_is_back(
    mail: Channel, post: Post, worker: Worker, ani: User, dewi: User
) -> None:
    set_mail(free_port(), dewi)
    tell(ani, "TGS-1", urgent=True)
    assert worker.run() == 0
    mail.refresh_from_db()
    assert mail.failing_since == TUESDAY_10AM
    assert mail.error == "The network failed (Connection refused)"
    assert mail.resume_at == TUESDAY_10AM + timedelta(seconds=10)
    worker.later(days=2)
    assert worker.run() == 0
    mail.refresh_from_db()
    assert mail.failing_since == TUESDAY_10AM
    set_mail(post.port, dewi)
    assert worker.run() == 1
    again = Channel.objects.get()
    assert (again.failing_since, again.failures) == (None, 0)


def test_what_could_not_leave_for_days_is_given_up_and_stands_in_the_app(
    mail: Channel, worker: Worker, ani: User, dewi: User
) -> None:
    set_mail(free_port(), dewi)
    tell(ani, "TGS-1", urgent=True)
    for _day in range(7):
        worker.run()
        worker.later(days=1)
    assert Delivery.objects.get().state == Delivery.State.FAILED
    assert Notice.objects.shown().filter(read_at=None).count() == 1


@pytest.mark.long
def test_a_server_that_hangs_keeps_no_other_channel_waiting(
    mail: Channel,
    chat: Channel,
    web: Web,
    worker: Worker,
    post: Post,
    ani: User,
    dewi: User,
    mute: Callable[[bytes, float], int],
) -> None:
    set_mail(mute(b"", 0), dewi)
    worker.timeout = 2.0
    for n in range(20):
        tell(ani, f"TGS-{n}", urgent=True)
    started = time.monotonic()
    assert worker.run() == 1  # the chat's
    assert time.monotonic() - started < 10  # one answer was waited for, not twenty
    assert len(web.got) == 1
    mail.refresh_from_db()
    assert mail.error == "No answer in time"
    set_mail(post.port, dewi)  # once it answers again, all twenty are told, and once
    worker.later(minutes=2)
    worker.run()
    worker.later(days=1)
    worker.run()
    texts = "".join(body.get_content() for m in post.mails if (body := m.get_body(("plain",))))
    assert [texts.count(f"TGS-{n} milik Anda") for n in range(20)] == [1] * 20


@pytest.mark.long
def test_a_server_that_drips_is_given_up_too(
    mail: Channel,
    worker: Worker,
    ani: User,
    dewi: User,
    post: Post,
    mute: Callable[[bytes, float], int],
) -> None:
    """Each byte renews the time for an answer; the whole message has a time of its own."""
    set_mail(mute(b"2", 0.2), dewi)
    tell(ani, "TGS-1", urgent=True)
    started = time.monotonic()
    assert worker.run(hangs=1.0) == 0
    assert time.monotonic() - started < 8
    mail.refresh_from_db()
    assert mail.error == "No answer in time"
    set_mail(post.port, dewi)
    worker.later(minutes=2)
    for courier in [one for one in threading.enumerate() if one.name == "courier"]:
        courier.join(10)  # while the one that was given up has not noticed, there is no second
    assert worker.run() == 1


def test_a_server_that_vanishes_before_its_answer_gets_it_again_and_that_is_counted(
    mail: Channel, post: Post, worker: Worker, ani: User
) -> None:
    """Decision 27: SMTP knows no exactly-once."""
    tell(ani, "TGS-1", urgent=True)
    post.vanishes.set()
    assert worker.run() == 0
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.unsure) == (Delivery.State.WAITING, 1)
    post.vanishes.clear()
    worker.later(minutes=2)
    assert worker.run() == 1
    assert len({sent["Message-ID"] for sent in post.mails}) == 1
    assert Delivery.objects.get().unsure == 1


def test_a_mail_that_kills_the_connection_lets_the_others_go_first(
    mail: Channel, post: Post, worker: Worker, ani: User, hire: Callable[..., User]
) -> None:
    tell(ani, "TGS-1", urgent=True)
    tell(hire("Budi"), "TGS-1", urgent=True)
    post.answers["ani@example.com"] = "421 Go away"
    worker.run()
    for _try in range(3):
        worker.later(seconds=30)
        worker.run()
    assert post.sent_to == ["Budi <budi@example.com>"]


def test_one_connection_serves_many_mails(
    mail: Channel, post: Post, worker: Worker, hire: Callable[..., User]
) -> None:
    for n in range(8):
        tell(hire(f"Orang{n}"), "TGS-1", urgent=True)
    before = post.connections
    assert worker.run() == 8
    assert post.connections == before + 1


def test_a_one_time_link_leaves_at_once_and_is_forgotten(
    mail: Channel, post: Post, worker: Worker, ani: User, caplog: pytest.LogCaptureFixture
) -> None:
    worker.now = TUESDAY_10AM + timedelta(hours=14)  # midnight: quiet hours hold no link
    actions.tell_secret(
        ani.uuid,
        "test.raised",
        "link-1",
        {"number": "Tautan"},
        secret="/tautan/sangat-rahasia",
        expires_at=worker.now + timedelta(hours=1),
        now=worker.now,
    )
    [stored] = Notice.objects.values_list(Cast("secret", TextField()), flat=True)
    assert stored
    assert "rahasia" not in stored
    assert worker.run() == 1
    [sent] = post.mails
    html = sent.get_body(("html",))
    assert html
    assert f'href="{URL}/tautan/sangat-rahasia"' in html.get_content()
    assert Notice.objects.get().secret is None
    assert not Notice.objects.shown().exists()
    assert "rahasia" not in caplog.text


def test_a_link_that_has_expired_is_not_sent_any_more(
    mail: Channel, post: Post, worker: Worker, ani: User, dewi: User
) -> None:
    set_mail(free_port(), dewi)
    actions.tell_secret(
        ani.uuid,
        "test.raised",
        "link-1",
        {"number": "Tautan"},
        secret="/tautan/sangat-rahasia",
        expires_at=worker.now + timedelta(hours=1),
        now=worker.now,
    )
    worker.run()
    worker.later(hours=2)
    set_mail(post.port, dewi)
    assert worker.run() == 0
    assert post.mails == []
    assert Delivery.objects.get().state == Delivery.State.DROPPED
    assert Notice.objects.get().secret is None


def test_the_password_of_the_server_is_sealed_and_in_no_log(
    post: Post, worker: Worker, ani: User, dewi: User, caplog: pytest.LogCaptureFixture
) -> None:
    options = {"host": "127.0.0.1", "port": post.port, "security": "starttls", "user": "tertib"}
    options |= {"sender": "tertib@example.com", "sender_name": "Tertib"}
    channel = actions.set_mail(options, "kata-rahasia-77", by=dewi.uuid, now=TUESDAY_10AM)
    tell(ani, "TGS-1", urgent=True)
    worker.run()
    channel = Channel.objects.get()
    assert channel.error == "The server offers no STARTTLS, or no login"
    assert channel.secret == "kata-rahasia-77"
    assert "kata-rahasia" not in str(Channel.objects.values()) + caplog.text
