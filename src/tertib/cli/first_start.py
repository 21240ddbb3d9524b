"""What a new installation begins with: its law, its organisation, a site, and two links."""

from datetime import datetime
from typing import NamedTuple

from tertib.agents.actions import first_enrolment
from tertib.people.actions import first_link
from tertib.people.actions import first_start as make_company
from tertib.sop.actions import publish_shipped


class Welcome(NamedTuple):
    """What `up` prints. Paths, without the address."""

    site: str
    link: str | None  # makes the first admin; None: there is one
    enrolment: str  # where that site's inventory agents report


def first_start(now: datetime) -> Welcome:
    """Make what is missing; safe to run at every start."""
    site = make_company(now)
    publish_shipped(now)
    return Welcome(site.name, link=first_link(now), enrolment=first_enrolment(site, now))
