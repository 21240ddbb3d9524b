"""Where a list goes on: the key of its last row, as text that an address can hold.

Keyset paging: a row that comes or goes meanwhile shifts nobody else's page.
"""

import base64
import binascii
import json

type Key = tuple[str | int, ...]
LONGEST = 400  # characters of a cursor


def cursor(*key: str | int) -> str:
    """Return the text for a key of texts and whole numbers."""
    written = json.dumps(key, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(written).decode().rstrip("=")


def key(cursor: str, *kinds: type) -> Key:
    """Return the key that a cursor holds, a value of each kind. Raise ValueError if it does not."""
    if len(cursor) > LONGEST:
        raise ValueError("too long")
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        told = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, UnicodeError, RecursionError) as error:
        raise ValueError("no cursor") from error
    if not isinstance(told, list) or [type(one) for one in told] != list(kinds):
        raise ValueError("no cursor of this list")
    if any(isinstance(one, int) and abs(one) >= 2**63 for one in told):
        raise ValueError("no cursor of this list")
    return tuple(told)
