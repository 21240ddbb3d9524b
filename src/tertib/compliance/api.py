"""`GET /api/v1/controls/{id}/explain`: the same object as on the page and on the command line."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import override
from ninja import Router, Schema, Status

from tertib.access.api import scope
from tertib.compliance.explain import explain
from tertib.evidence import ledger
from tertib.lib.errors import Refused

router = Router(tags=["compliance"])


class Wrong(Schema):
    detail: str


@router.get(
    "/controls/{control_id}/explain",
    auth=scope("compliance.read"),
    response={200: dict[str, Any], 401: Wrong, 403: Wrong, 422: Wrong},
    url_name="explain",
)
def explain_control(
    request: HttpRequest,
    control_id: str,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
) -> Status[dict[str, Any] | Wrong]:
    """Say how a control stood at as_of (default now) by what was known at known_at, and why.

    Both need an offset. A moment that has not come, or a control that did not count, is a 422.
    """
    with override("en"):
        if any(at is not None and at.tzinfo is None for at in (as_of, known_at)):
            return Status(422, Wrong(detail="An instant needs an offset, such as +07:00 or Z."))
        try:
            told = explain(control_id, as_of=as_of, known_at=known_at, now=ledger.now())
        except Refused as refusal:
            return Status(422, Wrong(detail=str(refusal)))
        return Status(200, told)
