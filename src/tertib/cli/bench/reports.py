"""Reports of machines through the endpoint of a whole `up`, worker included."""

import json
import os
import sys
import threading
import time
import zlib
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import cache
from http.client import HTTPConnection
from itertools import batched
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from django.conf import settings
from django.db import connection
from django.test import Client

from tertib.agents.actions import enrol
from tertib.cli.bench.house import house
from tertib.cli.bench.ledger import database
from tertib.cli.bench.rows import Row, must, timed
from tertib.cli.clock import Clock
from tertib.cli.postgresql import free_port
from tertib.evidence.models import Subject
from tertib.people.models import Site

SAMPLE = Path(__file__).resolve().parents[2] / "agents/tests/samples/glpi-agent-inventory-full.json"
PACKED = "application/x-compress-zlib"
AGENTS = 8  # that wait for their answer at the same time
FLOOR = 4  # for each so many machines one reports in this process
OF_ITS_OWN = 10  # titles that no other machine has in that version
AGAIN = timedelta(hours=2)  # after which a machine reports the same


def reports_first(size: int, clock: Clock) -> list[Row]:
    """Machines that nobody knew, each with a thousand titles, ten in versions of its own."""
    return [_reports("reports_first", size, clock, known=False)]


def reports_unchanged(size: int, clock: Clock) -> list[Row]:
    """The same machines two hours later, saying the same."""
    return [_reports("reports_unchanged", size, clock, known=True)]


def _reports(name: str, size: int, clock: Clock, *, known: bool) -> Row:
    path = enrol(Site.objects.get(), clock.now)
    alone = max(size // FLOOR, 1)
    if known:
        now, clock.now = clock.now, clock.now - AGAIN
        _in_this_process(path, [_report(n) for n in range(size + alone)])
        clock.now = now
    floor = alone / _in_this_process(path, [_report(n) for n in range(alone)])
    bodies = [_report(n) for n in range(alone, alone + size)]
    connection.close()
    port, log = free_port(), Path(settings.DATA) / "up.txt"
    with house([sys.executable, "-m", "tertib.cli"], port, log, os.environ, first="/health"):
        rate = size / _through_the_door(port, path, bodies)
    machines = Subject.objects.filter(kind="asset").count()
    must(machines == size + alone, f"{size + alone} machines, not {machines}")
    against = "in one process, no server"
    return Row(name, f"{size} machines", database(), rate, "per second", against, floor)


@cache
def _sample() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(SAMPLE.read_bytes())
    return told


def _report(number: int) -> bytes:
    """Return the real report of a workstation, as if from another one."""
    told, content = _sample(), _sample()["content"]
    other = {
        "hardware": {"name": f"ws-{number}", "uuid": str(uuid5(NAMESPACE_DNS, f"ws-{number}"))},
        "bios": {"ssn": f"SN{number:08}"},
    }
    mine = {part: {**content[part], **new} for part, new in other.items()}
    mac = ":".join(f"{number:012x}"[place : place + 2] for place in range(0, 12, 2))
    networks = [{"description": "eth0", "mac": f"0a{mac[2:]}", "virtualdev": False}]
    titles = content["softwares"]
    step = len(titles) // OF_ITS_OWN
    softwares = [
        title if n % step else {**title, "version": f"{title.get('version', '')}+{number}"}
        for n, title in enumerate(titles)
    ]
    body = {
        **told,
        "deviceid": f"ws-{number}-2026-01-05-09-00-00",
        "content": {**content, **mine, "networks": networks, "softwares": softwares},
    }
    return zlib.compress(json.dumps(body).encode())


def _in_this_process(path: str, bodies: Sequence[bytes]) -> float:
    client = Client()

    def send() -> set[int]:
        return {client.post(path, body, content_type=PACKED).status_code for body in bodies}

    took, statuses = timed(send)
    must(statuses == {200}, f"that all are taken, not {statuses}")
    return took


def _through_the_door(port: int, path: str, bodies: Sequence[bytes]) -> float:
    """Return the seconds until the last of them is answered; some agents report at once."""
    statuses: set[int] = set()

    def agent(mine: Iterable[bytes]) -> None:
        line = HTTPConnection("127.0.0.1", port, timeout=120)
        for body in mine:
            line.request("POST", path, body, {"Content-Type": PACKED})
            answer = line.getresponse()
            answer.read()
            statuses.add(answer.status)
        line.close()

    shares = batched(bodies, -(-len(bodies) // AGENTS))
    agents = [threading.Thread(target=agent, args=[share]) for share in shares]
    began = time.monotonic()
    for one in agents:
        one.start()
    for one in agents:
        one.join()
    took = time.monotonic() - began
    must(statuses == {200}, f"that all are taken, not {statuses}")
    return took
