"""How fast facts are kept, and how fast they are judged while others write."""

import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from multiprocessing import Event
from multiprocessing.synchronize import Event as EventType
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction

from tertib.cli.bench import company, lives
from tertib.cli.bench.rows import Row, must, p95, seconds
from tertib.cli.clock import Clock
from tertib.cli.supervisor import fork
from tertib.compliance.inbox import PAIRS, Judge
from tertib.compliance.models import Stuck, Transition
from tertib.compliance.writing import PAUSE
from tertib.evidence import ledger
from tertib.evidence.models import Inbox, Subject
from tertib.evidence.vocabulary import kind

WRITERS = 4  # processes
PACE_S = 0.025  # that a writer waits after each fact: some twenty to forty a second from each
ALONE_S = 3.0  # in which they write before the judging begins: the peer
BARE = 2_000  # rows
MACHINES = 5_000
LONGEST_S = 12.0  # then what has been judged is counted
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def database() -> str:
    return DATABASES[connection.vendor]


def facts_recorded(size: int, clock: Clock) -> list[Row]:
    """A fact, its inbox row and its commit; against the bare INSERT of as much, and its commit."""
    site = Subject.objects.filter(kind="site").get()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (id varchar(40) PRIMARY KEY, body text NOT NULL)")
    rates: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(5):  # one after the other, for what else the machine does to hit both
        for ours, some in rates.items():
            work = partial(_record if ours else _insert, site, size // 5, clock)
            some.append(seconds(work) / (size // 5))
    rate, floor = (1 / sorted(some)[2] for some in (rates[True], rates[False]))
    against = "a bare INSERT, committed"
    return [Row("facts_recorded", f"{size} facts", database(), rate, "per second", against, floor)]


def _record(site: Subject, count: int, clock: Clock) -> None:
    for _ in range(count):
        ledger.record(
            kind("network.scan_done"), site, occurred_at=clock.now, body={"ranges": 1, "hosts": 12}
        )


def _insert(site: Subject, count: int, clock: Clock) -> None:
    body = json.dumps({"ranges": 1, "hosts": 12, "site": str(site.pk), "at": str(clock.now)})
    for _ in range(count):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO bare VALUES (%s, %s)", [str(uuid4()), body])


def facts_judged(size: int, clock: Clock) -> list[Row]:
    """Work off an inbox of that many facts in the engine's own batches while four others write.

    Up to MACHINES each is about an asset of its own, which is the hardest; more of them come back
    to the same assets, as after a night without a worker.
    """
    machines = lives.assets(min(size, MACHINES), "hardware", "computers")
    company.facts(lives.reports(machines, 2 * len(machines), clock))
    lives.judged(clock)
    company.facts(_fresh(machines, size, clock), inbox=True)
    waiting = Inbox.objects.filter(pk__lte=Inbox.objects.latest("pk").pk)
    turned = Transition.objects.count()
    with writers() as waits:
        time.sleep(min(ALONE_S, size / 500))
        judge, began = Judge(), time.monotonic()
        while waiting.exists() and time.monotonic() - began < LONGEST_S:
            judge.judge_some()
        ended = time.monotonic()
    done = size - waiting.count()
    must(not Stuck.objects.exists(), "that no fact got stuck")
    must(Transition.objects.count() > turned, "that something turned")
    alone = [took for at, took in waits if at < began]
    waited = [took for at, took in waits if began <= at < ended]
    rate, floor = done / (ended - began), BARE / bare(BARE)
    told = f"{done} of {size} facts, {len(machines)} assets"
    against, beside = "the same four alone", f"{WRITERS} writers, {len(waited)} facts"
    return [
        Row("facts_judged", told, database(), rate, "per second", "bare rows, alone", floor),
        Row("writers_p95", beside, database(), p95(waited) * 1e3, "ms", against, p95(alone) * 1e3),
    ]


def bare(count: int) -> float:
    """Return the seconds in which so many rows are inserted and updated, in the same portions."""
    keys = [str(uuid4()) for _ in range(count)]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bare_due (id varchar(40) PRIMARY KEY, n int)")
        cursor.execute("CREATE TABLE IF NOT EXISTS bare_turns (id varchar(40), n int)")
        cursor.executemany("INSERT INTO bare_due VALUES (%s, 0)", [(key,) for key in keys])

    def work() -> None:
        for start in range(0, count, PAIRS):
            some = [(key,) for key in keys[start : start + PAIRS]]
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.executemany("INSERT INTO bare_turns VALUES (%s, 1)", some)
                cursor.executemany("UPDATE bare_due SET n = n + 1 WHERE id = %s", some)

    return seconds(work) + PAUSE * -(-count // PAIRS)


def _fresh(machines: Sequence[UUID], size: int, clock: Clock) -> Iterator[company.Happening]:
    step = timedelta(hours=1) / size
    for n in range(size):
        machine, at = machines[n % len(machines)], clock.now - timedelta(hours=1) + step * n
        yield company.Happening("inventory.observed", machine, at, lives.SEEN)


@contextmanager
def writers() -> Iterator[list[tuple[float, float]]]:
    """Let four processes write meanwhile; at the end the list holds, for each fact, when its
    writer began with it, by the machine's clock, and how long it took.
    """
    connection.close()
    getattr(connection, "close_pool", lambda: None)()  # its threads do not survive a fork
    stop, folder = Event(), Path(settings.DATA)
    begun = [folder / f"begun-{n}" for n in range(WRITERS)]
    files = [folder / f"waits-{n}" for n in range(WRITERS)]
    pids = [fork(f"writer {n}", partial(_write, stop, begun[n], files[n])) for n in range(WRITERS)]
    while not all(file.exists() for file in begun):
        time.sleep(0.01)
    waits: list[tuple[float, float]] = []
    try:
        yield waits
    finally:
        stop.set()
        ended = [os.waitpid(pid, 0)[1] for pid in pids]
    must(ended == [0] * WRITERS, f"that every writer writes to the end, not {ended}")
    for file in files:
        waits += map(tuple, json.loads(file.read_text()))


def _write(stop: EventType, begun: Path, file: Path) -> None:
    """Record a fact now and then until told to stop."""
    site, clock = Subject.objects.filter(kind="site").get(), Clock(ledger.now())
    _record(site, 1, clock)
    begun.touch()
    waits = []
    while not stop.is_set():
        began = time.monotonic()
        _record(site, 1, clock)
        waits.append((began, time.monotonic() - began))
        time.sleep(PACE_S)
    file.write_text(json.dumps(waits))
