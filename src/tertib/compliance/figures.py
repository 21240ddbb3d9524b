"""The figures shown beside a control: its sums, and when the next of its standings may change."""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Min, Q, QuerySet, Sum

from tertib.compliance.models import Standing
from tertib.compliance.overdue import Overdue

type Share = tuple[int, int]


class Figure(NamedTuple):
    """share: (done, asked). None: the control has no such sums, or nothing is to come."""

    share: Share | None = None
    next_at: datetime | None = None


def stored(due: Overdue, controls: Iterable[str]) -> QuerySet[Standing]:
    """Return all stored standings but those of these controls that have just been judged."""
    rows = Standing.objects.exclude(state="")
    pairs = ((control, due.subjects(control)) for control in controls)
    judged = [Q(control=control, subject__in=of) for control, of in pairs if of]
    return rows.exclude(reduce(or_, judged)) if judged else rows


def of(
    rows: QuerySet[Standing], due: Overdue, controls: Collection[str], at: datetime
) -> dict[str, Figure]:
    """Return the figures of these controls, in one query of their stored rows."""
    found = dict.fromkeys(controls, Figure())
    sums = rows.values_list("control").annotate(
        done=Sum("numerator"),
        asked=Sum("denominator"),
        coming=Min("next_at", filter=Q(next_at__gt=at)),
    )
    for control, done, asked, next_at in sums:
        found[control] = Figure(None if asked is None else (done, asked), next_at)
    for control in controls:
        for stand in due.stands(control).values():
            share, next_at = found[control]
            if stand.denominator is not None:
                done, asked = share or (0, 0)
                share = done + (stand.numerator or 0), asked + stand.denominator
            coming = [one for one in (next_at, stand.next_at) if one is not None]
            found[control] = Figure(share, min(coming, default=None))
    return found


def beside(due: Overdue, controls: Collection[str], at: datetime) -> dict[str, Figure]:
    """Return the figures of these controls, and the sums of all others as of when each was judged
    last: in one query, too.
    """
    with_sums = Q(denominator__isnull=False) | Q(control__in=controls)
    return of(stored(due, controls).filter(with_sums), due, controls, at)
