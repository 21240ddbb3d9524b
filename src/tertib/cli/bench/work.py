"""How fast one's own queue is shown, and how fast a thousand ladders climb while others write."""

import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import batched
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tertib.cli.bench import company, pages
from tertib.cli.bench import ledger as writing
from tertib.cli.bench.company import AT_ONCE
from tertib.cli.bench.ledger import database
from tertib.cli.bench.rows import Row, must, p95
from tertib.cli.clock import Clock
from tertib.people.actions import add_person
from tertib.people.models import Site, User
from tertib.work.actions import open_task
from tertib.work.models import Counter, Event, Item, Line, Step
from tertib.work.tasks import climb

CONTROL = "inv.hw.fresh"  # whose ladder the tasks climb
OWNERS = 100  # among whom the items are spread
RAISED = 200  # one in so many is raised to who looks


def queue_100k(size: int, clock: Clock) -> list[Row]:
    """My queue as its owner waits for it: of that many open items one in a hundred is mine."""
    settings.ROOT_URLCONF = "tertib.cli.bench.pages"
    dewi, owners = _people(min(OWNERS, size // 2), clock)
    load(size, [dewi, *owners], clock)
    mine = Item.objects.of(dewi).count()
    must(mine >= size // OWNERS, "work of one's own")
    client = Client()
    client.force_login(dewi)
    shown, floor = pages.asked(client, "/tugas"), pages.asked(client, "/kosong?here=work")
    figures, floors = pages.in_turn(shown, floor, min(pages.TIMES, size))
    with CaptureQueriesContext(connection) as queries:
        shown()
    with CaptureQueriesContext(connection) as fewest:
        floor()
    told, against = f"{size} items, {mine} mine", "the frame alone"
    count, least = len(queries), len(fewest)
    return [
        Row("queue_100k", told, database(), p95(figures) * 1e3, "ms", against, p95(floors) * 1e3),
        Row("queue_100k_queries", told, database(), count, "queries", against, least),
    ]


def escalate_1k(size: int, clock: Clock) -> list[Row]:
    """That many ladders are due at once, each reminds, is overdue and climbs; four others write."""
    dewi, _ = _people(0, clock)
    due_by = clock.now + timedelta(days=2)
    for number in range(size):
        open_task(
            title=f"Task {number}",
            due_by=due_by,
            owner=dewi,
            by=dewi,
            now=clock.now,
            control=CONTROL,
        )
    clock.now = Step.objects.filter(kind="climb").order_by("at")[0].at
    steps = Step.objects.filter(at__lte=clock.now).count()
    with writing.writers() as writers:
        time.sleep(min(writing.ALONE_S, size / 100))
        began = time.monotonic()
        climbed = climb(now=clock.now)
        took = time.monotonic() - began
    alone = [wait for at, wait in writers if at < began]
    meanwhile = [wait for at, wait in writers if began <= at < began + took]
    must(climbed == (steps, 0), f"all {steps} steps taken, not {climbed}")
    raised = Event.objects.filter(act="raised").count()
    must(raised == size, f"each ladder climbed once, not {raised} of {size}")
    told = f"{size} ladders, {steps} steps"
    against, waited = "the same writers alone", p95(meanwhile) * 1e3
    return [
        Row("escalate_1k", told, database(), took, "s"),
        Row("escalate_writers", told, database(), waited, "ms", against, p95(alone) * 1e3),
    ]


def load(size: int, owners: list[User], clock: Clock) -> None:
    """Load open items, one owner after the other, as `open_task` and `open_lines` write them."""
    for some in batched(_items(size, owners, clock), AT_ONCE, strict=False):
        with transaction.atomic():
            made = Item.objects.bulk_create(some)
            Step.objects.bulk_create(
                Step(item=item, kind=Step.Kind.DUE, at=item.due_by) for item in made
            )
            Line.objects.bulk_create(
                Line(
                    item=item,
                    control=item.control or CONTROL,
                    subject=uuid4(),
                    began_at=item.began_at,
                    opened_at=item.opened_at,
                    person=item.owner if item.number % OWNERS == 0 else None,
                )
                for item in made
            )
    Counter.objects.create(prefix="TGS", last=size)
    company.settled()


def _items(size: int, owners: list[User], clock: Clock) -> Iterator[Item]:
    for number in range(1, size + 1):
        owner = owners[number % len(owners)]
        began = clock.now - timedelta(minutes=number % 20_000)
        yield Item(
            number=number,
            look=Item.Look.TASK,
            title_id=f"Tugas {number}",
            title_en=f"Task {number}",
            clause="4.1.1b",
            site=owner.site,
            role="infra",
            owner=owner,
            raised_to=owners[0] if number % RAISED == 0 else None,
            raised_role="kepala_ti" if number % RAISED == 0 else "",
            why=Item.Why.GIVEN,
            began_at=began,
            opened_at=began,
            due_by=began + timedelta(days=5),
            lines_open=1,
        )


def _people(count: int, clock: Clock) -> tuple[User, list[User]]:
    site = Site.objects.get()
    made = [
        add_person(
            full_name=f"Person {number}",
            email=f"person{number}@contoh.test",
            site=site,
            role="infra",
            by=None,
            now=clock.now,
        )
        for number in range(count)
    ]
    add_person(
        full_name="Kepala",
        email="kepala@contoh.test",
        site=site,
        role="kepala_ti",
        by=None,
        now=clock.now,
    )
    return User.objects.select_related("site").get(email="dewi@contoh.test"), made
