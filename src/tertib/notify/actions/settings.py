"""How people want to be told, and the channels of the house."""

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime, time
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tertib.audit.actions import note
from tertib.lib.errors import Refused
from tertib.notify import topics
from tertib.notify.actions.planning import new_delivery
from tertib.notify.channels import chat, hook, push
from tertib.notify.models import Channel, Choice, Delivery, Device, Line, Rhythm

MOST_DEVICES = 10  # of one person


@transaction.atomic
def choose(
    person: UUID, wanted: Collection[tuple[str, str]], *, rhythm: Mapping[str, time]
) -> None:
    """Keep which optional topics a person wants on which kinds of channel, and when.

    wanted: (topic, kind); what is missing there is not wanted.
    """
    kinds = (Channel.Kind.MAIL, Channel.Kind.PUSH)
    rows = [
        Choice(person=person, topic=topic.name, kind=kind, wanted=(topic.name, kind) in wanted)
        for topic in topics.optional()
        for kind in kinds
    ]
    Choice.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["person", "topic", "kind"],
        update_fields=["wanted"],
    )
    Rhythm.objects.update_or_create(person=person, defaults=dict(rhythm))


@transaction.atomic
def unsubscribe(delivery_uuid: UUID) -> bool:
    """Switch off e-mail for the topics of a mail, as its link asks. False: it is forgotten."""
    delivery = Delivery.objects.filter(uuid=delivery_uuid).first()
    if delivery is None or delivery.person is None:
        return False
    named = Line.objects.filter(delivery=delivery).values_list("notice__topic", flat=True)
    for topic in set(named.distinct()):
        if not topics.required(topic):
            Choice.objects.update_or_create(
                person=delivery.person,
                topic=topic,
                kind=Channel.Kind.MAIL,
                defaults={"wanted": False},
            )
    return True


@transaction.atomic
def add_device(
    person: UUID, *, endpoint: str, key: str, auth: str, label: str, now: datetime
) -> Device:
    """Let pushes come to a browser. Raise Refused if its address or keys cannot be."""
    try:
        secure = urlsplit(endpoint).scheme == "https"
        fits = len(push.decoded(key)) == 65 and len(push.decoded(auth)) == 16
    except ValueError:
        secure = fits = False
    if not (secure and fits and len(endpoint) <= 1000):
        raise Refused(_("This browser gave an address that no push can be sent to."))
    digest = hashlib.sha256(endpoint.encode()).hexdigest()
    Device.objects.filter(digest=digest).delete()  # the browser is somebody else's now, or anew
    if Device.objects.filter(person=person).count() >= MOST_DEVICES:
        raise Refused(_("Ten browsers are enough. Remove one first."))
    device = Device(person=person, digest=digest, key=key, label=label[:80], added_at=now)
    device.endpoint, device.auth = endpoint, auth
    device.save(force_insert=True)
    return device


def remove_device(person: UUID, uuid: UUID) -> bool:
    return bool(Device.objects.filter(person=person, uuid=uuid).delete()[0])


@transaction.atomic
def set_mail(
    options: Mapping[str, Any], password: str | None, *, by: UUID, now: datetime
) -> Channel:
    """Set the server that mails leave by. password None: as it was, "": none."""
    channel = Channel.objects.filter(kind=Channel.Kind.MAIL).first()
    before = dict(channel.options) if channel else {}
    channel = channel or Channel(kind=Channel.Kind.MAIL, name="E-mail")
    channel.options = dict(options)
    if password is not None:
        channel.secret = password or None
    _try_anew(channel)
    channel.save()
    note("set_mail_server", channel.uuid, actor=by, now=now, server=(before, dict(options)))
    return channel


@transaction.atomic
def turn_on_push(*, by: UUID, now: datetime) -> Channel:
    """Make the key that pushes are signed with, once."""
    if channel := Channel.objects.filter(kind=Channel.Kind.PUSH).first():
        return channel
    channel = Channel(kind=Channel.Kind.PUSH, name="Push")
    channel.secret = push.new_key()
    channel.save(force_insert=True)
    note("turn_on_push", channel.uuid, actor=by, now=now)
    return channel


@transaction.atomic
def set_chat(
    channel: Channel | None,
    *,
    name: str,
    address: str,
    options: Mapping[str, Any],
    by: UUID,
    now: datetime,
) -> Channel:
    """Add a chat, or change one. address empty: as it was. Raise Refused if nobody knows it."""
    if address:
        try:
            chat.open_service(address)
        except chat.Unknown as error:
            raise Refused(_("No service is reached by this address.")) from error
    elif channel is None:
        raise Refused(_("A chat needs an address."))
    others = Channel.objects.exclude(pk=channel.pk) if channel else Channel.objects.all()
    if others.filter(name=name).exists():
        raise Refused(_("There is a channel of this name already."))
    before = channel.name if channel else None
    channel = channel or Channel(kind=Channel.Kind.CHAT)
    channel.name, channel.options = name, dict(options)
    if address:
        channel.secret = address
    _try_anew(channel)
    channel.save()
    note("set_chat", channel.uuid, actor=by, now=now, name=(before, name))
    return channel


@transaction.atomic
def add_hook(
    *, name: str, url: str, options: Mapping[str, Any], by: UUID, now: datetime
) -> tuple[Channel, str]:
    """Add a webhook; return it and the key that its receiver checks, which is shown this once."""
    if Channel.objects.filter(name=name).exists():
        raise Refused(_("There is a channel of this name already."))
    key = hook.new_key()
    channel = Channel(kind=Channel.Kind.HOOK, name=name, options=dict(options))
    channel.secret = hook.stored(url, key)
    channel.save(force_insert=True)
    note("add_hook", channel.uuid, actor=by, now=now, name=(None, name))
    return channel, key


@transaction.atomic
def send_again(delivery: Delivery, *, by: UUID, now: datetime) -> bool:
    """Send an event once more, under the same name. False: it is still under way."""
    over = (Delivery.State.SENT, Delivery.State.FAILED)
    mine = Delivery.objects.filter(pk=delivery.pk, state__in=over, channel__kind="hook")
    done = mine.update(state=Delivery.State.WAITING, next_at=now, created_at=now, error="")
    if done:
        note("send_again", delivery.channel.uuid, actor=by, now=now)
    return bool(done)


@transaction.atomic
def remove_channel(channel: Channel, *, by: UUID, now: datetime) -> None:
    """Remove a chat or a webhook with all that waits for it."""
    Channel.objects.filter(pk=channel.pk, kind__in=["chat", "hook"]).delete()
    note("remove_channel", channel.uuid, actor=by, now=now, name=(channel.name, None))


@transaction.atomic
def pause(channel: Channel, *, by: UUID, now: datetime) -> bool:
    """Let nothing leave by a channel; what waits there waits on. False: it was paused already."""
    done = Channel.objects.filter(pk=channel.pk, paused_at=None).update(paused_at=now)
    if done:
        note("pause_channel", channel.uuid, actor=by, now=now)
    return bool(done)


@transaction.atomic
def resume(channel: Channel, *, by: UUID, now: datetime) -> bool:
    """Let a channel work again, and try at once. False: it was neither paused nor waiting."""
    still = Channel.objects.filter(~Q(paused_at=None) | ~Q(resume_at=None), pk=channel.pk)
    done = still.update(paused_at=None, resume_at=None)
    if done:
        note("resume_channel", channel.uuid, actor=by, now=now)
    return bool(done)


@transaction.atomic
def test(channel: Channel, *, by: UUID, now: datetime) -> int:
    """Send a test by a channel now, to whoever asks. Return to how many places. Raise Refused."""
    if channel.paused_at:
        raise Refused(_("This channel is paused. Let it work again first."))
    person = None if channel.kind in (Channel.Kind.CHAT, Channel.Kind.HOOK) else by
    devices: list[int | None] = [None]
    if channel.kind == Channel.Kind.PUSH:
        devices = [*Device.objects.filter(person=by).values_list("pk", flat=True)]
        if not devices:
            raise Refused(_("Switch pushes on for this browser first: under your own choices."))
    for device in devices:
        new_delivery(channel.pk, person, now=now, device_id=device, test=True).save()
    Channel.objects.filter(pk=channel.pk).update(resume_at=None)
    note("test_channel", channel.uuid, actor=by, now=now)
    return len(devices)


def _try_anew(channel: Channel) -> None:
    """After a change the old failures say nothing any more."""
    channel.resume_at = channel.failing_since = None
    channel.failures, channel.error = 0, ""
