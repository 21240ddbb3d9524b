"""What is asked of a browser, and whether its answer holds (WebAuthn level 3). No database.

The name that keys belong to is the configured address, never the Host header: a key made for
another house opens nothing here. The device must have known its owner (by finger, face or PIN), so
a passkey is possession and knowledge at once.
"""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_bytes
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.utils.crypto import salted_hmac

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

# `webauthn` is imported where it is used: it loads as long as a whole start of the command line.

LASTS = timedelta(minutes=5)
LONGEST = 16_000  # characters of an answer
SIGN_IN = "sign_in"  # what a challenge is for; that of a new key names its person
RANDOM, STAMP, MAC = 24, 8, 32  # bytes of a challenge


class NotAccepted(Exception):
    """The answer does not hold. Why is for the log; people are told no more than that."""


@dataclass(frozen=True)
class House:
    """The name that keys are made for, and the one origin that may answer."""

    name: str
    origin: str


@dataclass(frozen=True)
class Answer:
    credential: str
    challenge: bytes
    owner: bytes  # whose key it says to be; empty: it does not say
    raw: dict[str, Any]


@dataclass(frozen=True)
class Made:
    credential: str
    public_key: str
    sign_count: int


def house(configured: str, host: str) -> House | None:
    """Return what keys of this house are made for. None: browsers make none for such an address.

    configured: the address people type. Without one only localhost counts, whatever the Host
    header says.
    """
    parts = urlsplit(configured or f"http://{host}")
    name = parts.hostname or ""
    local = name == "localhost"
    if not (local or (configured and parts.scheme == "https" and not _is_number(name))):
        return None
    return House(name, f"{parts.scheme}://{parts.netloc}")


def new_challenge(purpose: str, now: datetime) -> bytes:
    """Return a challenge that this house knows again, without having stored it."""
    told = token_bytes(RANDOM) + int(now.timestamp()).to_bytes(STAMP)
    return told + _mac(purpose, told)


def is_ours(challenge: bytes, purpose: str, now: datetime) -> bool:
    """Say whether it was made here for this purpose, a few minutes ago at most."""
    told, mac = challenge[:-MAC], challenge[-MAC:]
    if len(told) != RANDOM + STAMP or not hmac.compare_digest(mac, _mac(purpose, told)):
        return False
    made = int.from_bytes(told[RANDOM:])
    return 0 <= now.timestamp() - made <= LASTS.total_seconds()


def ask_for_new(
    home: House, *, person: "UUID", email: str, name: str, known: "Iterable[str]", now: datetime
) -> str:
    """Return what a browser needs to make a key, as JSON. known: keys that it shall not double."""
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_registration_options(
        rp_id=home.name,
        rp_name="Tertib",
        user_id=person.bytes,
        user_name=email,
        user_display_name=name,
        challenge=new_challenge(str(person), now),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            structs.PublicKeyCredentialDescriptor(id=from_text(credential)) for credential in known
        ],
    )
    return webauthn.options_to_json(options)


def ask_to_sign_in(home: House, *, now: datetime) -> str:
    """Return what a browser needs to offer the keys that it holds for this house, as JSON."""
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_authentication_options(
        rp_id=home.name,
        challenge=new_challenge(SIGN_IN, now),
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def read(told: str) -> Answer:
    """Read what a browser answered; nothing of it is believed yet. Raise NotAccepted."""
    if len(told) > LONGEST:
        raise NotAccepted("longer than any answer")
    try:
        raw = json.loads(told)
        client = json.loads(from_text(raw["response"]["clientDataJSON"]))
        owner = from_text(raw["response"].get("userHandle") or "")
        return Answer(to_text(from_text(raw["id"])), from_text(client["challenge"]), owner, raw)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotAccepted("no answer of a browser") from error


def made(answer: Answer, home: House, *, person: "UUID", now: datetime) -> Made:
    """Return the new key, whose challenge was this person's. Raise NotAccepted."""
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    if not is_ours(answer.challenge, str(person), now):
        raise NotAccepted("another challenge, or too late")
    try:
        found = webauthn.verify_registration_response(
            credential=answer.raw,
            expected_challenge=answer.challenge,
            expected_rp_id=home.name,
            expected_origin=home.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotAccepted(str(error)) from error
    key = to_text(found.credential_public_key)
    return Made(to_text(found.credential_id), key, found.sign_count)


def proven(
    answer: Answer, home: House, *, public_key: str, sign_count: int, owner: bytes, now: datetime
) -> int:
    """Return the counter of a key that signed our challenge just now. Raise NotAccepted."""
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    if not is_ours(answer.challenge, SIGN_IN, now):
        raise NotAccepted("another challenge, or too late")
    if answer.owner and answer.owner != owner:
        raise NotAccepted("a key of somebody else")
    try:
        found = webauthn.verify_authentication_response(
            credential=answer.raw,
            expected_challenge=answer.challenge,
            expected_rp_id=home.name,
            expected_origin=home.origin,
            credential_public_key=from_text(public_key),
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotAccepted(str(error)) from error
    return found.new_sign_count


def to_text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def from_text(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _mac(purpose: str, told: bytes) -> bytes:
    return salted_hmac(f"people.passkey {purpose}", told, algorithm="sha256").digest()


def _is_number(name: str) -> bool:
    """An address in numbers is no name that keys can be made for."""
    return ":" in name or name.replace(".", "").isdigit()
