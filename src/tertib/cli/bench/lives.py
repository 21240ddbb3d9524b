"""What a company of a given size went through: the data that benchmarks run on."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from tertib.cli.bench import company
from tertib.cli.bench.company import Happening
from tertib.cli.clock import Clock
from tertib.compliance import actions
from tertib.sop import versions

SEEN: dict[str, object] = {"source_kind": "agent", "os_supported": True}


def assets(count: int, *populations: str, first: int = 0) -> list[UUID]:
    """Add laptops that have been members since the SOP is in force. first: its number."""
    began, numbers = beginning(), range(first, first + count)
    made = company.subjects("asset", (f"NB-{n:06}" for n in numbers), now=began)
    for population in populations:
        company.members(population, made, began_at=began)
    return made


def beginning() -> datetime:
    return versions.law()[0].since


def reports(machines: list[UUID], count: int, clock: Clock) -> Iterator[Happening]:
    """Yield so many reports of machines, in order, evenly spread from the beginning until now."""
    began = beginning()
    step = (clock.now - began) / (count + 1)
    for n in range(count):
        machine, at = machines[n % len(machines)], began + step * (n + 1)
        if n // len(machines) % 2:
            yield Happening("software.observed", machine, at, {"titles": 60 + n % 9})
        else:
            yield Happening("inventory.observed", machine, at, SEEN)


def tickets(count: int, clock: Clock) -> Iterator[Happening]:
    """Yield tickets that were opened and answered: two facts each, the last one in the beginning
    of the last day.
    """
    began = beginning()
    step = (clock.now - timedelta(days=1) - began) / (count + 1)
    made = company.subjects("ticket", (f"TKT-{n:06}" for n in range(count)), now=began)
    for n, ticket in enumerate(made):
        at = began + step * (n + 1)
        body: dict[str, object] = {"channel": "portal", "zone": "Asia/Jakarta"}
        yield Happening("ticket.opened", ticket, at, body)
        answered = at + timedelta(minutes=5 + n % 240)
        yield Happening("ticket.human_response", ticket, answered, {"channel": "portal"})


def lived_in(machines: int, facts: int, clock: Clock) -> list[UUID]:
    """Load so many machines and facts, a tenth of them about tickets, and have all judged."""
    made = assets(machines, "hardware", "computers")
    company.facts(reports(made, facts * 9 // 10, clock))
    company.facts(islice(tickets(facts // 20, clock), facts // 10))
    judged(clock)
    return made


def daily(machines: list[UUID], days: int, clock: Clock) -> Iterator[Happening]:
    """Yield a report a day of each for so many days, and of one in twenty none."""
    for day in range(days, 0, -1):
        for n, machine in enumerate(machines):
            if n % 20:
                at = clock.now - timedelta(days=day) + timedelta(seconds=n)
                yield Happening("inventory.observed", machine, at, SEEN)


def judged(clock: Clock) -> None:
    """Judge everything, and measure until nothing is left to measure."""
    actions.tick(clock.now)
    actions.tick(clock.move(minutes=1))
    company.settled()
