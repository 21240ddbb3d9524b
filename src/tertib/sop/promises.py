"""What the SOP promises: its numbers and its calendar, for any room that has to keep them.

The version in force when a promise begins decides; a later one leaves it alone (semantics 1).
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tertib.lib import limits
from tertib.lib.limits import Duration
from tertib.sop import versions
from tertib.sop.format import Clock, Control, Deadline, Freshness, Lapse, Sop

PLAIN = "kritis"  # the ladder whose hours are plain hours (decision 43)


@dataclass(frozen=True)
class Rung:
    climb_by: datetime
    to: str  # a role of the SOP


def due(control: str, *, start: datetime, zone: str) -> datetime:
    """Return the last instant that still keeps the promise begun at `start` on a site in `zone`.

    Raise KeyError if the SOP in force then has no such control, ValueError if it is no deadline.
    """
    sop = versions.current(start)
    promised = sop.controls[control]
    if not isinstance(promised, Deadline):
        raise ValueError(f"{control} is a {promised.kind} and promises no time")
    return limits.due(
        start,
        promised.within,
        clock=promised.clock,
        zone=ZoneInfo(sop.timezone),
        site_zone=ZoneInfo(zone),
        calendar=sop.calendar,
    )


def lasts_until(control: str, since: datetime) -> datetime | None:
    """Return until when evidence from then keeps a freshness control. None: it is no such one."""
    sop = versions.current(since)
    promised = sop.controls.get(control)
    if not isinstance(promised, Freshness):
        return None
    return limits.limit(since, promised.within, zone=ZoneInfo(sop.timezone), calendar=sop.calendar)


def work_due(control: str, *, start: datetime, zone: str) -> datetime:
    """Return when the work that a lapse at `start` opens has to be done."""
    sop = versions.current(start)
    return _after(sop, _lapse(sop.controls[control]).due, start, zone, clock="business")


def ladder(control: str, *, start: datetime, zone: str) -> list[Rung]:
    """Return who gets what lapsed at `start`, and when: the lapse's own role first, at once.

    Nights and weekends delay escalation (semantics 7), so hours are working hours of the site;
    on the ladder `kritis` they are plain hours.
    """
    sop = versions.current(start)
    lapse = _lapse(sop.controls[control])
    clock: Clock = "always" if lapse.escalation == PLAIN else "business"
    climb = [
        Rung(_after(sop, rung.after, start, zone, clock=clock), rung.to)
        for rung in sop.escalation[lapse.escalation]
    ]
    return [Rung(start, lapse.to), *climb]


def works_on(day: date, now: datetime) -> bool:
    """Say whether the company works on that day, by the SOP in force now."""
    return bool(versions.current(now).calendar.windows(day)) if versions.law() else True


def _after(sop: Sop, wait: Duration, start: datetime, zone: str, *, clock: Clock) -> datetime:
    return limits.due(
        start,
        wait,
        clock=clock,
        zone=ZoneInfo(sop.timezone),
        site_zone=ZoneInfo(zone),
        calendar=sop.calendar,
    )


def _lapse(control: Control) -> Lapse:
    if control.lapse is None:
        raise ValueError(f"{control.id} opens no work")
    return control.lapse
