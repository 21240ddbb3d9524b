"""When the conditions of a `require` hold of one body: time alone makes some true or false."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from tertib.compliance.kinds.conditions import MISSING, found, holds, instant
from tertib.compliance.kinds.version import Version
from tertib.lib import limits
from tertib.lib.limits import DAY, Duration
from tertib.sop.format import Condition

type Period = tuple[datetime | None, datetime | None]  # half-open; None: without that end

ALWAYS: Period = (None, None)
TICK = timedelta(microseconds=1)


def period(
    conditions: Iterable[Condition], body: Mapping[str, Any], version: Version
) -> Period | None:
    """Return from when until when all of them hold of the body. None: never."""
    since: datetime | None = None
    until: datetime | None = None
    for condition in conditions:
        one = _period(condition, body, version)
        if one is None:
            return None
        if one[0] is not None and (since is None or one[0] > since):
            since = one[0]
        if one[1] is not None and (until is None or one[1] < until):
            until = one[1]
    if since is not None and until is not None and since >= until:
        return None
    return since, until


def _period(condition: Condition, body: Mapping[str, Any], version: Version) -> Period | None:
    if condition.op not in TIMED:
        return ALWAYS if holds(condition, body) else None
    value = found(body, condition.path)
    if value is None or value is MISSING:
        return ALWAYS if condition.op == "none_or_newer_than" else None
    return TIMED[condition.op](value, cast(Duration, condition.operand), version)


def _newer_than(value: object, within: Duration, version: Version) -> Period | None:
    if (v := instant(value)) is None:
        return None
    return v - timedelta(days=1), version.limit(v, within)


def _within_next(value: object, ahead: Duration, version: Version) -> Period | None:
    if (v := instant(value)) is None:
        return None
    until = version.midnight(version.day(v) + DAY)  # the day after v has begun: it is past
    if ahead.exact is not None:
        return v - ahead.exact + TICK, until
    day = limits.moved(version.day(v), _at_most(ahead), -1) - 2 * DAY
    while version.limit(version.midnight(day), ahead) <= v:
        day += DAY
    return version.midnight(day), until


def _at_most(duration: Duration) -> Duration:
    """A duration in calendar days that is not shorter, however many holidays there are."""
    if duration.unit != "workdays":
        return duration
    return Duration(duration.count * 7 + 60, "days")


def _in_force(value: object, grace: Duration, version: Version) -> Period | None:
    """Ask of the name of a version; as of one version in force, for as long as it is that."""
    if not isinstance(value, str):
        return None
    if value in version.names:
        return ALWAYS
    before = version.acknowledged_before
    if before is None or value not in before.names:
        return None
    return None, version.limit(version.named_since, grace)


TIMED = {
    "newer_than": _newer_than,
    "none_or_newer_than": _newer_than,
    "within_next": _within_next,
    "in_force": _in_force,
}
