"""The engine measures itself: how much is measured at all, and which waivers ran out unresolved.

Both follow from the history as it is known when they are recorded, so a tick that comes hours late
catches up with the facts that the ticks before it would have recorded, dated as they would have.
"""

import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import batched
from math import floor
from uuid import UUID, uuid5

from django.utils.dateparse import parse_datetime

from tertib.compliance import episodes, kinds, tally, writing
from tertib.compliance.evidence import MEASURED_SHARE, SELF, WAIVER_EXPIRED
from tertib.compliance.models import Transition
from tertib.compliance.routes import Law, Routes
from tertib.compliance.tally import Numbers
from tertib.compliance.told import Told as Heard
from tertib.evidence import ledger, reading, subjects
from tertib.evidence.ledger import Told
from tertib.evidence.models import Fact, Subject, Waiver
from tertib.sop.format import Control, OfSubjects, Rollup, Sop
from tertib.sop.models import Version

RUN = timedelta(minutes=10)  # a run of equal values is one fact, at most so long (vocabulary)
DIGITS = 10**6  # a share is cut, never rounded up
AT_ONCE = 100
AT_MOST = 2_000  # facts per tick, two weeks of runs: a longer absence is caught up in some ticks
BAD = ("lapsed", "no_data")


# --- How much is measured ------------------------------------------------------------------------


def measure(law: Law, routes: Routes, now: datetime) -> int:
    """Record the runs of `sop.measured_share` that have ended by now; return how many."""
    begin = _measured_until() or _approved_at()
    if begin is None or begin >= now:
        return 0
    organisation, done = subjects.organisation(), 0
    for some in batched(runs(begin, now, law, routes), AT_ONCE):
        tellings = [
            Told(
                kind=MEASURED_SHARE,
                subject=organisation,
                occurred_at=start,
                body={"value": value, "until": end.isoformat()},
                source_id=f"measured:{start.isoformat()}",
            )
            for start, end, value in some
        ]
        ledger.record_many(tellings)  # told before by another tick: kept once
        done += len(some)
        if done >= AT_MOST:
            break
        time.sleep(writing.PAUSE)
    return done


def runs(
    begin: datetime, now: datetime, law: Law, routes: Routes
) -> Iterator[tuple[datetime, datetime, float]]:
    """Yield the runs of equal values from begin on that have ended by now: (from, until, value)."""
    start, value = begin, None
    for at, share in [*_shares(begin, now, law, routes), (now, None)]:
        if value is not None and share != value:
            while start + RUN <= at:
                yield start, start + RUN, value
                start += RUN
            if share is not None and start < at:
                yield start, at, value
            start = at
        value = share


def _shares(
    begin: datetime, now: datetime, law: Law, routes: Routes
) -> Iterator[tuple[datetime, float]]:
    """Yield the measured share at `begin` and wherever it may have changed, until now."""
    totals = tally.now()
    told = Heard.of(totals, routes)
    counts = tally.at(totals, begin)
    moved = tally.moved_after(totals.keys(), begin, tally.day_end(now))
    stops = {begin, *(one.since for one in law), *told.heard_at.values()}
    pairs: dict[str, tuple[int, int]] = {}
    i = 0
    for at in sorted({*stops, *(one.at for one in moved)}):
        if not begin <= at <= now:
            continue
        touched = set[str]()
        while i < len(moved) and moved[i].at <= at:
            for column, by in moved[i].by:
                counts[moved[i].control][column] += by
            touched |= {moved[i].control} | routes.by_alive.get(moved[i].control, frozenset())
            i += 1
        sop = next((one.sop for one in reversed(law) if one.since <= at), None)
        if sop is None:
            continue
        if at in stops:
            pairs = {}
        for control in measured(sop):
            if at in stops or control.id in touched:
                pairs[control.id] = _pairs(control, at, counts, law, told)
        asked = sum(asked for _, asked in pairs.values())
        done = sum(done for done, _ in pairs.values())
        yield at, floor(Fraction(done, asked) * DIGITS) / DIGITS if asked else 0.0


def measured(sop: Sop) -> list[Control]:
    """Return the active controls of counted clauses, those that measure the engine left out."""
    return [
        control
        for clause in sop.clauses
        if clause.counted
        for control in clause.active
        if not isinstance(control, Rollup) and not measures_itself(control)
    ]


def measures_itself(control: Control) -> bool:
    return not SELF.isdisjoint(kinds.reads(control))


def _pairs(
    control: Control, at: datetime, counts: Mapping[str, Numbers], law: Law, told: Heard
) -> tuple[int, int]:
    """Return (measured, asked): of subjects one each, of items and the company one in all."""
    if isinstance(control, OfSubjects):
        numbers = counts.get(control.id) or {}
        asked = sum(count for name, count in numbers.items() if name != "pending")
        return asked - numbers.get("no_data", 0), asked
    return int(episodes.state_at(control.id, at, counts, law=law, told=told) != "no_data"), 1


def _measured_until() -> datetime | None:
    last = (
        Fact.objects.filter(kind=MEASURED_SHARE.name, subject=subjects.ORGANISATION)
        .order_by("-occurred_at")
        .values_list("body", flat=True)
        .first()
    )
    return parse_datetime(last["until"]) if last else None


def _approved_at() -> datetime | None:
    """Return since when an approved version judges. None: none does yet."""
    approved = Version.objects.filter(approved_at__isnull=False)
    began = [
        max(version.approved_at, version.since)
        for version in approved
        if version.approved_at and version.since
    ]
    return min(began, default=None)


# --- Waivers that ran out ------------------------------------------------------------------------


def expire(ticked_at: datetime | None, now: datetime, routes: Routes) -> int:
    """Record which waivers ran out with their matter unresolved, and which are resolved by now."""
    waivers = Waiver.objects.filter(ended_at__lte=now)
    ours = Subject.objects.filter(kind="waiver", owner=ledger.OURS).values_list("pk", flat=True)
    looked_at = set(ours)
    done = 0
    for waiver in waivers.order_by("ended_at", "seq"):
        uuid = uuid5(subjects.ORGANISATION, f"waiver:{waiver.seq}")
        fresh = ticked_at is None or waiver.ended_at > ticked_at
        if waiver.control not in routes.versions or not (fresh or uuid in looked_at):
            continue
        if measures_itself(routes.versions[waiver.control][-1]):
            continue
        done += _expire(waiver, uuid)
    return done


def _expire(waiver: Waiver, uuid: UUID) -> int:
    last = Fact.objects.filter(kind=WAIVER_EXPIRED.name, subject=uuid).order_by("-occurred_at")
    told = last.values_list("outcome", flat=True).first()
    if told == "closed":
        return 0
    unresolved, resolved_at = unresolved_at_end(waiver)
    done = 0
    if told is None and unresolved:
        label = f"{waiver.control} #{waiver.seq}"
        subject = subjects.introduce("waiver", label=label, now=ledger.now(), uuid=uuid)
        _tell(subject, waiver.ended_at, "open")
        told, done = "open", 1
    if told == "open" and resolved_at is not None:
        _tell(Subject.objects.get(pk=uuid), resolved_at, "closed")
        done += 1
    return done


def _tell(subject: Subject, at: datetime, outcome: str) -> None:
    ledger.record(
        WAIVER_EXPIRED,
        subject,
        occurred_at=at,
        outcome=outcome,
        source_id=f"waiver:{subject.pk}:{outcome}",
    )


def unresolved_at_end(waiver: Waiver) -> tuple[bool, datetime | None]:
    """Return whether anything it waived was lapsed or silent when it ended, and when, after that,
    nothing was any more (None: not yet).
    """
    rows = Transition.objects.filter(control=waiver.control)
    if waiver.subject_id:
        rows = rows.filter(subject=reading.survivors().get(waiver.subject_id, waiver.subject_id))
    bad, unresolved = set[tuple[UUID, int]](), False
    ended = False
    for at, subject, item, state in rows.order_by("at", "pk").values_list(
        "at", "subject", "item", "state"
    ):
        if at > waiver.ended_at and not ended:
            ended, unresolved = True, bool(bad)
            if not unresolved:
                return False, None
        if state in BAD:
            bad.add((subject, item))
        else:
            bad.discard((subject, item))
        if ended and not bad:
            return True, at
    return (unresolved if ended else bool(bad)), None
