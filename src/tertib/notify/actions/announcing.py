"""Tell machines and chats what happened, where it is nobody's own news."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tertib.lib.masking import mask
from tertib.notify import topics
from tertib.notify.models import Channel, Notice

NOBODY = UUID(int=0)  # whose such a notice is: it stands in no bell and no mailbox


def is_wanted(topic: str) -> bool:
    """Say whether a webhook or a chat asks for it."""
    asking = Channel.objects.filter(kind__in=[Channel.Kind.HOOK, Channel.Kind.CHAT])
    return any(topic in told.get("topics", ()) for told in asking.values_list("options", flat=True))


def announce(topic: str, key: str, data: Mapping[str, Any], *, now: datetime) -> bool:
    """Announce it in the caller's transaction; under one key once. False: nobody asks for it."""
    if not topics.known(topic).event:
        raise ValueError(f"{topic} is told to people")
    if not is_wanted(topic):
        return False
    notice = Notice(
        person=NOBODY,
        topic=topic,
        key=key,
        data={name: mask(told) if isinstance(told, str) else told for name, told in data.items()},
        url=str(data.get("url", "")),
        told_at=now,
        read_at=now,  # so that it is forgotten as what was read is
    )
    Notice.objects.bulk_create([notice], ignore_conflicts=True)
    return True
