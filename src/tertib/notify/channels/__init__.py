"""One module per kind of channel. Each knows how to reach the world, and nothing of the database.

A message goes in, an Outcome comes out; no channel raises for what a network may do.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from django.utils.translation import gettext_noop as _

# What may go wrong, in words that the settings page translates; in brackets may follow what the
# other side said.
NO_ANSWER = _("No answer in time")
NAME_UNKNOWN = _("The name of the server is unknown")
NETWORK = _("The network failed")
INSIDE = _("The address lies where nothing is sent to")
ANSWERED = _("The service answered with an error")


class Fate(Enum):
    SENT = "sent"
    LATER = "later"  # this address, for now: others may go on
    NEVER = "never"  # this address
    GONE = "gone"  # the address does not exist any more: forget it
    DOWN = "down"  # the channel itself: nobody's message can go now


@dataclass(frozen=True)
class Outcome:
    fate: Fate
    error: str = ""  # for the settings page: what happened, without addresses and secrets
    unsure: bool = False  # it may have left all the same


SENT = Outcome(Fate.SENT)


@dataclass(frozen=True)
class Message:
    """What one delivery says, and to whom."""

    message_id: str
    title: str
    text: str
    html: str
    url: str  # where it leads to, absolute; empty: the house does not know its own address
    to: str = ""  # of mail
    name: str = ""
    language: str = "id"
    unsubscribe: str = ""  # an address that ends mails of this kind with one POST
    device: "Browser | None" = None


@dataclass(frozen=True)
class Browser:
    """Where a push goes to, and the keys that only that browser opens it with."""

    endpoint: str
    key: str
    auth: str


class Transport(Protocol):
    def send(self, message: Message) -> Outcome: ...

    def abort(self) -> None:
        """End what hangs, from another thread."""

    def close(self) -> None: ...
