"""The only code of this room that writes."""

from tertib.notify.actions.announcing import announce, is_wanted
from tertib.notify.actions.forgetting import erase
from tertib.notify.actions.outbox import (
    Told,
    can_mail,
    mark_read,
    prepare,
    tell,
    tell_many,
    tell_prepared,
    tell_secret,
    what_is_kept,
)
from tertib.notify.actions.settings import (
    add_device,
    add_hook,
    choose,
    pause,
    remove_channel,
    remove_device,
    resume,
    send_again,
    set_chat,
    set_mail,
    test,
    turn_on_push,
    unsubscribe,
)

__all__ = [
    "Told",
    "add_device",
    "add_hook",
    "announce",
    "can_mail",
    "choose",
    "erase",
    "is_wanted",
    "mark_read",
    "pause",
    "prepare",
    "remove_channel",
    "remove_device",
    "resume",
    "send_again",
    "set_chat",
    "set_mail",
    "tell",
    "tell_many",
    "tell_prepared",
    "tell_secret",
    "test",
    "turn_on_push",
    "unsubscribe",
    "what_is_kept",
]
