"""The first start, and what the company says of itself."""

from datetime import datetime

from django.db import transaction

from tertib.audit.actions import note
from tertib.evidence import subjects
from tertib.people.actions.sites import add_site
from tertib.people.models import Company, Site, User

HEAD_OFFICE = "Kantor pusat"
ZONE = "Asia/Jakarta"


@transaction.atomic
def first_start(now: datetime) -> Site:
    """Make the organisation, the company's row and its first site, unless they are there."""
    Company.objects.get_or_create(pk=1, defaults={"started_at": now})
    subjects.organisation()
    return Site.objects.order_by("pk").first() or add_site(
        name=HEAD_OFFICE, zone=ZONE, by=None, now=now
    )


@transaction.atomic
def name_company(name: str, *, by: User | None, now: datetime) -> None:
    company = Company.objects.get()
    if company.name != name:
        note("name_company", subjects.organisation().uuid, actor=by and by.uuid, now=now,
             name=(company.name, name))  # fmt: skip
        Company.objects.update(name=name)
