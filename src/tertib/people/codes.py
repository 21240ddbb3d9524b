"""Codes of six digits that change every half a minute (RFC 6238). Values in, values out."""

import hmac
from base64 import b32decode, b32encode
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha1
from io import BytesIO
from secrets import choice, token_bytes
from urllib.parse import quote

import segno

STEP = 30  # seconds
LATER, SOONER = 1, 1  # steps that a phone's clock may be behind, or ahead
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else
CODES, LENGTH = 10, 16  # of recovery: 79 bits each, so a fast hash is enough


def new_secret() -> str:
    return b32encode(token_bytes(20)).decode()


def code(secret: str, step: int) -> str:
    """Return the six digits of one step."""
    mac = hmac.digest(b32decode(secret), step.to_bytes(8), sha1)
    start = mac[-1] & 15
    number = int.from_bytes(mac[start : start + 4]) & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def step_of(secret: str, told: str, now: datetime) -> int | None:
    """Return the step whose code was told, of those that count now; None: of none."""
    current = int(now.timestamp()) // STEP
    steps: Iterable[int] = range(current - LATER, current + SOONER + 1)
    found = [step for step in steps if hmac.compare_digest(code(secret, step), told)]
    return found[-1] if found else None


def address(secret: str, *, account: str, issuer: str) -> str:
    """Return what an app reads: an otpauth address."""
    label = quote(f"{issuer}:{account}", safe="@:")
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(issuer)}"


def picture(address: str) -> bytes:
    """Return an SVG of a QR code, dark on white whatever the page looks like."""
    out = BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", border=4, light="#fff", dark="#000", omitsize=True
    )
    return out.getvalue()


def recovery() -> list[str]:
    return ["".join(choice(ALPHABET) for _place in range(LENGTH)) for _code in range(CODES)]


def plain(told: str) -> str:
    """Return a code as it is compared: people write spaces, hyphens and capitals."""
    return "".join(told.split()).replace("-", "").lower()[:40]
