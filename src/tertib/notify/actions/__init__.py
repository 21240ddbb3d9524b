"""The only code of this room that writes."""

from tertib.notify.actions.outbox import (
    Told,
    can_mail,
    mark_read,
    tell,
    tell_many,
    tell_secret,
    what_is_kept,
)

__all__ = [
    "Told",
    "can_mail",
    "mark_read",
    "tell",
    "tell_many",
    "tell_secret",
    "what_is_kept",
]
