"""Webhooks: signed, told once, retried, and sent again when somebody asks."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tertib.audit.models import Entry
from tertib.notify import actions
from tertib.notify.models import Channel, Delivery
from tertib.notify.tests.conftest import TUESDAY_10AM, URL, Web, Worker, tell
from tertib.notify.topics import Topic, Words, register
from tertib.people.models import User


@pytest.fixture
def hook(web: Web, dewi: User) -> tuple[Channel, str]:
    return actions.add_hook(
        name="SIEM",
        url=f"{web.url}/tertib?kunci=rahasia-5512",
        options={"topics": ["test.task"]},
        by=dewi.uuid,
        now=TUESDAY_10AM,
    )


def test_a_machine_is_told_once_what_several_people_are_told_and_can_check_who_says_it(
    hook: tuple[Channel, str], web: Web, worker: Worker, ani: User, hire: Callable[..., User]
) -> None:
    tell(ani, "TGS-1")  # not urgent: a machine needs no digest
    tell(hire("Budi"), "TGS-1")
    assert worker.run() == 1
    tell(hire("Citra"), "TGS-1")
    assert worker.run() == 0
    [(path, headers, body)] = web.got
    assert path == "/tertib?kunci=rahasia-5512"
    assert json.loads(body) == {
        "type": "test.task",
        "at": TUESDAY_10AM.isoformat(),
        "key": "TGS-1",
        "data": {"number": "TGS-1", "url": "/pekerjaan/TGS-1"},
        "url": f"{URL}/pekerjaan/TGS-1",
    }
    assert headers["webhook-signature"] == signed(hook[1], headers, body)
    assert str(ani.uuid) not in body.decode()


def signed(key: str, headers: dict[str, str], body: bytes) -> str:
    """As the receiver checks it: by the words of the specification, not by our own code."""
    secret = base64.b64decode(key.removeprefix("whsec_"))
    told = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, told, hashlib.sha256).digest()).decode()


def test_what_the_receiver_does_not_take_comes_again_under_the_same_name(
    hook: tuple[Channel, str], web: Web, worker: Worker, ani: User
) -> None:
    web.status = 500
    tell(ani, "TGS-1")
    assert worker.run() == 0
    web.status = 200
    worker.later(minutes=2)
    assert worker.run() == 1
    first, second = (headers["webhook-id"] for _path, headers, _body in web.got)
    assert first == second


def test_an_event_is_sent_again_when_somebody_asks(
    hook: tuple[Channel, str], web: Web, worker: Worker, ani: User, dewi: User
) -> None:
    tell(ani, "TGS-1")
    worker.run()
    delivery = Delivery.objects.get()
    worker.later(days=30)
    assert actions.send_again(delivery, by=dewi.uuid, now=worker.now)
    assert Entry.objects.get(action="send_again").subject == delivery.channel.uuid  # it stays
    assert not actions.send_again(delivery, by=dewi.uuid, now=worker.now)  # it is under way
    assert worker.run() == 1
    first, second = (headers["webhook-id"] for _path, headers, _body in web.got)
    assert first == second


def test_address_and_key_are_sealed_and_in_no_log(
    hook: tuple[Channel, str],
    web: Web,
    worker: Worker,
    ani: User,
    caplog: pytest.LogCaptureFixture,
) -> None:
    web.status = 403
    tell(ani, "TGS-1")
    worker.run()
    rows = str([*Channel.objects.values(), *Delivery.objects.values()])
    assert "rahasia" not in rows + caplog.text
    assert hook[1] not in rows + caplog.text


def test_no_hook_goes_to_this_very_machine(
    hook: tuple[Channel, str], web: Web, worker: Worker, ani: User, settings: Any
) -> None:
    settings.OUTGOING_ALLOWED = []
    tell(ani, "TGS-1")
    assert worker.run() == 0
    assert web.got == []
    assert Channel.objects.get().error == "The address lies where nothing is sent to"


def test_an_admin_adds_one_sees_its_key_once_and_tests_it(
    client: Client, dewi: User, web: Web, worker: Worker
) -> None:
    client.force_login(dewi)
    client.cookies["django_language"] = "en"
    told = {"name": "SIEM", "url": f"{web.url}/x", "topics": ["test.task"]}
    page = client.post("/pengaturan/saluran/webhook", told).content.decode()
    assert "whsec_" in page
    channel = Channel.objects.get()
    there = f"/pengaturan/saluran/{channel.uuid}"
    assert "whsec_" not in client.get(there).content.decode()
    again = client.post("/pengaturan/saluran/webhook", told)
    assert again.status_code == 422
    client.post(f"{there}/coba")
    delivery = Delivery.objects.get()
    worker.now = delivery.created_at + timedelta(seconds=1)
    assert worker.run() == 1
    assert json.loads(web.got[0][2])["type"] == "test"
    assert "Send again" in client.get(there).content.decode()
    client.post(f"{there}/kiriman/{delivery.uuid}/lagi")
    assert Delivery.objects.get().state == Delivery.State.WAITING
    client.post(f"{there}/hapus")
    assert not Channel.objects.exists()


@pytest.mark.parametrize("url", ["", "ftp://x.example.com", "javascript:alert(1)", "x"])
def test_an_address_that_is_none_is_refused_at_its_field(
    url: str, client: Client, dewi: User
) -> None:
    client.force_login(dewi)
    answer = client.post("/pengaturan/saluran/webhook", {"name": "x", "url": url})
    assert answer.status_code == 422
    assert not Channel.objects.exists()


def test_an_event_is_for_machines_and_stands_in_nobody_s_notices(
    hook: tuple[Channel, str], web: Web, worker: Worker, ani: User, dewi: User, client: Client
) -> None:
    register(Topic("test.closed", "Closed", lambda *_: Words("Closed"), event=True))
    assert not actions.announce("test.closed", "TGS-9", {"url": "/"}, now=worker.now)
    Channel.objects.filter(kind="hook").update(options={"topics": ["test.closed"]})
    data = {"number": "TGS-9", "url": "/tugas/TGS-9"}
    for _ in range(2):
        assert actions.announce("test.closed", "TGS-9", data, now=worker.now)
    assert worker.run() == 1
    [(_path, _headers, body)] = web.got
    assert json.loads(body)["type"] == "test.closed"
    assert json.loads(body)["data"] == data
    client.force_login(ani)
    page = client.get("/akun/pemberitahuan")
    assert page.status_code == 200
    assert b"test.task" in page.content
    assert b"test.closed" not in page.content
