"""One look into a directory: encrypted or not at all, in a set time, a page of entries at once."""

import socket
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop as N_  # noqa: N812 what tools extract by

from tertib.notify.channels import web
from tertib.people.ldap import ber, filters

STEP, WHOLE = 10.0, 120.0  # seconds for each step, and for all of it
MESSAGE, ENTRIES = 4 * 2**20, 20_000  # bytes of one message; entries of a whole look
PAGE = 500
STARTTLS, PAGED = "1.3.6.1.4.1.1466.20037", "1.2.840.113556.1.4.319"
BIND, BOUND, UNBIND, SEARCH, ENTRY, DONE = 0x60, 0x61, 0x42, 0x63, 0x64, 0x65
ASK, ASKED, REFERENCE, CONTROLS = 0x77, 0x78, 0x73, 0xA0
SUBTREE = 2
OK, NO_SUCH_OBJECT, BAD_LOGIN, TOO_WEAK, REFUSED_IT, REFERRAL = 0, 32, 49, 48, 50, 10

AWAY = N_("The directory does not answer at present.")
INSIDE = N_("The directory's address lies where nothing is sent to.")
TLS = N_("The encryption failed: the directory's certificate does not hold.")
NO_TLS = N_("The directory offers no encryption here (STARTTLS).")
LOGIN = N_("The directory refused the name or the password.")
NOWHERE = N_("There is no such base in the directory.")
REFUSED = N_("The directory refused the search.")
NONSENSE = N_("This does not speak LDAP.")
MANY = N_("The directory holds more than 20,000 such entries: narrow the filter.")
NO_FILTER = N_("This is no LDAP filter.")


class Trouble(Exception):
    """The look ended. The words are a msgid; `detail` holds no secret."""

    def __init__(self, words: str, detail: str = "") -> None:
        super().__init__(words)
        self.words, self.detail = words, detail


@dataclass(frozen=True)
class Server:
    host: str
    port: int
    security: str  # "tls" or "starttls"
    authority: str = ""  # PEM of who signs its certificate; empty: whom this machine trusts
    user: str = ""  # empty: anonymously
    password: str = ""
    allowed: Sequence[str] = ()


@dataclass(frozen=True)
class Entry:
    dn: str
    values: Mapping[str, Sequence[bytes]] = field(default_factory=dict)  # by small letters


def search(server: Server, *, base: str, written: str, attributes: Sequence[str]) -> list[Entry]:
    """Return every entry below base that the filter fits. Raise Trouble."""
    try:
        found = filters.encode(written)
    except filters.Wrong as error:
        raise Trouble(NO_FILTER, str(error)[:100]) from error
    try:
        with _connected(server) as connection:
            connection.bind()
            return list(connection.search(base, found, attributes))
    except web.Forbidden as error:
        raise Trouble(INSIDE) from error
    except ssl.SSLError as error:
        raise Trouble(TLS, _reason(error)) from error
    except (OSError, EOFError) as error:
        raise Trouble(AWAY, getattr(error, "strerror", None) or type(error).__name__) from error
    except ber.Malformed as error:
        raise Trouble(NONSENSE, str(error)) from error


@contextmanager
def _connected(server: Server) -> Iterator["_Connection"]:
    address = web.may_reach(server.host, server.port, allowed=server.allowed, inside=True)
    try:
        context = ssl.create_default_context(cadata=server.authority or None)
    except (ssl.SSLError, ValueError) as error:
        raise Trouble(TLS, "authority") from error
    plain = socket.create_connection((address, server.port), STEP)
    connection = _Connection(server, plain)
    try:
        if server.security == "starttls":
            connection.start_tls()
        connection.socket = context.wrap_socket(plain, server_hostname=server.host)
        yield connection
        connection.send(ber.tlv(UNBIND))
    finally:
        connection.socket.close()
        plain.close()


class _Connection:
    def __init__(self, server: Server, plain: socket.socket) -> None:
        self.server, self.socket = server, plain
        self.until = time.monotonic() + WHOLE
        self.number, self.waiting = 0, b""

    def start_tls(self) -> None:
        self.send(ber.tlv(ASK, ber.text(STARTTLS, 0x80)))
        code, _said = self._result(ASKED)
        if code != OK or self.waiting:  # nothing that came unencrypted is read afterwards
            raise Trouble(NO_TLS, f"{code}")

    def bind(self) -> None:
        name, password = self.server.user, self.server.password
        if name and not password:
            raise Trouble(LOGIN)  # a server would take it for anonymous
        self.send(ber.tlv(BIND, ber.number(3), ber.text(name), ber.text(password, 0x80)))
        code, said = self._result(BOUND)
        if code != OK:
            raise Trouble(LOGIN if code == BAD_LOGIN else REFUSED, f"{code} {said}".strip())

    def search(self, base: str, found: bytes, attributes: Sequence[str]) -> Iterator[Entry]:
        cookie, count = b"", 0
        names = ber.tlv(ber.SEQUENCE, *(ber.text(name) for name in attributes))
        while True:
            page = ber.tlv(ber.SEQUENCE, ber.number(PAGE), ber.tlv(ber.OCTETS, cookie))
            control = ber.tlv(
                ber.SEQUENCE, ber.text(PAGED), ber.boolean(True), ber.tlv(ber.OCTETS, page)
            )
            seconds = ber.number(int(STEP))
            self.send(
                ber.tlv(
                    SEARCH,
                    *(ber.text(base), ber.number(SUBTREE, ber.ENUM), ber.number(0, ber.ENUM)),
                    *(ber.number(0), seconds, ber.boolean(False), found, names),
                ),
                ber.tlv(CONTROLS, control),
            )
            while True:
                tag, content, controls = self._receive()
                if tag == ENTRY:
                    count += 1
                    if count > ENTRIES:
                        raise Trouble(MANY)
                    yield _entry(content)
                elif tag == DONE:
                    break
                elif tag != REFERENCE:  # to another server, which nobody asked us to trust
                    raise ber.Malformed(f"answer {tag}")
            code, said = _code(content)
            if code != OK:
                words = NOWHERE if code in (NO_SUCH_OBJECT, REFERRAL) else REFUSED
                raise Trouble(words, f"{code} {said}".strip())
            cookie = _cookie(controls)
            if not cookie:
                return

    def send(self, operation: bytes, controls: bytes = b"") -> None:
        self.number += 1
        self._patience()
        self.socket.sendall(ber.tlv(ber.SEQUENCE, ber.number(self.number), operation, controls))

    def _result(self, wanted: int) -> tuple[int, str]:
        tag, content, _controls = self._receive()
        if tag != wanted:
            raise ber.Malformed(f"answer {tag}")
        return _code(content)

    def _receive(self) -> tuple[int, bytes, bytes]:
        """Return the tag, the content and the controls of the next answer to what was sent."""
        rest = ber.elements(self._message())
        number = ber.value(ber.take(rest, ber.INTEGER))
        tag, content = next(rest, (0, b""))
        _tag, controls = next(rest, (0, b""))
        if number == 0:
            raise EOFError  # it is about to hang up
        if number != self.number:
            raise ber.Malformed("answer to something else")
        return tag, content, controls

    def _message(self) -> bytes:
        while True:
            found = ber.head(self.waiting)
            if self.waiting[:1] not in (b"", bytes([ber.SEQUENCE])):
                raise ber.Malformed("no message")
            if found and sum(found) > MESSAGE:
                raise ber.Malformed("longer than any message")
            if found and len(self.waiting) >= sum(found):
                start, size = found
                message = self.waiting[start : start + size]
                self.waiting = self.waiting[start + size :]
                return message
            self._patience()
            piece = self.socket.recv(65_536)
            if not piece:
                raise EOFError
            self.waiting += piece

    def _patience(self) -> None:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.socket.settimeout(min(STEP, left))


def _code(content: bytes) -> tuple[int, str]:
    rest = ber.elements(content)
    code = ber.value(ber.take(rest, ber.ENUM))
    ber.take(rest, ber.OCTETS)
    said = ber.take(rest, ber.OCTETS).decode(errors="replace")
    return code, "".join(letter for letter in said if letter.isprintable())[:100]


def _entry(content: bytes) -> Entry:
    rest = ber.elements(content)
    dn = ber.take(rest, ber.OCTETS).decode(errors="replace")
    values: dict[str, list[bytes]] = {}
    for tag, attribute in ber.elements(ber.take(rest, ber.SEQUENCE)):
        if tag != ber.SEQUENCE:
            raise ber.Malformed("attribute")
        parts = ber.elements(attribute)
        name = ber.take(parts, ber.OCTETS).decode(errors="replace").lower()
        values[name] = [value for _tag, value in ber.elements(ber.take(parts, ber.SET))]
    return Entry(dn, values)


def _cookie(controls: bytes) -> bytes:
    """Return what the next page is asked with; empty: this was the last."""
    for _tag, control in ber.elements(controls):
        rest = ber.elements(control)
        if ber.take(rest, ber.OCTETS) != PAGED.encode():
            continue
        value = b""
        for tag, content in rest:
            value = content if tag == ber.OCTETS else value
        page = ber.elements(ber.take(ber.elements(value), ber.SEQUENCE))
        ber.take(page, ber.INTEGER)
        return ber.take(page, ber.OCTETS)
    return b""


def _reason(error: ssl.SSLError) -> str:
    told = getattr(error, "verify_message", "") or error.reason or type(error).__name__
    return str(told)[:100]
