"""How the audit trail calls what is done with the channels."""

from collections.abc import Collection
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tertib.audit import trail
from tertib.audit.trail import Thing, Words
from tertib.notify.models import Channel

ACTIONS: Words = {
    "set_mail_server": _("Set the mail server"),
    "turn_on_push": _("Turned on push"),
    "set_chat": _("Set a chat"),
    "add_hook": _("Added a webhook"),
    "remove_channel": _("Removed a channel"),
    "pause_channel": _("Paused a channel"),
    "resume_channel": _("Let a channel work again"),
    "test_channel": _("Sent a test"),
    "send_again": _("Sent a message again"),
}


def register() -> None:
    trail.register(actions=ACTIONS, fields={"server": _("Server")}, find=_find, order=63)


def _find(uuids: Collection[UUID]) -> dict[UUID, Thing]:
    found = Channel.objects.filter(uuid__in=uuids).values_list("uuid", "name")
    return {uuid: Thing(name, reverse("notify:channel", args=[uuid])) for uuid, name in found}
