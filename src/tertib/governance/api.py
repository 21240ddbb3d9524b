"""Waivers for machines, in English: what was asked for, what is in force, what was decided."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from tertib.access.api import REFUSALS, After, Limit, Wrong, begins_after, page, scope
from tertib.evidence import ledger
from tertib.governance.models import Waiver
from tertib.lib.errors import Unknown

router = Router(tags=["governance"])
READ = scope("compliance.read")

type Standing = Literal["waiting", "in_force", "ended", "to_come", "refused", "withdrawn"]


class WaiverStands(Schema):
    """subject: none means all that the control judges. People stand by uuid."""

    uuid: UUID
    control: str
    clause: str
    subject: UUID | None
    standing: Standing
    last_day: date
    began_at: datetime | None
    ended_at: datetime | None
    asked_by: UUID
    asked_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None
    renews: UUID | None
    reviewed_at: datetime | None
    entry: int | None  # of the ledger


class Waivers(Schema):
    results: list[WaiverStands]
    next: str | None


@router.get("/waivers", auth=READ, response={200: Waivers, **REFUSALS}, url_name="waivers")
def list_waivers(
    request: HttpRequest, after: After = None, limit: Limit = 50, control: str | None = None
) -> dict[str, Any]:
    """List every waiver that was ever asked for, the newest first."""
    rows = _every().order_by("-pk")
    if control is not None:
        rows = rows.filter(control=control)
    if key := begins_after(after, int):
        rows = rows.filter(pk__lt=key[0])
    shown, following = page(list(rows[: limit + 1]), limit, lambda row: (row.pk,))
    now = ledger.now()
    return {"results": [_told(row, now) for row in shown], "next": following}


@router.get(
    "/waivers/{uuid}",
    auth=READ,
    response={200: WaiverStands, 404: Wrong, **REFUSALS},
    url_name="waiver",
)
def get_waiver(request: HttpRequest, uuid: UUID) -> dict[str, Any]:
    """Tell one waiver."""
    found = _every().filter(uuid=uuid).first()
    if found is None:
        raise Unknown(_("There is no such waiver."))
    return _told(found, ledger.now())


def _every() -> Any:
    return Waiver.objects.select_related("asked_by", "decided_by", "renews")


def _told(row: Waiver, now: datetime) -> dict[str, Any]:
    return {
        "uuid": row.uuid,
        "control": row.control,
        "clause": row.clause,
        "subject": row.subject_id,
        "standing": _standing(row, now),
        "last_day": row.last_day,
        "began_at": row.began_at,
        "ended_at": row.ended_at,
        "asked_by": row.asked_by.uuid,
        "asked_at": row.asked_at,
        "decided_by": row.decided_by.uuid if row.decided_by else None,
        "decided_at": row.decided_at,
        "renews": row.renews.uuid if row.renews else None,
        "reviewed_at": row.reviewed_at,
        "entry": row.entry_id,
    }


def _standing(row: Waiver, now: datetime) -> str:
    if row.began_at is None or row.ended_at is None:
        return row.decision or "waiting"
    if now < row.began_at:
        return "to_come"
    return "in_force" if now < row.ended_at else "ended"
