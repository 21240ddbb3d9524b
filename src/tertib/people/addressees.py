"""Whom notify may write to, and how: it lies below and knows people by uuid only."""

from collections.abc import Collection
from uuid import UUID

from tertib.notify.directory import Addressee
from tertib.people.models import Site, User

HOME = "Asia/Jakarta"  # before the first start has made a site


def look_up(people: Collection[UUID]) -> dict[UUID, Addressee]:
    """Return those of them who still work here."""
    found = User.objects.filter(uuid__in=people, is_active=True).select_related("site")
    return {
        person.uuid: Addressee(person.email, person.full_name, person.language, person.site.zone)
        for person in found
    }


def home_zone() -> str:
    """Return the zone of the first site, which is the company's (decision 41)."""
    first = Site.objects.order_by("pk").values_list("zone", flat=True).first()
    return first or HOME
