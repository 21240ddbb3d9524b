from base64 import b64decode
from binascii import Error
from collections.abc import Mapping
from hashlib import sha256
from typing import Any


def digest(secret: str) -> str:
    """Return what an enrolment is found by. It is 256 random bits, so a fast hash is enough."""
    return sha256(secret.encode()).hexdigest()


def basic_password(header: str) -> str:
    """Return the password of an HTTP Basic header, whoever the user; "" if there is none."""
    scheme, _, told = header.partition(" ")
    if scheme.lower() != "basic" or len(told) > 1000:
        return ""
    try:
        return b64decode(told.strip(), validate=True).decode().partition(":")[2]
    except (Error, UnicodeDecodeError):
        return ""


def merged(before: Any, told: Any) -> Any:
    """Return a section after a partial report told some of it: nothing that is not told goes."""
    if isinstance(before, Mapping) and isinstance(told, Mapping):
        return {**before, **told}
    return told


def is_whole(told: int, known: int, *, with_system: bool) -> bool:
    """Say whether a partial report's list of software can be all there is.

    One entry of an agent's extra file must not delete a thousand others.
    """
    return with_system or told * 2 >= known
