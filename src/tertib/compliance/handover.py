"""What lapses becomes somebody's work: lines are opened and closed as the standings change.

Whoever writes a standing owes its control here, in the same transaction; `hand_over` settles it by
comparing the standings with the open lines. So a kill in between loses nothing, and twice is once.
"""

import logging
import time
from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import batched
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Subquery

from tertib.compliance import loading
from tertib.compliance.kinds import sequence
from tertib.compliance.kinds.version import law_of
from tertib.compliance.models import Owed, Standing, Total
from tertib.compliance.routes import routes
from tertib.evidence.models import Fact
from tertib.lib.errors import trouble
from tertib.sop import versions
from tertib.sop.format import Control, Deadline, OfItems, Sequence
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
    moved = 0
    for control, turn in Owed.objects.order_by("control").values_list("control", "turn"):
        try:
            moved += _settle(control, now)
        except Exception as error:  # one control is no reason to leave the others (decision 44)
            if trouble(error):
                raise
            log.exception("work_not_handed_over", extra={"control": control})
            continue
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
    if judged is None or not _ever(control, now):
        return moved
    for lapses in batched(_lapsed(judged, now), AT_ONCE):
        moved += open_lines(control, lapses, now=now)
        time.sleep(PAUSE)
    return moved


def _ever(control: str, now: datetime) -> bool:
    """Whether it ever had evidence: without any, it is a step of the set-up and no work."""
    return Total.objects.filter(control=control, first_at__lte=now).exists()


def _lapsed(judged: Control, now: datetime) -> list[Lapse]:
    """Return what should have an open line and has none."""
    same = {"control": judged.id, "subject": OuterRef("subject"), "trigger": OuterRef("item")}
    lines = Line.objects.filter(**same)
    known = lines.filter(Q(closed_at=None) | Q(because__in=SETTLED, trigger__gt=0))
    rows = list(
        Standing.objects.filter(~Exists(known), control=judged.id, state__in=BAD)
        .order_by("since", "subject", "item")
        .values_list("subject", "item", "since", "deciding")
    )
    done = _done_late(judged, [(subject, item) for subject, item, _, _ in rows], now)
    first = {deciding[0] for _, _, _, deciding in rows if deciding}
    recorded = dict(Fact.objects.filter(pk__in=first).values_list("pk", "recorded_at"))
    return [
        Lapse(subject, item, since, recorded.get(deciding[0]) if deciding else None)
        for subject, item, since, deciding in rows
        if (subject, item) not in done
    ]


def _mended(control: str, judged: Control | None, now: datetime) -> Iterator[Mended]:
    """Yield the open lines that should be closed, and why."""
    stands = Standing.objects.filter(
        control=control, subject=OuterRef("subject"), item=OuterRef("trigger")
    )
    lines = Line.objects.filter(control=control, closed_at=None)
    rows = lines.annotate(state=Subquery(stands.values("state")[:1]))
    if judged is not None and not isinstance(judged, OfItems):
        rows = rows.exclude(state__in=BAD)
    told = list(rows.values_list("pk", "subject", "trigger", "state"))
    bad = [(subject, item) for _, subject, item, state in told if state in BAD and item]
    done = _done_late(judged, bad, now)
    for pk, subject, item, state in told:
        if judged is None or not state:
            yield Mended(pk, Line.End.GONE)
        elif state == "waived":
            yield Mended(pk, Line.End.WAIVED)
        elif (subject, item) in done:
            yield Mended(pk, Line.End.LATE)
        elif state not in BAD:
            yield Mended(pk, Line.End.GONE if state == "pending" else Line.End.EVIDENCE)


def _done_late(
    judged: Control | None, items: Collection[tuple[UUID, int]], now: datetime
) -> set[tuple[UUID, int]]:
    """Return the lapsed items whose missing act was done late: work no more, lapsed still."""
    if not items:
        return set()
    if isinstance(judged, Deadline):
        rows = Standing.objects.filter(control=judged.id, item__in=[item for _, item in items])
        return {
            (subject, item)
            for subject, item, deciding in rows.values_list("subject", "item", "deciding")
            if deciding and deciding[0] != item
        }
    if not isinstance(judged, Sequence):
        return set()
    law = versions.law()
    version, ways = law_of(law).at(now), routes(law)
    needs = {(judged.id, subject): loading.ALL for subject, _ in items}
    slices = loading.slices(needs, loading.around(needs, ways), law=law, routes=ways)
    return {
        (subject, event)
        for (_, subject), sliced in slices.items()
        for event in (sequence.made_up(judged, version, sliced) if version else ())
    }


def owe(controls: Collection[str], turn: int) -> None:
    """Note, in the transaction that writes standings, that their work is to be looked at."""
    Owed.objects.bulk_create(
        [Owed(control=control, turn=turn) for control in sorted(controls)],
        update_conflicts=True,
        unique_fields=["control"],
        update_fields=["turn"],
    )
