"""Whatever apprise speaks: Telegram, Teams, Slack, ntfy and a hundred more."""

import logging
import re
import threading
from collections.abc import Sequence
from typing import Any, Self

from django.utils.translation import gettext_noop as _

from tertib.notify.channels import INSIDE, NAME_UNKNOWN, SENT, Fate, Message, Outcome, web

# It logs addresses, and an address here is a key. What went wrong is caught and shown blackened.
logging.getLogger("apprise").propagate = False
logging.getLogger("apprise").addHandler(logging.NullHandler())

# Services that act on this very machine, or that a channel of our own serves better.
NOT_OURS = {
    *("blink", "blink1", "dbus", "glib", "gio", "gnome", "kde", "macosx", "qt", "syslog"),
    *("rsyslog", "windows", "smpp", "smpps", "mailto", "mailtos"),
}
CONNECT, READ = 5.0, 10.0  # seconds that apprise waits
UNKNOWN = _("No service is reached by this address")
REFUSED = _("The service refused it")
LONG_WORD = re.compile(r"[^\s:/@?&=,'\"()]{6,}")


class Unknown(Exception):
    """No service is reached by such an address."""


class Chat:
    def __init__(self, address: str, *, allowed: Sequence[str] = ()) -> None:
        self.address = address
        self.allowed = allowed

    def send(self, message: Message) -> Outcome:
        try:
            service = open_service(self.address)
        except Unknown:
            return Outcome(Fate.DOWN, UNKNOWN)
        try:
            if host := getattr(service, "host", None):
                port = getattr(service, "port", None) or 443
                web.may_reach(host, int(port), allowed=self.allowed, inside=True)
        except web.Forbidden:
            return Outcome(Fate.DOWN, INSIDE)
        except OSError:
            return Outcome(Fate.DOWN, NAME_UNKNOWN)
        words = "\n\n".join(part for part in (message.text, message.url) if part)
        with _Listening() as heard:
            try:
                sent = service.notify(body=words or message.title, title=message.title)
            except TypeError:  # how its plugins answer to what they cannot take
                sent = False
        if sent:
            return SENT
        told = without_address(heard.last, self.address)
        return Outcome(Fate.DOWN, f"{REFUSED} ({told})" if told else REFUSED)

    def abort(self) -> None:
        """requests waits only so long for each answer."""

    def close(self) -> None:
        """Each message is a connection of its own."""


def open_service(address: str) -> Any:
    """Return apprise's service for an address. Raise Unknown."""
    # Here and not above: it loads as long as all of the rest, and most houses have no chat.
    import apprise

    scheme = address.partition("://")[0].lower().strip()
    asset = apprise.AppriseAsset(http_redirects=False, async_mode=False, plugin_paths=[])
    service = apprise.Apprise.instantiate(address, asset=asset, suppress_exceptions=True)
    if scheme in NOT_OURS or service is None:
        raise Unknown
    service.socket_connect_timeout, service.socket_read_timeout = CONNECT, READ
    service.redirects = False  # whatever the address says: it was looked at, not what it leads to
    return service


def without_address(told: str, address: str) -> str:
    """Return what was said without any part of the address that is long enough to be a key."""
    line = " ".join(told.split())
    for word in set(LONG_WORD.findall(address)):
        line = line.replace(word, "…")
    return line[:200]


class _Listening(logging.Handler):
    """Hears what apprise complains about in this thread."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.thread = threading.get_ident()
        self.last = ""

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self.thread:
            self.last = record.getMessage()

    def __enter__(self) -> Self:
        logging.getLogger("apprise").addHandler(self)
        return self

    def __exit__(self, *_raised: object) -> None:
        logging.getLogger("apprise").removeHandler(self)
