"""How many stood how, at any instant, as known now: from totals, movements and transitions."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import Exists, Sum

from tertib.compliance import score
from tertib.compliance.models import Counts, Movement, Standing, Total, Transition
from tertib.compliance.records import State
from tertib.compliance.writing import difference
from tertib.sop.format import Control, Existence

type Numbers = dict[str, int]  # column of Counts → standings


class Moved(NamedTuple):
    """What one transition did to the counts of a control."""

    at: datetime
    control: str
    by: tuple[tuple[str, int], ...]


def now(controls: Collection[str] | None = None) -> dict[str, Total]:
    """Return the totals as of the last judgement. A control never judged has none."""
    rows = Total.objects.all() if controls is None else Total.objects.filter(control__in=controls)
    return {row.control: row for row in rows}


def now_and_due(t: datetime) -> tuple[dict[str, Total], bool]:
    """Return all totals, and whether anything has fallen due by t since the last judgement."""
    rows = Total.objects.annotate(is_due=Exists(Standing.objects.filter(next_at__lte=t)))
    return {row.control: row for row in rows}, any(row.is_due for row in rows)


def numbers(row: Counts | None) -> Numbers:
    return {name: getattr(row, name) if row else 0 for name in Counts.FIELDS}


def scored(
    found: Numbers | None, share: tuple[int, int] | None = None, of: Control | None = None
) -> score.Tally:
    """Say the same as the score wants to hear it.

    Of an existence in the past only whether it was enough is known, so its share is all or none.
    """
    n = found or dict.fromkeys(Counts.FIELDS, 0)
    same: dict[State, int] = {
        "compliant": n["compliant"],
        "due_soon": n["due_soon"],
        "pending": n["pending"],
    }
    waived = n["waived_lapsed"] + n["waived_no_data"]
    if share is None and isinstance(of, Existence):
        share = of.min * n["compliant"], of.min
    return score.Tally(
        {**same, "lapsed": n["lapsed"], "no_data": n["no_data"], "waived": waived},
        {
            **same,
            "lapsed": n["lapsed"] + n["waived_lapsed"],
            "no_data": n["no_data"] + n["waived_no_data"],
        },
        share,
    )


def at(totals: Mapping[str, Total], t: datetime) -> dict[str, Numbers]:
    """Return the counts of those controls at t, t's own transitions included."""
    return _less(totals, t, moved_after(totals.keys(), t, day_end(t)))


def before(totals: Mapping[str, Total], t: datetime) -> dict[str, Numbers]:
    """Return the counts of those controls just before t."""
    return _less(totals, t, moved(totals.keys(), t, day_end(t)))


def _less(totals: Mapping[str, Total], t: datetime, later: Iterable[Moved]) -> dict[str, Numbers]:
    """Take from the totals what moved in the days after t's, and later in t's own day."""
    found = {control: numbers(row) for control, row in totals.items()}
    sums = (
        Movement.objects.filter(control__in=found, day__gt=t.astimezone(UTC).date())
        .values_list("control")
        .annotate(*(Sum(name) for name in Counts.FIELDS))
    )
    for control, *by in sums:
        for name, change in zip(Counts.FIELDS, by, strict=True):
            found[control][name] -= change
    for one in later:
        for name, way in one.by:
            found[one.control][name] -= way
    return found


def moved(controls: Collection[str], since: datetime, until: datetime) -> list[Moved]:
    """Return what moved, since <= at < until, in order of time."""
    rows = Transition.objects.filter(control__in=controls, at__gte=since, at__lt=until)
    found = [
        Moved(at, control, tuple(difference(*look)))
        for at, control, *look in rows.values_list(
            "at", "control", "state", "bare", "was", "was_bare"
        )
    ]
    found.sort(key=lambda one: one.at)
    return found


def moved_after(controls: Collection[str], after: datetime, until: datetime) -> list[Moved]:
    return moved(controls, after + timedelta(microseconds=1), until)


def by_day(controls: Collection[str], since: date) -> dict[str, list[tuple[date, Numbers]]]:
    """Return per control the movements of the days from `since` on, newest first."""
    found: dict[str, list[tuple[date, Numbers]]] = defaultdict(list)
    rows = Movement.objects.filter(control__in=controls, day__gte=since).order_by("-day")
    for control, day, *by in rows.values_list("control", "day", *Counts.FIELDS):
        found[control].append((day, dict(zip(Counts.FIELDS, by, strict=True))))
    return found


def day_end(t: datetime) -> datetime:
    return datetime.combine(t.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
