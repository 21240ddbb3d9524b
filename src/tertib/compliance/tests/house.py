"""A small company in the database: eleven months of an SOP with something good and something bad.

Told through the doors that the product uses, so that every page has something to show.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from tertib.compliance import episodes, tick
from tertib.compliance.inbox import Judge
from tertib.compliance.routes import routes
from tertib.evidence import ledger, populations, subjects, vocabulary
from tertib.evidence.models import Subject
from tertib.people.actions import add_person, first_start
from tertib.people.models import Site, User
from tertib.sop import versions
from tertib.sop.actions import publish_shipped
from tertib.vault import keyring

JAKARTA = ZoneInfo("Asia/Jakarta")
BEGINNING = datetime(2026, 1, 2, 9, tzinfo=JAKARTA)
NOW = datetime(2026, 11, 24, 10, 24, tzinfo=JAKARTA)  # a Tuesday
SEEN = {"source_kind": "agent", "os_supported": True}


@dataclass
class House:
    clock: Any
    site: Site
    dewi: User  # head of IT

    def at(self, *when: int) -> datetime:
        """Let it become that day and hour of 2026; time only goes on."""
        now = datetime(2026, *when, tzinfo=JAKARTA)  # type: ignore[misc, arg-type]
        self.clock.now = now
        return now

    def thing(self, kind: str, label: str, /, **attributes: str) -> Subject:
        subject = subjects.introduce(kind, label=label, now=self.clock.now)
        if attributes:
            populations.describe(subject, attributes, at=self.clock.now)
        return subject

    def laptop(self, label: str) -> Subject:
        return self.thing("asset", label, **{"class": "hardware"}, type="laptop", status="in_use")

    def tell(self, kind: str, subject: Subject, outcome: str = "ok", /, **body: object) -> None:
        ledger.record(
            vocabulary.kind(kind),
            subject,
            occurred_at=self.clock.now,
            outcome=outcome,
            body=body or None,
        )

    def tell_late(self, kind: str, label: str, *, days: int, **body: object) -> None:
        """Record now what happened to an asset so many days ago."""
        subject = subjects.find("asset", label, at=self.clock.now)
        assert subject is not None
        occurred_at = self.clock.now - timedelta(days=days)
        ledger.record(vocabulary.kind(kind), subject, occurred_at=occurred_at, body=body or None)

    def later(self, **by: float) -> None:
        self.clock.now += timedelta(**by)
        self.judge()

    def judge(self) -> None:
        Judge().drain()
        tick.fall_due(self.clock.now)
        law = versions.law()
        episodes.refresh(law, routes(law), self.clock.now)


def empty(clock: Any) -> House:
    """The first start and one person, nothing else."""
    clock.now = BEGINNING
    if not settings.KEYRING.exists():
        keyring.create(settings.KEYRING)
    site = first_start(clock.now)
    publish_shipped(clock.now)
    dewi = add_person(
        full_name="Dewi Anggraini",
        email="dewi@contoh.test",
        site=site,
        role="kepala_ti",
        by=None,
        now=clock.now,
    )
    house = House(clock, site, dewi)
    house.judge()
    return house


def as_told(told: House, clock: Any) -> House:
    """Return a house that a fixture of the module has told, in the hand of one test's clock."""
    clock.now = told.clock.now
    return replace(told, clock=clock, dewi=User.objects.get(pk=told.dewi.pk))


def lived_in(clock: Any) -> House:
    """97 of 100 in small: 7 of 10 laptops seen lately, 2 long ago, 1 never; a late answer."""
    house = empty(clock)
    laptops = [house.laptop(f"NB-KEU-{number:03}") for number in range(1, 11)]
    house.at(2, 3, 9)
    for laptop in laptops[:9]:
        house.tell("inventory.observed", laptop, **SEEN)
    house.at(3, 10, 14)
    site = Subject.objects.get(pk=house.site.uuid)
    house.tell("inventory.count_signed", site, found=9, missing=1)
    house.judge()
    house.at(11, 20, 9)
    for laptop in laptops[:7]:
        house.tell("inventory.observed", laptop, **SEEN)
        house.tell("software.observed", laptop, titles=64)
    organisation = subjects.organisation()
    house.at(11, 23, 8)
    house.tell("network.scan_done", site, ranges=1, hosts=12)
    tickets = [house.thing("ticket", f"TKT-{number}") for number in (1098, 1127, 1142)]
    house.at(11, 23, 9)
    for ticket in tickets:
        house.tell("ticket.opened", ticket, channel="portal", zone="Asia/Jakarta")
    house.at(11, 23, 10)
    house.tell("ticket.human_response", tickets[0], channel="portal")
    house.tell("ticket.human_response", tickets[1], channel="portal")
    house.at(11, 24, 8)
    house.tell("ticket.human_response", tickets[2], channel="portal")
    house.tell("helpdesk.channel_published", house.thing("channel", "Email"), "open", kind="email")
    house.tell("helpdesk.canary_arrived", organisation, channel="email", seconds=3)
    house.thing("ticket", "TKT-1186")
    house.clock.now = NOW
    house.judge()
    return house
