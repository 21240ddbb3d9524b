"""4.3: tickets, channels and what goes with them."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from tertib.cli.demo.company import COMPLAINTS, PLACES
from tertib.cli.demo.told import DAY, HOME, Brought, Told


def helpdesk(told: Told) -> Iterator[Brought]:
    source = "Helpdesk lama"
    for name, kind in (("Surel bantuan", "email"), ("Telepon 1500", "phone"), ("Portal", "portal")):
        yield told.fact(
            source,
            "helpdesk.channel_published",
            ("channel", name),
            told.first + DAY,
            "open",
            kind=kind,
        )
    for at in told.days(hour=7):
        yield told.fact(
            source,
            "helpdesk.canary_arrived",
            ("org", "org"),
            at,
            channel="email",
            seconds=told.random.randint(2, 9),
        )
    number = 800
    for day in told.days(hour=8):
        if day.astimezone(HOME).weekday() > 4:
            continue
        for _ in range(told.random.choice((0, 1, 1, 2, 3))):
            number += 1
            yield from _ticket(told, source, number, day)
    warned = told.last - 25 * DAY
    yield told.fact(
        source, "secret.detected", ("ticket", "TKT-0801"), warned, detection="d1", kind="password"
    )
    yield told.fact(
        source,
        "secret.masked",
        ("ticket", "TKT-0801"),
        warned + timedelta(seconds=20),
        detection="d1",
    )
    yield told.fact(
        source, "coaching.assigned", ("person", told.people[20]), warned, detection="d1"
    )
    yield told.fact(
        source, "coaching.read", ("person", told.people[20]), warned + DAY, detection="d1"
    )
    person = ("person", told.people[31])
    yield told.fact(source, "user.policy_violation_open", person, warned, "open")
    yield told.fact(source, "user.policy_violation_open", person, warned + 3 * DAY, "closed")


def _ticket(told: Told, source: str, number: int, day: datetime) -> Iterator[Brought]:
    about, minutes = ("ticket", f"TKT-{number:04}"), timedelta(minutes=1)
    opened = day + told.random.randint(5, 420) * minutes
    helper = told.it[told.random.choice((4, 5))]
    zone = told.random.choice(PLACES).zone
    category, _words = told.random.choice(COMPLAINTS)
    slow = number % 67 == 0  # nobody looked that afternoon
    yield told.fact(source, "ticket.opened", about, opened, channel="portal", zone=zone)
    answered = opened + told.random.randint(4, 55) * minutes
    if slow:
        answered = opened + DAY
    yield told.fact(
        source, "ticket.human_response", about, answered, actor=helper, channel="portal"
    )
    yield told.fact(
        source, "ticket.categorised", about, answered + minutes, actor=helper, category=category
    )
    if number % 9 == 0:
        limit = answered + 5 * minutes
        yield told.fact(source, "ticket.unsolved_limit_reached", about, limit, zone=zone)
        yield told.fact(
            source,
            "ticket.escalated_to_expert",
            about,
            limit + 10 * minutes,
            actor=helper,
            zone=zone,
        )
        yield told.fact(
            source, "ticket.accepted_by_expert", about, limit + 40 * minutes, actor=told.it[8]
        )
    solved = answered + told.random.randint(30, 300) * minutes
    for kind in ("ticket.cause_recorded", "ticket.solution_recorded", "ticket.resolved"):
        solved += minutes
        yield told.fact(source, kind, about, solved, actor=helper)
    yield told.fact(source, "ticket.closed", about, solved + 90 * minutes, actor=helper)
    stayed = opened < told.last - 15 * DAY or number % 12 != 0
    yield told.fact(source, "ticket.settled", about, solved + 7 * DAY, stayed_closed=stayed)
