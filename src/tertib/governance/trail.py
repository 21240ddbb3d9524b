"""How the audit trail calls what is decided: waivers, requests, reviews and versions of the SOP."""

from collections.abc import Collection
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tertib.audit import trail
from tertib.audit.trail import Thing, Words
from tertib.evidence import ledger
from tertib.governance.models import Request, Review, Waiver
from tertib.governance.pages import WORDS, title
from tertib.sop import versions
from tertib.sop.models import Version
from tertib.ui.templatetags.tertib import calendar_day

ACTIONS: Words = {
    "publish_sop": _("Published a version of the SOP"),
    "approve_sop": _("Approved a version of the SOP"),
    "withdraw_sop": _("Withdrew a version of the SOP"),
    "acknowledge_sop": _("Acknowledged the SOP"),
    "attest": _("Stated what management states"),
    "ask_waiver": _("Asked for a waiver"),
    "grant_waiver": _("Granted a waiver"),
    "refuse_waiver": _("Refused a waiver"),
    "withdraw_waiver": _("Withdrew a waiver"),
    "review_waiver": _("Reviewed a waiver"),
    "ask_resource": _("Asked for resources"),
    "decide_resource": _("Decided about resources"),
    "withdraw_resource": _("Withdrew a request for resources"),
    "begin_review": _("Began a yearly review"),
    "add_point": _("Added a point to a review"),
    "drop_point": _("Removed a point from a review"),
    "add_action": _("Added an action to a review"),
    "drop_action": _("Removed an action from a review"),
    "set_participants": _("Set who takes part in a review"),
    "sign_review": _("Signed a yearly review"),
    "confirm_year": _("Confirmed the calendar of a year"),
    "finish_action": _("Finished an action of a review"),
}
FIELDS: Words = {
    "version": _("Version"),
    "title": _("Title"),
    "decision": _("Decision"),
    "held_on": _("held on"),
    "kind": _("Kind"),
    "year": _("Year"),
    "last_day": _("Last day"),
}
KINDS: Words = {"agenda": _("Agenda"), "decision": _("Decision")}


def register() -> None:
    trail.register(actions=ACTIONS, fields=FIELDS, find=_waivers, order=40)
    trail.register(
        actions={}, told={"decision": trail.words(WORDS), "kind": trail.words(KINDS)}, order=40
    )
    trail.register(actions={}, find=_versions, order=41)
    trail.register(actions={}, find=_requests, order=42)
    trail.register(actions={}, find=_reviews, order=43)


def _waivers(uuids: Collection[UUID]) -> dict[UUID, Thing]:
    found = Waiver.objects.filter(uuid__in=uuids).select_related("subject")
    sop = versions.current(ledger.now()) if versions.law() else None
    return {
        one.uuid: Thing(
            gettext("Waiver of %(control)s") % {"control": title(one, sop)},
            reverse("governance:waiver", args=[one.uuid]),
        )
        for one in found
        if sop
    }


def _versions(uuids: Collection[UUID]) -> dict[UUID, Thing]:
    found = Version.objects.filter(uuid__in=uuids).values_list("uuid", "name")
    return {
        uuid: Thing(
            gettext("Version %(name)s of the SOP") % {"name": name},
            reverse("governance:version", args=[uuid]),
        )
        for uuid, name in found
    }


def _requests(uuids: Collection[UUID]) -> dict[UUID, Thing]:
    found = Request.objects.filter(uuid__in=uuids).values_list("uuid", "title")
    return {uuid: Thing(title, reverse("governance:request", args=[uuid])) for uuid, title in found}


def _reviews(uuids: Collection[UUID]) -> dict[UUID, Thing]:
    found = Review.objects.filter(uuid__in=uuids).values_list("uuid", "held_on")
    return {
        uuid: Thing(
            gettext("Yearly review of %(day)s") % {"day": calendar_day(day)},
            reverse("governance:review", args=[uuid]),
        )
        for uuid, day in found
    }
