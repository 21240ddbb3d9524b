"""Tell people something: a row in the caller's transaction, nothing more. The rest is the
worker's."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from tertib.lib.masking import mask
from tertib.notify import topics
from tertib.notify.models import Channel, Device, Notice

BATCH = 500


@dataclass(frozen=True)
class Told:
    person: UUID
    topic: str
    key: str
    data: Mapping[str, Any] = field(default_factory=dict)
    urgent: bool = False


def tell(
    person: UUID, topic: str, key: str, data: Mapping[str, Any], *, urgent: bool, now: datetime
) -> bool:
    """Tell a person something, in the caller's transaction. False: that was told before.

    data: JSON that the topic's words are made of; data["url"] is the path that it leads to.
    urgent: it goes at once, which is for what is due within the day (semantics 7).
    """
    notice = _notice(Told(person, topic, key, data, urgent), now)
    same = {"person": person, "topic": topic, "key": notice.key}
    if Notice.objects.filter(**same).exists():
        return False
    with transaction.atomic():
        Notice.objects.bulk_create([notice], ignore_conflicts=True)
    return Notice.objects.filter(uuid=notice.uuid).exists()  # False: somebody told it meanwhile


def tell_many(told: Iterable[Told], *, now: datetime) -> None:
    """Tell many at once; what was told before is passed over."""
    tell_prepared(prepare(told, now=now))


def prepare(told: Iterable[Told], *, now: datetime) -> list[Notice]:
    """Return what `tell_prepared` writes: masked and checked before the transaction begins."""
    return [_notice(one, now) for one in told]


def tell_prepared(notices: Iterable[Notice]) -> None:
    """Tell them, in the caller's transaction; what was told before is passed over."""
    for some in batched(notices, BATCH, strict=False):
        Notice.objects.bulk_create(some, ignore_conflicts=True)


def tell_secret(
    person: UUID,
    topic: str,
    key: str,
    data: Mapping[str, Any],
    *,
    secret: str,
    expires_at: datetime,
    now: datetime,
) -> None:
    """Mail somebody a path that only they may know. It goes at once, and is forgotten then."""
    notice = _notice(Told(person, topic, key, data, urgent=True), now)
    notice.secret, notice.hidden, notice.expires_at = secret, True, expires_at
    Notice.objects.bulk_create([notice])


def can_mail() -> bool:
    """Say whether mail leaves this house, and whether it can hold links that lead back."""
    return bool(settings.URL) and Channel.objects.filter(kind="mail", paused_at=None).exists()


def mark_read(person: UUID, uuid: UUID | None, *, now: datetime) -> int:
    """Mark a person's notice as read, or all of them. Return how many were unread."""
    mine = Notice.objects.shown().filter(person=person, read_at=None)
    return (mine.filter(uuid=uuid) if uuid else mine).update(read_at=now)


def settle(people: Collection[UUID], told: Collection[str], about: str, *, now: datetime) -> int:
    """Mark as read what asked these people for something that is done by now.

    told: its topics. about: how its keys begin. What was promised to go out still goes out.
    """
    asked = Notice.objects.shown().filter(person__in=people, read_at=None)
    return asked.filter(topic__in=told, key__startswith=about).update(read_at=now)


def what_is_kept(person: UUID) -> list[tuple[str, int]]:
    """Say what the outbox holds of a person, for their erasure."""
    return [
        ("notices", Notice.objects.filter(person=person).count()),
        ("devices", Device.objects.filter(person=person).count()),
    ]


def _notice(told: Told, now: datetime) -> Notice:
    topics.known(told.topic)  # a topic without words would be told to nobody: a bug
    url = str(told.data.get("url", ""))
    if url and not url.startswith("/"):
        raise ValueError(f"{told.topic}: {url} is no path of this house")
    return Notice(
        person=told.person,
        topic=told.topic,
        key=told.key,
        data={name: _masked(value) for name, value in told.data.items()},
        url=url,
        urgent=told.urgent,
        told_at=now,
    )


def _masked(value: Any) -> Any:
    return mask(value) if isinstance(value, str) else value
