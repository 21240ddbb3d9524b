"""How fast facts are kept, and how fast they are judged while others write."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction

from tertib.cli.bench import company, lives
from tertib.cli.bench.company import Clock
from tertib.cli.bench.rows import Row, p95, seconds
from tertib.compliance import writing
from tertib.compliance.inbox import Judge
from tertib.evidence import ledger
from tertib.evidence.models import Subject
from tertib.evidence.vocabulary import kind

WRITERS = 4
PACE_S = 0.025  # between two facts of a writer: forty a second each, for as long as it takes
ALONE_S = 3.0
LONGEST_S = 12.0
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
    """Work off an inbox of that many facts in the engine's own batches while four others write."""
    machines = lives.assets(min(size // 8 or 1, 5_000), "hardware", "computers")
    company.facts(lives.reports(machines, 2 * len(machines), clock))
    lives.judged(clock)
    alone = _while_writing(lambda until: time.sleep(max(until - time.monotonic(), 0)), ALONE_S)[1]
    company.facts(_fresh(machines, size, clock), inbox=True)
    began, done = time.monotonic(), 0
    judge = Judge()

    def work(until: float) -> float:
        nonlocal began, done
        began = time.monotonic()
        while done < size and time.monotonic() < until:
            done += judge.judge_some()
            time.sleep(writing.PAUSE)
        return time.monotonic() - began

    took, waited = _while_writing(work, LONGEST_S)
    told = f"{size} waiting, {len(machines)} assets"
    against, writers = "the same four alone", f"{WRITERS} writers, {len(waited)} facts"
    return [
        Row("facts_judged", told, database(), done / (took or 1), "per second"),
        Row("writers_p95", writers, database(), p95(waited) * 1e3, "ms", against, p95(alone) * 1e3),
    ]


def _fresh(machines: Sequence[Any], size: int, clock: Clock) -> Iterator[company.Happening]:
    step = timedelta(hours=1) / size
    for n in range(size):
        machine, at = machines[n % len(machines)], clock.now - timedelta(hours=1) + step * n
        yield company.Happening("inventory.observed", machine, at, lives.SEEN)


def _while_writing[T](work: Callable[[float], T], for_s: float) -> tuple[T, list[float]]:
    """Work while four processes write; return what it returned and how long each fact took."""
    stop = Path(settings.DATA) / f"stop-{uuid4().hex}"
    command = [sys.executable, "-m", "tertib.cli.bench.child", "writer", "0"]
    env = {"TERTIB_BENCH_STOP": str(stop)}
    writers = [
        subprocess.Popen(  # noqa: S603 ourselves
            command, env={**os.environ, **env}, stdout=subprocess.PIPE, text=True
        )
        for _ in range(WRITERS)
    ]
    for writer in writers:
        assert writer.stdout  # noqa: S101 a pipe, as asked for
        writer.stdout.readline()  # it has begun
    try:
        result = work(time.monotonic() + for_s)
    finally:
        stop.touch()
    waits: list[float] = []
    for writer in writers:
        out, _ = writer.communicate(timeout=60)
        waits += json.loads(out.splitlines()[-1])
    return result, waits


def writer(size: int, clock: Clock) -> list[float]:
    """Record a fact now and then until told to stop; return how long each took."""
    import os

    stop = Path(os.environ["TERTIB_BENCH_STOP"])
    site = Subject.objects.filter(kind="site").get()
    _record(site, 1, clock)
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    waits = []
    while not stop.exists():
        waits.append(seconds(lambda: _record(site, 1, clock)))
        time.sleep(PACE_S)
    return waits
