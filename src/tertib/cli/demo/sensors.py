"""The demonstration's sensors go on while Tertib runs: each tells what it told last, as of now.

Who had fallen silent when the year ended stays silent, and what was broken stays broken: only time
passes. It goes through the same door as any other system's rows.
"""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils.dateparse import parse_datetime

from tertib.cli.demo.told import DAY, HOME
from tertib.evidence import intake, ledger, subjects
from tertib.evidence.models import Fact
from tertib.lib.errors import trouble

log = logging.getLogger(__name__)

EVERY_S = 60
INVENTED = " lama"  # how the names of the demonstration's other systems end
HOUR = timedelta(hours=1)
PROBED = timedelta(minutes=10)


@dataclass(frozen=True)
class Sensor:
    """level: of a backup, whose levels have rhythms of their own."""

    kind: str
    every: timedelta
    level: str = ""


SENSORS = (
    Sensor("net.probe.up", PROBED),
    Sensor("net.probe.loss_pct", PROBED),
    Sensor("net.bandwidth_sample", timedelta(minutes=5)),
    Sensor("service.sample", timedelta(minutes=5)),
    Sensor("network.scan_done", 12 * HOUR),
    Sensor("ids.heartbeat", 6 * HOUR),
    Sensor("helpdesk.canary_arrived", 12 * HOUR),
    Sensor("backup.run_ok", DAY, level="daily"),
    Sensor("backup.run_ok", 7 * DAY, level="weekly"),
    Sensor("backup.copy_listed", DAY),
    Sensor("system.version_seen", 6 * DAY),
    Sensor("system.owners_checked", 6 * DAY),
    Sensor("dataset.location_checked", 6 * DAY),
    Sensor("dataset.grants_checked", 6 * DAY),
    Sensor("posture.reported", 6 * DAY),
    Sensor("patch.state_reported", 6 * DAY),
)


def run() -> int:
    """Feed the demonstration until this process is ended."""
    while True:
        try:
            feed(ledger.now())
        except Exception as error:  # a demonstration with silent sensors is better than none
            if trouble(error):
                raise
            log.exception("demo_sensors_failed")
        connection.close()
        time.sleep(EVERY_S)


def feed(now: datetime) -> int:
    """Let each sensor tell again whose time has come. Return how many facts were kept."""
    kept = 0
    told = [row for sensor in SENSORS for row in _due(sensor, now)]
    for source, rows in groupby(sorted(told, key=lambda one: one[0]), key=lambda one: one[0]):
        report = intake.take([row for _source, row in rows], source=source)
        if report.refused:
            raise AssertionError(f"{source}: {report.refused}")
        kept += report.kept
    return kept


def _due(sensor: Sensor, now: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    facts = Fact.objects.filter(kind=sensor.kind, source__endswith=INVENTED)
    if sensor.level:
        facts = facts.filter(body__level=sensor.level)
    newest = list(facts.values("subject").annotate(at=Max("occurred_at")))
    last = max((row["at"] for row in newest), default=now)
    speaking = [row["subject"] for row in newest if row["at"] > last - 2 * sensor.every]
    due = {
        row["subject"]: row["at"]
        for row in newest
        if row["subject"] in speaking and _has_come(row["at"], sensor, now)
    }
    if not due:
        return
    names = subjects.known(list(due))
    told = facts.filter(subject__in=list(due), occurred_at__in=set(due.values()))
    for fact in told.order_by("pk"):
        if due.get(fact.subject_id) == fact.occurred_at:
            del due[fact.subject_id]  # twice at one instant: once is enough
            known = names[fact.subject_id]
            yield fact.source, _again(fact, (known.kind, known.alias), sensor, now)


def _has_come(last: datetime, sensor: Sensor, now: datetime) -> bool:
    """Whether the sensor's next turn is over: a probe tells of the time since its last one."""
    wait = 2 * sensor.every if sensor.every == PROBED else sensor.every
    return last + wait <= now


def _again(fact: Fact, about: tuple[str, str], sensor: Sensor, now: datetime) -> dict[str, Any]:
    """Return the same fact as a row of now: every instant and day in it moves along."""
    at = now
    if sensor.every == PROBED:  # it holds until the next: without a gap, unless Tertib was off
        at = max(fact.occurred_at + PROBED, now - PROBED)
    by = at - fact.occurred_at
    days = at.astimezone(HOME).date() - fact.occurred_at.astimezone(HOME).date()
    row = {
        "fact": fact.kind,
        "subject": {"kind": about[0], "key": about[1]},
        "at": at.isoformat(),
        "id": f"{fact.kind}:{sensor.level}:{fact.subject_id.hex}:{int(at.timestamp())}",
        "body": {name: _moved(told, by, days) for name, told in (fact.body or {}).items()},
    }
    row |= {"outcome": fact.outcome} if fact.outcome != "ok" else {}
    return row | ({"actor": str(fact.actor)} if fact.actor else {})


def _moved(told: Any, by: timedelta, days: timedelta) -> Any:
    if not isinstance(told, str):
        return told
    if len(told) == 10 and told[4:5] == "-":
        return (date.fromisoformat(told) + days).isoformat()
    instant = parse_datetime(told) if told[4:5] == "-" else None
    return (instant + by).isoformat() if instant else told
