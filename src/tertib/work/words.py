"""The words of work that are no sentence of a page: looks, reasons, acts."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Look(NamedTuple):
    word: str | Promise
    icon: str


LOOKS = {
    "task": Look(_("Task"), icon="clipboard-check"),
    "ticket": Look(_("Ticket"), icon="ticket"),
    "incident": Look(_("Incident"), icon="alert-triangle"),
    "work_order": Look(_("Work order"), icon="tool"),
    "review": Look(_("Review"), icon="eye-check"),
    "escalation": Look(_("Escalation"), icon="arrow-up-right"),
    "training": Look(_("Training"), icon="school"),
    "campaign": Look(_("Awareness campaign"), icon="speakerphone"),
}
WHY: dict[str, str | Promise] = {
    "holder": _("holds the role %(role)s"),
    "deputy": _("stands in for %(name)s, who is away"),
    "manager": _("line manager of %(name)s, who is away as the deputy is"),
    "head": _("nobody who is there holds the role %(role)s"),
    "nobody": _("nobody holds the role %(role)s, nor one further up"),
    "given": _("was given it"),
}
LINE_ENDS: dict[str, str | Promise] = {
    "evidence": _("closed by evidence"),
    "waived": _("waived"),
    "gone": _("counts no longer"),
    "late": _("done late"),
    "corrected": _("cause and correction signed"),
}
ENDS: dict[str, str | Promise] = {
    "evidence": _("closed by evidence"),
    "done": _("done"),
    "cancelled": _("cancelled"),
}
ACTS: dict[str, str | Promise] = {
    "opened": _("Opened"),
    "reopened": _("Opened again"),
    "linked": _("A lapse of its subject was linked"),
    "taken": _("Taken"),
    "assigned": _("Assigned to %(to)s"),
    "lent": _("Delegated to %(to)s"),
    "given_back": _("Given back"),
    "snoozed": _("Snoozed"),
    "raised": _("Escalated to %(role)s"),
    "overdue": _("Overdue"),
    "reminded": _("Reminded"),
    "corrected": _("Cause and correction signed"),
    "undone": _("Change undone"),
    "closed": _("Closed"),
}
