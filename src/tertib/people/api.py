"""Places and people, for machines, in English."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from tertib.access.api import PAGE, REFUSALS, After, Limit, begins_after, page, scope
from tertib.evidence import ledger
from tertib.people.actions.roster import with_roles
from tertib.people.models import Site, User

router = Router(tags=["people"])
READ = scope("people.read")


class SiteTold(Schema):
    """ranges: networks in CIDR form."""

    uuid: UUID
    name: str
    zone: str
    ranges: list[str]


class PersonTold(Schema):
    """active: works here now. roles: those held now, of the SOP and of the system.

    email: empty once the person was erased; full_name is a number then.
    """

    uuid: UUID
    full_name: str
    email: str
    site: UUID
    team: str
    active: bool
    joined_at: datetime
    left_at: datetime | None
    roles: list[str]


class People(Schema):
    results: list[PersonTold]
    next: str | None


@router.get("/sites", auth=READ, response={200: list[SiteTold], **REFUSALS}, url_name="sites")
def list_sites(request: HttpRequest) -> list[Site]:
    """List the places of the company by name."""
    return list(Site.objects.order_by("name", "pk"))


@router.get("/people", auth=READ, response={200: People, **REFUSALS}, url_name="people")
def list_people(
    request: HttpRequest, active: bool | None = None, after: After = None, limit: Limit = PAGE
) -> dict[str, Any]:
    """List people in the order in which they came into the list."""
    wanted = User.objects.select_related("site").order_by("pk")
    if active is not None:
        wanted = wanted.filter(is_active=active)
    if key := begins_after(after, int):
        wanted = wanted.filter(pk__gt=key[0])
    shown, further = page(list(wanted[: limit + 1]), limit, lambda one: (one.pk,))
    told = with_roles(shown, now=ledger.now())
    return {"results": [_told(one, roles) for one, roles in told], "next": further}


def _told(one: User, roles: list[str]) -> dict[str, Any]:
    return {
        "uuid": one.uuid,
        "full_name": one.full_name,
        "email": "" if one.erased_at else one.email,
        "site": one.site.uuid,
        "team": one.team,
        "active": one.is_active,
        "joined_at": one.joined_at,
        "left_at": one.left_at,
        "roles": roles,
    }
