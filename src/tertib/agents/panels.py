"""What this room shows on a site's page: the addresses that its agents report to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from tertib.agents.models import Enrolment
from tertib.ui import panels


def register() -> None:
    panels.register("site", enrolments)


def enrolments(site: UUID, now: datetime) -> tuple[str, dict[str, Any]]:
    rows = Enrolment.objects.filter(site__uuid=site).order_by("revoked_at", "-made_at")
    return "agents/_enrolments.html", {"site": site, "rows": rows.defer("secret")[:20]}
