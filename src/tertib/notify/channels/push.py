"""Web push: the payload encrypted for one browser (RFC 8291), the sender signed (RFC 8292).

Written out because it is short: the one library there is brings two HTTP clients along.
"""

import http.client
import json
import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tertib.notify.channels import (
    ANSWERED,
    INSIDE,
    NETWORK,
    NO_ANSWER,
    SENT,
    Browser,
    Fate,
    Message,
    Outcome,
    web,
)

KEPT_FOR = timedelta(days=1)  # by the push service, while the browser is away
SIGNED_FOR = timedelta(hours=12)  # RFC 8292: at most 24
RECORD = 4096  # bytes, the size that every push service takes
LONGEST = 2000  # characters of a payload's text: well below it


class Push:
    def __init__(self, key: str, subject: str, *, allowed: Sequence[str] = ()) -> None:
        """key: as new_key made it; subject: whom a push service may ask, mailto: or https:."""
        self.key = key
        self.subject = subject
        self.allowed = allowed

    def send(self, message: Message) -> Outcome:
        browser = message.device
        if browser is None or not browser.endpoint:  # lost with the keyring
            return Outcome(Fate.GONE)
        parts = urlsplit(browser.endpoint)
        said = {"title": message.title, "text": message.text[:LONGEST], "url": message.url}
        headers = {
            "TTL": str(int(KEPT_FOR.total_seconds())),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "Authorization": self._signed(f"{parts.scheme}://{parts.netloc}"),
        }
        try:
            body = encrypt(json.dumps(said).encode(), browser)
            answer = web.post(browser.endpoint, body, headers, allowed=self.allowed)
        except web.Forbidden:
            return Outcome(Fate.GONE, INSIDE)
        except ValueError:
            return Outcome(Fate.GONE)
        except (OSError, http.client.HTTPException) as error:
            return Outcome(Fate.LATER, _named(error))
        if answer.status in (404, 410):
            return Outcome(Fate.GONE, f"{ANSWERED} ({answer.status})")
        if answer.status == 429 or answer.status >= 500:
            return Outcome(Fate.LATER, f"{ANSWERED} ({answer.status})")
        if answer.status >= 300:
            return Outcome(Fate.NEVER, f"{ANSWERED} ({answer.status})")
        return SENT

    def abort(self) -> None:
        """Each answer is waited for only so long; nothing hangs."""

    def close(self) -> None:
        """Each push is a connection of its own."""

    def _signed(self, audience: str) -> str:
        until = datetime.now(UTC) + SIGNED_FOR
        claims = {"aud": audience, "exp": int(until.timestamp()), "sub": self.subject}
        parts = ({"typ": "JWT", "alg": "ES256"}, claims)
        signing = b".".join(_coded(json.dumps(part).encode()) for part in parts)
        private = _private(self.key)
        r, s = decode_dss_signature(private.sign(signing, ec.ECDSA(hashes.SHA256())))
        signature = _coded(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
        return f"vapid t={(signing + b'.' + signature).decode()}, k={public_key(self.key)}"


def new_key() -> str:
    """Make the key that this house signs its pushes with."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return _coded(number.to_bytes(32, "big")).decode()


def public_key(key: str) -> str:
    """Return what a browser is told when it subscribes."""
    return _coded(_point(_private(key).public_key())).decode()


def encrypt(plain: bytes, browser: Browser) -> bytes:
    """Return the body of a push that only this browser can open. Raise ValueError: bad keys."""
    theirs = decoded(browser.key)
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
    ours = ec.generate_private_key(ec.SECP256R1())
    point, salt = _point(ours.public_key()), os.urandom(16)
    secret = ours.exchange(ec.ECDH(), public)
    together = _derive(secret, decoded(browser.auth), b"WebPush: info\0" + theirs + point, 32)
    key = _derive(together, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(together, salt, b"Content-Encoding: nonce\0", 12)
    sealed = AESGCM(key).encrypt(nonce, plain + b"\2", None)
    return salt + struct.pack("!IB", RECORD, len(point)) + point + sealed


def decoded(text: str) -> bytes:
    """Read base64url without padding. Raise ValueError."""
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))


def _coded(raw: bytes) -> bytes:
    return urlsafe_b64encode(raw).rstrip(b"=")


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def _private(key: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decoded(key), "big"), ec.SECP256R1())


def _point(public: ec.EllipticCurvePublicKey) -> bytes:
    form = serialization.PublicFormat.UncompressedPoint
    return public.public_bytes(serialization.Encoding.X962, form)


def _named(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return NO_ANSWER
    return f"{NETWORK} ({getattr(error, 'strerror', None) or type(error).__name__})"
