"""How the audit trail calls what is done with the monthly reports."""

from collections.abc import Collection
from uuid import UUID

from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from tertib.audit import trail
from tertib.audit.trail import Thing, Words
from tertib.reports.models import Report
from tertib.reports.sheet import month_name
from tertib.ui.rules import known

ACTIONS: Words = {
    "issue_report": _("Issued a monthly report"),
    "sign_report": _("Signed a monthly report"),
}


def register() -> None:
    # The month of a report is its name already.
    trail.register(actions=ACTIONS, inner=("month",), find=_find, order=44)


def _find(uuids: Collection[UUID]) -> dict[UUID, Thing]:
    language = known(get_language())
    found = Report.objects.filter(uuid__in=uuids).values_list("uuid", "month")
    return {
        uuid: Thing(
            gettext("Report of %(month)s") % {"month": month_name(f"{month:%Y-%m}", language)},
            reverse("reports:report", args=[f"{month:%Y-%m}"]),
        )
        for uuid, month in found
    }
