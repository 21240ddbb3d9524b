"""What types, statuses, reasons and acts are called on a page."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tertib.inventory.models import Asset, Question
from tertib.inventory.rules import Reason

type Words = Mapping[str, Promise]


class Shown(NamedTuple):
    word: Promise
    icon: str


TYPES: Mapping[str, Shown] = {
    Asset.Type.DESKTOP: Shown(_("Desktop"), icon="device-desktop"),
    Asset.Type.LAPTOP: Shown(_("Laptop"), icon="device-laptop"),
    Asset.Type.SERVER: Shown(_("Server"), icon="server"),
    Asset.Type.PRINTER: Shown(_("Printer"), icon="printer"),
    Asset.Type.NETWORK: Shown(_("Network device"), icon="router"),
    Asset.Type.UPS: Shown(_("UPS"), icon="battery-charging"),
    Asset.Type.PHONE: Shown(_("Phone"), icon="device-mobile"),
    Asset.Type.OTHER: Shown(_("Other"), icon="package"),
}
STATUSES: Words = {
    Asset.Status.IN_USE: _("In use"),
    Asset.Status.IN_STOCK: _("In stock"),
    Asset.Status.IN_REPAIR: _("In repair"),
    Asset.Status.RETIRED: _("Retired"),
}
REASONS: Words = {
    Reason.UUID: _("Same serial number, another hardware UUID."),
    Reason.SERIAL: _("Same hardware UUID, another serial number."),
    Reason.RETURNED: _("Same serial number, but two installations report in turn."),
    Reason.NETWORK: _("Same serial number, another installation with other network cards."),
    Reason.SEVERAL: _("The report fits several assets."),
}
ANSWERS: Words = {
    Question.Answer.SAME: _("The same machine"),
    Question.Answer.DIFFERENT: _("Two machines"),
}
ACTS: Words = {
    "register_asset": _("Registered from an agent's report"),
    "change_asset": _("Entry changed"),
    "answer_question": _("Question about a duplicate answered"),
}
