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
ACTS = {
    "opened": Look(_("Opened"), icon="flag"),
    "reopened": Look(_("Opened again"), icon="flag"),
    "linked": Look(_("A lapse of its subject was linked"), icon="link"),
    "taken": Look(_("Taken"), icon="user-check"),
    "assigned": Look(_("Assigned to %(to)s"), icon="user"),
    "lent": Look(_("Delegated to %(to)s"), icon="user"),
    "given_back": Look(_("Given back"), icon="arrow-back-up"),
    "snoozed": Look(_("Snoozed"), icon="hourglass"),
    "raised": Look(_("Escalated to %(role)s"), icon="arrow-up-right"),
    "overdue": Look(_("Overdue"), icon="clock"),
    "reminded": Look(_("Reminded"), icon="bell"),
    "corrected": Look(_("Cause and correction signed"), icon="writing-sign"),
    "undone": Look(_("Change undone"), icon="arrow-back-up"),
    "closed": Look(_("Closed"), icon="check"),
}
