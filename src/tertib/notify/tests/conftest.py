"""A small office whose people can be reached, and servers that really listen."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tertib.notify import actions, deliver, topics
from tertib.notify.channels.mail import Mail, Server
from tertib.notify.models import Channel
from tertib.notify.topics import Topic, Words
from tertib.people.actions import add_person, first_start
from tertib.people.models import Site, User
from tertib.vault import keyring

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
TUESDAY_10AM = datetime(2026, 1, 6, 3, tzinfo=UTC)  # 10.00 in Jakarta
URL = "https://tertib.example.com"


@pytest.fixture(autouse=True)
def house(settings: Any, tmp_path: Path) -> None:
    """It knows its address, and has a keyring of its own."""
    settings.URL, settings.KEYRING = URL, tmp_path / "keyring"
    keyring.create(settings.KEYRING)


@pytest.fixture(autouse=True)
def known_topics() -> Iterator[None]:
    """Two topics, as a room would register them."""
    before = dict(topics._topics)
    topics.register(Topic("test.task", "Tasks", _words, icon="checkbox"))
    topics.register(Topic("test.raised", "Escalations", _words, required=True))
    yield
    topics._topics.clear()
    topics._topics.update(before)


def _words(data: Any, language: str, _zone: Any) -> Words:
    title = "is yours" if language == "en" else "milik Anda"
    return Words(f"{data['number']} {title}", str(data.get("text", "")))


@pytest.fixture
def office(db: None) -> Site:
    return first_start(NEW_YEAR)


@pytest.fixture
def hire(office: Site) -> Callable[..., User]:
    def hire_(name: str, role: str = "pengguna", language: str = "id") -> User:
        person = add_person(
            full_name=name,
            email=f"{name.lower()}@example.com",
            site=office,
            role=role,
            joined_at=NEW_YEAR,
            by=None,
            now=NEW_YEAR,
        )
        User.objects.filter(pk=person.pk).update(language=language)
        return person

    return hire_


@pytest.fixture
def ani(hire: Callable[..., User]) -> User:
    return hire("Ani")


@pytest.fixture
def dewi(hire: Callable[..., User]) -> User:
    return hire("Dewi", "admin", "en")


# --- A mail server --------------------------------------------------------------------------------


@dataclass
class Post:
    """A real SMTP server. What it answers a test may change at any moment."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)  # by stage or by recipient
    vanishes: threading.Event = field(default_factory=threading.Event)  # after the text came
    connections: int = 0

    async def handle_MAIL(  # noqa: N802 aiosmtpd's names
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        self.raw.append(envelope.original_content or b"")
        mail = message_from_bytes(self.raw[-1], policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        if self.vanishes.is_set():
            assert server.transport
            server.transport.abort()  # type: ignore[attr-defined]
        return self.answers.get("DATA", "250 OK")

    @property
    def sent_to(self) -> list[str]:
        return [str(mail["To"]) for mail in self.mails]


class _Controller(Controller):
    def factory(self) -> Any:
        self.handler.connections += 1
        return super().factory()  # type: ignore[no-untyped-call]


@pytest.fixture
def post(request: pytest.FixtureRequest) -> Iterator[Post]:
    handler = getattr(request, "param", Post)(port=free_port())
    controller = _Controller(handler, hostname="127.0.0.1", port=handler.port, ready_timeout=30)
    controller.start()
    yield handler
    controller.stop()


@pytest.fixture
def mail(post: Post, dewi: User) -> Channel:
    """The house sends its mails by that server."""
    return set_mail(post.port, dewi)


def set_mail(port: int, by: User) -> Channel:
    options = {"host": "127.0.0.1", "port": port, "security": "none", "user": ""}
    options |= {"sender": "tertib@example.com", "sender_name": "Tertib"}
    return actions.set_mail(options, "", by=by.uuid, now=TUESDAY_10AM)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def mute() -> Iterator[Callable[[bytes, float], int]]:
    """Start a server that greets nobody: it says a byte now and then, or nothing at all."""
    over = threading.Event()
    sockets: list[socket.socket] = []

    def start(says: bytes, every: float) -> int:
        listening = socket.create_server(("127.0.0.1", 0))
        sockets.append(listening)

        def serve() -> None:
            with suppress(OSError):
                while not over.is_set():
                    sockets.append(listening.accept()[0])
                    while says and not over.wait(every):
                        sockets[-1].sendall(says)

        threading.Thread(target=serve, daemon=True).start()
        return int(listening.getsockname()[1])

    yield start
    over.set()
    for one in sockets:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()


# --- A server for pushes and chats ----------------------------------------------------------------


@dataclass
class Web:
    port: int = 0
    status: int = 201
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def web(settings: Any) -> Iterator[Web]:
    settings.OUTGOING_ALLOWED = ["127.0.0.0/8"]
    told = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.got.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(told.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Nothing: a test's output is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield told
    server.shutdown()
    server.server_close()


# --- The worker -----------------------------------------------------------------------------------


@dataclass
class Worker:
    """Runs what the mail lane runs, at the instant that the test says."""

    now: datetime = TUESDAY_10AM
    timeout: float = 5.0

    def run(self, **how: Any) -> int:
        return deliver.run(clock=lambda: self.now, opener=self._open, **how)

    def later(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now

    def _open(self, channel: Channel) -> Any:
        if channel.kind != Channel.Kind.MAIL:
            return deliver.open_transport(channel)
        server = Server(**channel.options, password=channel.secret or "")
        return Mail(server, timeout=self.timeout, reading=self.timeout)


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
def chat(web: Web, dewi: User) -> Channel:
    """A chat that hears of tasks, by apprise's json:// to a server of the test."""
    return actions.set_chat(
        None,
        name="Tim TI",
        address=f"json://127.0.0.1:{web.port}/kunci-rahasia-8812",
        options={"language": "id", "topics": ["test.task"]},
        by=dewi.uuid,
        now=TUESDAY_10AM,
    )


def tell(person: User, number: str, *, urgent: bool = False, now: datetime = TUESDAY_10AM) -> bool:
    data = {"number": number, "url": f"/pekerjaan/{number}"}
    return actions.tell(person.uuid, "test.task", number, data, urgent=urgent, now=now)
