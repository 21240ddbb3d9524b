"""What this room adds to other pages: reports that wait for a signature, among the decisions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language, gettext

from tertib.governance import pages
from tertib.governance.matters import Way
from tertib.reports.actions import SIGNED
from tertib.reports.models import Report
from tertib.reports.sheet import month_name
from tertib.ui import links, panels
from tertib.ui.rules import known
from tertib.work.models import Item


def register() -> None:
    panels.register("decisions", to_sign)
    panels.register("work", about, order=10)
    links.offer("home", of_this_month)
    links.offer("evidence", begin)
    pages.also(lambda: Report.objects.filter(signed_at=None, replaced_at=None))


def _unsigned() -> QuerySet[Report]:
    return Report.objects.filter(signed_at=None, replaced_at=None).order_by("month")


def of_this_month(month: str, permissions: frozenset[str]) -> tuple[str, str] | None:
    """Lead from Beranda to the report of the month that runs."""
    if "report.read" not in permissions:
        return None
    name = month_name(month, known(get_language())).split()[0]
    return gettext("%(month)s report") % {"month": name}, reverse("reports:report", args=[month])


def begin(kind: str, permissions: frozenset[str]) -> tuple[str, str] | None:
    """Lead from the clauses that want a report to the reports."""
    wanted = kind in ("report.issued", "report.signed_by_management")
    if not wanted or "report.read" not in permissions:
        return None
    return gettext("To the reports"), reverse("reports:reports")


def to_sign(_person: UUID, now: datetime) -> tuple[str, dict[str, Any]] | None:
    language = known(get_language())
    waiting = _unsigned().select_related("issued_by")
    found = [(report, month_name(f"{report.month:%Y-%m}", language)) for report in waiting]
    return ("reports/_to_sign.html", {"reports": found, "now": now}) if found else None


def about(item: UUID, now: datetime) -> tuple[str, dict[str, Any]] | None:
    """Lead from the work of signing to the reports that wait for it."""
    if not Item.objects.filter(uuid=item, control=SIGNED).exists():
        return None
    language = known(get_language())
    waiting = _unsigned().select_related("issued_by")
    ways = [
        Way(
            month_name(f"{report.month:%Y-%m}", language),
            gettext("Issued by %(name)s") % {"name": report.issued_by.full_name},
            reverse("reports:report", args=[f"{report.month:%Y-%m}"]),
        )
        for report in waiting
    ]
    return ("governance/_matter.html", {"ways": ways, "now": now}) if ways else None
