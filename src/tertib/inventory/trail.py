"""How the audit trail calls what is done with assets."""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tertib.audit import trail
from tertib.audit.trail import MOST, Thing, Words
from tertib.inventory import words
from tertib.inventory.models import Asset

ACTIONS: Words = {
    "register_asset": _("Registered an asset from an agent's report"),
    "change_asset": _("Changed an asset's entry"),
    "answer_question": _("Answered a question about a duplicate"),
}
FIELDS: Words = {
    "tag": _("Tag"),
    "serial": _("Serial number"),
    "type": _("Type"),
    "status": _("Status"),
    "place": _("Floor, room"),
    "other": _("compared with"),
    "answer": _("Answer"),
}


def register() -> None:
    trail.register(actions=ACTIONS, fields=FIELDS, find=_find, seek=_seek, order=30)
    types = {value: shown.word for value, shown in words.TYPES.items()}
    told = {
        "type": trail.words(types),
        "status": trail.words(words.STATUSES),
        "answer": trail.words(words.ANSWERS),
    }
    trail.register(actions={}, told=told)


def _find(uuids: Collection[UUID]) -> dict[UUID, Thing]:
    told = Asset.objects.filter(subject__in=uuids).values_list("subject", "tag", "name")
    return {
        uuid: Thing(f"{tag} {name}".strip(), reverse("inventory:asset", args=[tag]))
        for uuid, tag, name in told
    }


def _seek(text: str) -> Iterable[UUID]:
    named = Q(tag__icontains=text) | Q(name__icontains=text) | Q(serial__icontains=text)
    return Asset.objects.filter(named).values_list("subject", flat=True)[:MOST]
