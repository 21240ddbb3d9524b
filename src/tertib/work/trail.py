"""How the audit trail calls what is done with work."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tertib.audit import trail
from tertib.audit.trail import MOST, Thing, Words
from tertib.evidence import ledger
from tertib.sop import versions
from tertib.ui import rules
from tertib.work.models import Item
from tertib.work.words import ENDS

ACTIONS: Words = {
    "open_item": _("Opened work"),
    "reopen_item": _("Opened work again"),
    "take_item": _("Took work"),
    "assign_item": _("Assigned work"),
    "lend_item": _("Delegated work"),
    "give_back_item": _("Gave work back"),
    "snooze_item": _("Snoozed work"),
    "remind_of_item": _("Set a reminder"),
    "raise_item": _("Escalated work"),
    "comment_item": _("Commented on work"),
    "attach_to_item": _("Attached a file to work"),
    "change_lines": _("Changed what work holds"),
    "sign_correction": _("Signed cause and correction"),
    "close_item": _("Closed work"),
    "undo_item": _("Undid a change of work"),
    "keep_view": _("Kept a view of the queue"),
    "forget_view": _("Removed a view of the queue"),
    "issue_feed": _("Made the key of a calendar feed"),
    "revoke_feed": _("Ended the key of a calendar feed"),
}
FIELDS: Words = {
    "owner": _("Owner"),
    "control": _("control"),
    "lines": _("open findings"),
    "because": _("because"),
    "at": _("at"),
    "matter": _("is about"),
    "sha256": _("Fingerprint of the file"),
}
MATTERS: Words = {
    "request": _("a request"),
    "waiver": _("a waiver"),
    "version": _("a version of the SOP"),
    "action": _("an action of the yearly review"),
    "calendar": _("the calendar of a year"),
}


def register() -> None:
    trail.register(actions=ACTIONS, fields=FIELDS, find=_find, seek=_seek, order=20)
    trail.register(
        actions={},
        told={"because": trail.words(ENDS), "matter": trail.words(MATTERS), "control": _controls},
        inner=("batch", "line"),
    )


def _controls(asked: Collection[Any]) -> dict[Any, Thing]:
    """Call controls as the SOP in force does; one that it no longer has keeps its id."""
    if not versions.law():
        return {}
    language, known = rules.known(get_language()), versions.current(ledger.now()).controls
    return {
        one: Thing(
            known[one].title.words(language),
            reverse("compliance:evidence", args=[known[one].clause, one]),
        )
        for one in asked
        if one in known
    }


def _find(uuids: Collection[UUID]) -> dict[UUID, Thing]:
    language = rules.known(get_language())
    found = Item.objects.filter(uuid__in=uuids).only(
        "uuid", "prefix", "number", "title_id", "title_en"
    )
    return {
        one.uuid: Thing(f"{one.name} {one.title(language)}", reverse("work:item", args=[one.name]))
        for one in found
    }


def _seek(text: str) -> Iterable[UUID]:
    prefix, _dash, number = text.upper().partition("-")
    named = Q(title_id__icontains=text) | Q(title_en__icontains=text)
    if number.isascii() and number.isdigit() and len(number) < 19:
        named = Q(prefix=prefix, number=int(number))
    return Item.objects.filter(named).values_list("uuid", flat=True)[:MOST]
