"""Monthly reports for machines, in English: the content whose digest the fingerprint is."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from tertib.access.api import REFUSALS, After, Limit, Wrong, begins_after, page, scope
from tertib.lib.errors import Unknown
from tertib.reports import rules
from tertib.reports.models import Report

router = Router(tags=["reports"])
READ = scope("compliance.read")


class ReportStands(Schema):
    """met of counted clauses were compliant. People stand by uuid."""

    month: str
    fingerprint: str
    met: int
    counted: int
    issued_by: UUID
    issued_at: datetime
    signed_by: UUID | None
    signed_at: datetime | None


class WholeReport(ReportStands):
    """content, in canonical JSON, has the fingerprint as its SHA-256."""

    content: dict[str, Any]


class Reports(Schema):
    results: list[ReportStands]
    next: str | None


@router.get("/reports", auth=READ, response={200: Reports, **REFUSALS}, url_name="reports")
def list_reports(request: HttpRequest, after: After = None, limit: Limit = 50) -> dict[str, Any]:
    """List the reports that stand, the one issued last first."""
    rows = _every().order_by("-pk")
    if key := begins_after(after, int):
        rows = rows.filter(pk__lt=key[0])
    shown, following = page(list(rows[: limit + 1]), limit, lambda row: (row.pk,))
    return {"results": [_told(row) for row in shown], "next": following}


@router.get(
    "/reports/{month}",
    auth=READ,
    response={200: WholeReport, 404: Wrong, **REFUSALS},
    url_name="report",
)
def get_report(request: HttpRequest, month: str) -> dict[str, Any]:
    """Tell one month's report whole; month is written 2026-11."""
    found = _every().filter(month=_month(month)).first()
    if found is None:
        raise Unknown(_("No report of that month was issued."))
    return {**_told(found), "content": found.content}


def _every() -> Any:
    return Report.objects.filter(replaced_at=None).select_related("issued_by", "signed_by")


def _month(name: str) -> date:
    month = rules.parse(name)
    if month is None:
        raise Unknown(_("No report of that month was issued."))
    return month


def _told(row: Report) -> dict[str, Any]:
    return {
        "month": f"{row.month:%Y-%m}",
        "fingerprint": row.fingerprint,
        "met": row.content["met"],
        "counted": row.content["counted"],
        "issued_by": row.issued_by.uuid,
        "issued_at": row.issued_at,
        "signed_by": row.signed_by.uuid if row.signed_by else None,
        "signed_at": row.signed_at,
    }
