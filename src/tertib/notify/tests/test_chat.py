"""A chat by apprise, at a server that really listens. Its address is a key."""

import json
from collections.abc import Callable

import pytest

from tertib.lib.errors import Refused
from tertib.notify import actions
from tertib.notify.channels.chat import without_address
from tertib.notify.models import Channel, Delivery
from tertib.notify.tests.conftest import TUESDAY_10AM, Web, Worker, tell
from tertib.people.models import User

KEY = "kunci-rahasia-8812"


def test_what_several_people_are_told_the_chat_reads_once(
    chat: Channel, web: Web, worker: Worker, ani: User, hire: Callable[..., User]
) -> None:
    tell(ani, "TGS-1", urgent=True)
    tell(hire("Budi"), "TGS-1", urgent=True)
    data = {"number": "TGS-9"}
    actions.tell(ani.uuid, "test.raised", "9", data, urgent=True, now=TUESDAY_10AM)
    assert worker.run() == 1
    [(path, _headers, body)] = web.got
    assert path == f"/{KEY}"
    told = json.loads(body)
    assert told["title"] == "TGS-1 milik Anda"
    assert "TGS-9" not in told["message"]  # of that topic it hears nothing


def test_the_address_is_sealed_and_in_no_log_also_when_it_fails(
    chat: Channel, web: Web, worker: Worker, ani: User, caplog: pytest.LogCaptureFixture
) -> None:
    web.status = 500
    tell(ani, "TGS-1", urgent=True)
    assert worker.run() == 0
    chat.refresh_from_db()
    assert chat.failing_since == TUESDAY_10AM
    assert chat.error.startswith("The service refused it")
    rows = str([*Channel.objects.values(), *Delivery.objects.values()])
    assert KEY not in rows + caplog.text
    assert chat.secret.endswith(KEY)


def test_what_apprise_says_is_shown_without_the_address() -> None:
    said = "Failed to send to https://api.telegram.org/bot123456:ABCDEF/send: error=403."
    shown = without_address(said, "tgram://123456:ABCDEF/-100200300")
    assert "ABCDEF" not in shown
    assert "123456" not in shown
    assert "error=403" in shown


@pytest.mark.parametrize(
    "address", ["", "nonsense", "nosuch://x", "syslog://", "dbus://", "mailtos://a:b@example.com"]
)
def test_what_reaches_no_service_or_this_machine_itself_is_refused(
    address: str, dewi: User
) -> None:
    with pytest.raises(Refused):
        actions.set_chat(
            None, name="x", address=address, options={}, by=dewi.uuid, now=TUESDAY_10AM
        )


def test_no_chat_goes_to_this_very_machine(
    chat: Channel, web: Web, worker: Worker, ani: User, settings: pytest.FixtureRequest
) -> None:
    settings.OUTGOING_ALLOWED = []  # type: ignore[attr-defined]
    tell(ani, "TGS-1", urgent=True)
    assert worker.run() == 0
    assert web.got == []
    chat.refresh_from_db()
    assert chat.error == "The address lies where nothing is sent to"


def test_a_redirect_is_not_followed(chat: Channel, web: Web, worker: Worker, ani: User) -> None:
    web.status = 307
    tell(ani, "TGS-1", urgent=True)
    assert worker.run() == 0
    assert len(web.got) == 1


def test_a_paused_channel_waits_and_then_says_it_once(
    chat: Channel, web: Web, worker: Worker, ani: User, dewi: User
) -> None:
    assert actions.pause(chat, by=dewi.uuid, now=TUESDAY_10AM)
    for n in range(5):
        tell(ani, f"TGS-{n}", urgent=True)
    assert worker.run() == 0
    assert actions.resume(chat, by=dewi.uuid, now=TUESDAY_10AM)
    assert worker.run() == 1
    [(_path, _headers, body)] = web.got
    assert json.loads(body)["title"] == "5 pemberitahuan: TGS-0 milik Anda"
