"""Webhooks: what happened as JSON, signed so that the receiver can tell (standardwebhooks.com)."""

import base64
import hashlib
import hmac
import http.client
import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from tertib.notify.channels import (
    ANSWERED,
    INSIDE,
    NETWORK,
    NO_ANSWER,
    SENT,
    Fate,
    Message,
    Outcome,
    web,
)

PREFIX = "whsec_"


class Hook:
    def __init__(self, url: str, key: str, *, allowed: Sequence[str] = ()) -> None:
        """key: as new_key made it; the receiver has the same."""
        self.url, self.key = url, key
        self.allowed = allowed

    def send(self, message: Message) -> Outcome:
        body, at = message.text.encode(), int(datetime.now(UTC).timestamp())
        name = message.message_id
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Tertib",
            "webhook-id": name,
            "webhook-timestamp": str(at),
            "webhook-signature": signature(self.key, name, at, body),
        }
        try:
            answer = web.post(self.url, body, headers, allowed=self.allowed, inside=True)
        except web.Forbidden:
            return Outcome(Fate.DOWN, INSIDE)
        except TimeoutError:
            return Outcome(Fate.DOWN, NO_ANSWER, unsure=True)
        except (OSError, http.client.HTTPException) as error:
            told = getattr(error, "strerror", None) or type(error).__name__
            return Outcome(Fate.DOWN, f"{NETWORK} ({told})")
        if answer.status < 300:
            return SENT
        # The receiver is there and does not want it now: this one waits, the next may go.
        return Outcome(Fate.LATER, f"{ANSWERED} ({answer.status})")

    def abort(self) -> None:
        """Each answer is waited for only so long; nothing hangs."""

    def close(self) -> None:
        """Each event is a connection of its own."""


def new_key() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(key: str, name: str, at: int, body: bytes) -> str:
    """Sign identity, time and body together, so that none can be put with another."""
    secret = base64.b64decode(key.removeprefix(PREFIX))
    signed = b".".join([name.encode(), str(at).encode(), body])
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def stored(url: str, key: str) -> str:
    """Put address and key into the one secret of a channel: either may open a door."""
    return json.dumps([url, key])


def opened(secret: str) -> tuple[str, str]:
    url, key = json.loads(secret)
    return str(url), str(key)
