"""E-mail by SMTP. The stage at which something fails says whose fault it is."""

import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from email.utils import format_datetime, parseaddr

from django.utils.translation import gettext_noop as _

from tertib.notify.channels import NAME_UNKNOWN, NETWORK, NO_ANSWER, SENT, Fate, Message, Outcome

TIMEOUT = 10.0  # seconds for each answer of the server
READING = 60.0  # after the text of a mail, which a careful server reads before it says yes
LOGIN = _("The server refused the login")
NOT_OFFERED = _("The server offers no STARTTLS, or no login")
GREETING = _("The server greeted with an error")
TLS = _("The encryption failed")
BUSY = _("The server is too busy")
CLOSED = _("The server closed the connection")
REFUSED = {
    "MAIL": _("The server refused the sender"),
    "RCPT": _("The server refused the recipient"),
    "DATA": _("The server refused the text"),
}
TOO_BUSY = 421  # it closes the connection, whatever was asked


@dataclass(frozen=True)
class Server:
    host: str
    port: int
    security: str  # "tls", "starttls" or "none"
    user: str
    password: str
    sender: str  # the address that mails come from
    sender_name: str


class Mail:
    """A connection that is opened when it is needed, and kept for the next message."""

    def __init__(
        self, server: Server, *, timeout: float = TIMEOUT, reading: float = READING
    ) -> None:
        self.server = server
        self.timeout, self.reading = timeout, reading
        self._smtp: smtplib.SMTP | None = None

    def send(self, message: Message) -> Outcome:
        try:
            smtp = self._open()
        except smtplib.SMTPAuthenticationError as error:
            return self._down(f"{LOGIN} ({error.smtp_code})")
        except smtplib.SMTPNotSupportedError:
            return self._down(NOT_OFFERED)
        except smtplib.SMTPResponseException as error:
            return self._down(f"{GREETING} ({error.smtp_code})")
        except ssl.SSLError as error:
            return self._down(f"{TLS} ({_reason(error)})")
        except (OSError, smtplib.SMTPException) as error:
            return self._down(_named(error))
        handed_over = False
        try:
            for stage, code in self._envelope(smtp, message):
                if code >= 400:
                    return self._refused(stage, code)
            handed_over = True
            if smtp.sock:
                smtp.sock.settimeout(self.reading)
            code, _answer = smtp.data(compose(message, self.server).as_bytes(policy=SMTP))
            if smtp.sock:
                smtp.sock.settimeout(self.timeout)
        except smtplib.SMTPDataError as error:  # it did not want to hear any
            return self._refused("DATA", error.smtp_code)
        except (OSError, smtplib.SMTPException) as error:
            outcome = self._down(_named(error))
            return Outcome(outcome.fate, outcome.error, unsure=handed_over)
        return SENT if code < 400 else self._refused("DATA", code)

    def abort(self) -> None:
        if self._smtp and self._smtp.sock:
            with suppress(OSError):
                self._smtp.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        if self._smtp:
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
            self._smtp.close()
            self._smtp = None

    def _open(self) -> smtplib.SMTP:
        if self._smtp:
            with suppress(OSError, smtplib.SMTPException):
                if self._smtp.rset()[0] < 400:
                    return self._smtp
            self.close()
        server, trust = self.server, ssl.create_default_context()
        ours = server.sender.rpartition("@")[2]  # smtplib would ask a name server, without limit
        if server.security == "tls":
            self._smtp = smtplib.SMTP_SSL(local_hostname=ours, timeout=self.timeout, context=trust)
        else:
            self._smtp = smtplib.SMTP(local_hostname=ours, timeout=self.timeout)
        # Certificates are checked against this name; smtplib sets it only when it connects itself.
        self._smtp._host = server.host  # type: ignore[attr-defined]
        code, _greeting = self._smtp.connect(server.host, server.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, b"")
        if server.security == "starttls":
            self._smtp.starttls(context=trust)
        self._smtp.ehlo_or_helo_if_needed()
        if server.user:
            self._smtp.login(server.user, server.password)
        return self._smtp

    def _envelope(self, smtp: smtplib.SMTP, message: Message) -> list[tuple[str, int]]:
        sender = smtp.mail(self.server.sender)[0]
        if sender >= 400:
            return [("MAIL", sender)]
        return [("MAIL", sender), ("RCPT", smtp.rcpt(message.to)[0])]

    def _refused(self, stage: str, code: int) -> Outcome:
        if stage == "MAIL" or code == TOO_BUSY:
            return self._down(f"{BUSY if code == TOO_BUSY else REFUSED[stage]} ({code})")
        return Outcome(Fate.NEVER if code >= 500 else Fate.LATER, f"{REFUSED[stage]} ({code})")

    def _down(self, why: str) -> Outcome:
        if self._smtp:
            self._smtp.close()
            self._smtp = None
        return Outcome(Fate.DOWN, why)


class _AsItIs(UnstructuredHeader):
    """An address, on one line: folded, it would become encoded words, which are no address."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]


_headers = HeaderRegistry()
_headers.map_to_type("List-Unsubscribe", _AsItIs)  # type: ignore[arg-type]
_policy = EmailPolicy(header_factory=_headers)


def compose(message: Message, server: Server) -> EmailMessage:
    """Return the mail: plain and HTML, with the headers that keep robots from answering it."""
    mail = EmailMessage(_policy)
    mail["Message-ID"] = message.message_id
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["From"] = Address(_line(server.sender_name), addr_spec=server.sender)
    mail["To"] = Address(_line(message.name), addr_spec=parseaddr(message.to)[1])
    mail["Subject"] = _line(message.title)
    mail["Content-Language"] = message.language
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if message.unsubscribe:
        mail["List-Unsubscribe"] = f"<{message.unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    return mail


def _line(text: str) -> str:
    return " ".join(text.split())


def _named(error: Exception) -> str:
    """Say what happened in the words of the system, which hold no address."""
    # smtplib calls an answer that did not come in time a closed connection, too.
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return NO_ANSWER
    if isinstance(error, socket.gaierror):
        return NAME_UNKNOWN
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return CLOSED
    if isinstance(error, OSError):
        return f"{NETWORK} ({error.strerror or type(error).__name__})"
    return f"{NETWORK} ({type(error).__name__})"


def _reason(error: ssl.SSLError) -> str:
    return getattr(error, "verify_message", "") or error.reason or type(error).__name__
