"""What lapses becomes somebody's work: lines are opened and closed as the standings change.

Whoever writes a standing owes its control here, in the same transaction; `hand_over` settles it by
comparing the standings with the open lines. So a kill in between loses nothing, and twice is once.
"""

import logging
import time
from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import batched

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from tertib.compliance import late
from tertib.compliance.changes import Row
from tertib.compliance.judging import STAND, as_stand
from tertib.compliance.models import Owed, Standing, Total
from tertib.evidence.models import Fact
from tertib.lib.errors import trouble
from tertib.sop import versions
from tertib.sop.format import Control, OfItems
from tertib.work.actions import Lapse, Mended, close_lines, open_lines
from tertib.work.models import Line

log = logging.getLogger(__name__)

BAD = ("lapsed", "no_data")
PAUSE = 0.010  # seconds after each transaction, in which people write
AT_ONCE = 100  # lines in one transaction
# An item line that ended by somebody's act stays closed: its verdict stands until the window has
# passed, whatever was done since (semantics 7).
SETTLED = (Line.End.LATE, Line.End.CORRECTED)


def hand_over(now: datetime) -> int:
    """Settle what is owed; return how many lines were opened or closed."""
    owed = list(Owed.objects.order_by("control").values_list("control", "turn"))
    with versions.remembered():
        return sum(_paid(control, turn, now) for control, turn in owed)


def _paid(control: str, turn: int, now: datetime) -> int:
    try:
        moved = _settle(control, now)
    except Exception as error:  # one control is no reason to leave the others (decision 44)
        if trouble(error):
            raise
        log.exception("work_not_handed_over", extra={"control": control})
        return 0
    Owed.objects.filter(control=control, turn=turn).delete()  # else: it has changed meanwhile
    return moved


def _settle(control: str, now: datetime) -> int:
    judged = versions.current(now).controls.get(control) if versions.law() else None
    if judged is not None and (not judged.active or judged.lapse is None):
        judged = None
    moved = 0
    for mended in batched(list(_mended(control, judged, now)), AT_ONCE):
        moved += close_lines(control, mended, now=now)
        time.sleep(PAUSE)
    first_at = _first_at(control, now)
    if judged is None or first_at is None:
        return moved
    for lapses in batched(_lapsed(judged, first_at, now), AT_ONCE):
        moved += open_lines(control, lapses, now=now)
        time.sleep(PAUSE)
    return moved


def _first_at(control: str, now: datetime) -> datetime | None:
    """Return when it first had evidence. None: never, so it is a step of the set-up and no work."""
    known = Total.objects.filter(control=control, first_at__lte=now)
    return known.values_list("first_at", flat=True).first()


def _lapsed(judged: Control, first_at: datetime, now: datetime) -> list[Lapse]:
    """Return what should have an open line and has none."""
    same = {"control": judged.id, "subject": OuterRef("subject"), "trigger": OuterRef("item")}
    lines = Line.objects.filter(**same)
    known = lines.filter(Q(closed_at=None) | Q(because__in=SETTLED, trigger__gt=0))
    rows = _rows(Standing.objects.filter(~Exists(known), control=judged.id, state__in=BAD))
    done = late.done({judged.id: rows}, [judged], versions.law(), now)
    first = {row.stand.deciding[0] for row in rows if row.stand.deciding}
    recorded = dict(Fact.objects.filter(pk__in=first).values_list("pk", "recorded_at"))
    return [
        Lapse(
            row.subject,
            row.stand.item,
            row.stand.since,
            recorded.get(row.stand.deciding[0]) if row.stand.deciding else first_at,
        )
        for row in rows
        if row.stand.item not in done
    ]


def _mended(control: str, judged: Control | None, now: datetime) -> Iterator[Mended]:
    """Yield the open lines that should be closed, and why."""
    stands = Standing.objects.filter(
        control=control, subject=OuterRef("subject"), item=OuterRef("trigger")
    )
    lines = Line.objects.filter(control=control, closed_at=None)
    found = lines.annotate(state=Subquery(stands.values("state")[:1]))
    if judged and not isinstance(judged, OfItems):  # of a subject only its state closes it
        found = found.filter(Q(state=None) | ~Q(state__in=BAD))
    told = list(found.values_list("pk", "trigger", "state"))
    bad = [item for _, item, state in told if state in BAD and item]
    done = frozenset[int]()
    if judged and bad:
        rows = _rows(Standing.objects.filter(control=control, item__in=bad))
        done = late.done({control: rows}, [judged], versions.law(), now)
    for pk, item, state in told:
        if judged is None or not state:
            yield Mended(pk, Line.End.GONE)
        elif state == "waived":
            yield Mended(pk, Line.End.WAIVED)
        elif item in done:
            yield Mended(pk, Line.End.LATE)
        elif state not in BAD:
            yield Mended(pk, Line.End.GONE if state == "pending" else Line.End.EVIDENCE)


def _rows(standings: QuerySet[Standing]) -> list[Row]:
    ordered = standings.order_by("since", "subject", "item").values_list(*STAND)
    return [Row(subject, as_stand(rest)) for _, _, subject, *rest in ordered]


def owe(controls: Collection[str], turn: int) -> None:
    """Note, in the transaction that writes standings, that their work is to be looked at."""
    Owed.objects.bulk_create(
        [Owed(control=control, turn=turn) for control in sorted(controls)],
        update_conflicts=True,
        unique_fields=["control"],
        update_fields=["turn"],
    )
