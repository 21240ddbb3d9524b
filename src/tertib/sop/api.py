"""The versions of the SOP, for machines, in English."""

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema

from tertib.access.api import REFUSALS, Wrong, scope
from tertib.evidence import ledger
from tertib.lib.errors import Unknown
from tertib.sop import versions
from tertib.sop.models import Version

router = Router(tags=["sop"])
READ = scope("compliance.read")


class VersionStands(Schema):
    """digest: of the content. since: from when on it judges, or will; none: it is not approved."""

    version: str
    digest: str
    effective_from: date
    published_at: datetime
    approved_at: datetime | None
    since: datetime | None
    state: Literal["in_force", "past", "coming", "not_approved"]


class VersionText(VersionStands):
    text: str
    holidays: list[date]


@router.get("/sop/versions", auth=READ, response={200: list[VersionStands], **REFUSALS})
def list_versions(request: HttpRequest) -> list[dict[str, Any]]:
    """List every version that was published, the oldest first."""
    state = _states()
    published = Version.objects.defer("text", "source_text", "holidays").order_by("pk")
    return [_told(one, state) for one in published]


@router.get("/sop/versions/{name}", auth=READ, response={200: VersionText, 404: Wrong, **REFUSALS})
def get_version(request: HttpRequest, name: str) -> dict[str, Any]:
    """Tell one version with the file as it was published. An unknown one is a 404."""
    one = Version.objects.filter(name=name[:41]).first()
    if one is None:
        raise Unknown(f"There is no version {name[:40]} of the SOP.")
    return _told(one, _states()) | {"text": one.text, "holidays": one.holidays}


def _states() -> dict[str, str]:
    now = ledger.now()
    law = versions.law()
    if not law:
        return {}
    current = versions.in_force(now).sop.version
    return {
        turn.sop.version: "in_force"
        if turn.sop.version == current
        else "coming"
        if turn.since > now
        else "past"
        for turn in law
    }


def _told(one: Version, state: dict[str, str]) -> dict[str, Any]:
    return {
        "version": one.name,
        "digest": one.digest,
        "effective_from": one.effective_from,
        "published_at": one.published_at,
        "approved_at": one.approved_at,
        "since": one.since,
        "state": state.get(one.name, "not_approved"),
    }
