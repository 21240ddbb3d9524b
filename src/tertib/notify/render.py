"""What a message says: the words of its notices, in the person's language and time."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tertib.notify import directory, topics
from tertib.notify.channels import Browser, Message
from tertib.notify.directory import Addressee
from tertib.notify.models import Channel, Delivery, Notice

SHOWN = 30  # notices of one message; the rest is counted
# A mail brings its sheet along; a template of this house holds none.
SHEET = mark_safe(f"<style>{(Path(__file__).parent / 'mail.css').read_text()}</style>")  # noqa: S308
_signer = Signer(salt="notify.unsubscribe")


@dataclass(frozen=True)
class Said:
    title: str
    text: str
    url: str
    at: datetime
    urgent: bool


def message(delivery: Delivery, channel: Channel, *, now: datetime) -> Message | None:
    """Return what a delivery says. None: there is nobody to tell any more, or nothing."""
    if channel.kind == Channel.Kind.HOOK:
        return _event(delivery, now)
    somebody = _addressee(delivery, channel)
    if somebody is None:
        return None
    zone = ZoneInfo(somebody.zone)
    with translation.override(somebody.language), timezone.override(zone):
        if delivery.test:
            return _composed(delivery, somebody, [_test(now)], 0, [])
        alive = Q(expires_at=None) | Q(expires_at__gt=now)
        notices = Notice.objects.filter(alive, lines__delivery=delivery)
        shown = list(notices.order_by("-urgent", "pk")[:SHOWN])
        if not shown:
            return None
        said = [said_of(notice, somebody.language, zone) for notice in shown]
        return _composed(delivery, somebody, said, notices.count() - len(shown), shown)


def said_of(notice: Notice, language: str, zone: ZoneInfo) -> Said:
    words = topics.read(notice.topic, notice.data, language, zone)
    return Said(
        title=words.title,
        text=words.text,
        url=absolute(notice.secret or notice.url),
        at=notice.told_at,
        urgent=notice.urgent,
    )


def absolute(path: str) -> str:
    """Return a link that works from outside; empty if the house does not know its own address."""
    return f"{settings.URL}{path}" if settings.URL and path else ""


def house_contact() -> str:
    """Return whom a push service may ask: the sender of the mails, else the house itself."""
    mail = Channel.objects.filter(kind=Channel.Kind.MAIL).first()
    if mail:
        return f"mailto:{mail.options['sender']}"
    return settings.URL if settings.BEHIND_TLS else "mailto:tertib@localhost.invalid"


def unsubscribe_key(delivery: Delivery) -> str:
    return _signer.sign(str(delivery.uuid)).replace(":", ".")


def delivery_of(key: str) -> UUID | None:
    """Return which delivery an unsubscribe link belongs to. None: it is no link of ours."""
    try:
        return UUID(_signer.unsign(key.replace(".", ":", 1)))
    except (BadSignature, ValueError):
        return None


def _addressee(delivery: Delivery, channel: Channel) -> Addressee | None:
    if delivery.person is None:
        language = str(channel.options.get("language", "id"))
        return Addressee("", channel.name, language, str(directory.home_zone()))
    return directory.look_up([delivery.person]).get(delivery.person)


def _event(delivery: Delivery, now: datetime) -> Message | None:
    """Return what a machine is told: what happened, when, and where; never to whom."""
    notice = Notice.objects.filter(lines__delivery=delivery).first()
    if notice is None and not delivery.test:
        return None
    told = {
        "type": notice.topic if notice else "test",
        "at": (notice.told_at if notice else now).isoformat(),
        "key": notice.key if notice else "",
        "data": notice.data if notice else {},
        "url": absolute(notice.url) if notice else "",
    }
    name = delivery.message_id.strip("<>")
    return Message(name, told["type"], json.dumps(told), html="", url="")


def _test(now: datetime) -> Said:
    text = _("This channel works: you are reading what Tertib sent as a test.")
    return Said(_("A test by Tertib"), text, absolute("/"), now, urgent=False)


def _composed(
    delivery: Delivery,
    somebody: Addressee,
    said: Sequence[Said],
    more: int,
    notices: Sequence[Notice],
) -> Message:
    count = len(said) + more
    first = said[0].title
    title = first
    if count > 1:
        title = ngettext("%(count)s notice: %(first)s", "%(count)s notices: %(first)s", count) % {
            "count": count,
            "first": first,
        }
    optional = any(not topics.required(notice.topic) for notice in notices)
    unsubscribe = ""
    if optional and delivery.person and delivery.device is None:
        key = unsubscribe_key(delivery)
        unsubscribe = absolute(reverse("notify:unsubscribe", args=[key]))
    everything = absolute(reverse("notify:notices")) if delivery.person else ""
    context = {
        "name": somebody.name,
        "title": title,
        "said": said,
        "more": more,
        "all": everything,
        "choices": absolute(reverse("notify:choices")) if optional else "",
        "language": somebody.language,
        "sheet": SHEET,
    }
    chat = delivery.person is None
    plain = "notify/chat.txt" if chat or delivery.device else "notify/mail.txt"
    device = delivery.device
    return Message(
        message_id=delivery.message_id,
        title=title,
        text=render_to_string(plain, context).strip() + "\n",
        html="" if chat or device else render_to_string("notify/mail.html", context),
        url=said[0].url if count == 1 else everything,
        to=somebody.email,
        name=somebody.name,
        language=somebody.language,
        unsubscribe=unsubscribe,
        device=Browser(device.endpoint or "", device.key, device.auth or "") if device else None,
    )
