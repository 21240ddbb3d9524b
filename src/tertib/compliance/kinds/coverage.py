"""Coverage: what was last reported is as required (semantics 4.3)."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime

from tertib.compliance.kinds.conditions import MISSING, found
from tertib.compliance.kinds.raw import Raw, newest_first, sooner
from tertib.compliance.kinds.timed import Period, period
from tertib.compliance.kinds.version import Limiter, Version
from tertib.compliance.records import Fact, Key, Slice
from tertib.sop.format import Condition, Coverage


class Reported:
    def __init__(self, control: Coverage, version: Version, sliced: Slice) -> None:
        kinds = control.evidence
        facts = [fact for fact in sliced.facts if fact.kind in kinds and fact.outcome == "ok"]
        asked: dict[tuple[str, ...], list[Condition]] = {}
        for condition in control.require:
            asked.setdefault(condition.path, []).append(condition)
        limit = version.limiter(control.max_age)
        self._names = [
            Name(path, conditions, facts, limit, version) for path, conditions in asked.items()
        ]

    def keys(self, sliced: Slice) -> Iterable[Key]:
        return (Key(sliced.subject),)

    def at(self, key: Key, t: datetime) -> Raw:
        """Say how it stands. It falls with the first limit or condition that time alone breaks."""
        deciding: list[Fact] = []
        known = good = True
        next_at: datetime | None = None
        falls: datetime | None = None
        for name in self._names:
            i = bisect_right(name.times, t)
            if i < len(name.times):
                next_at = sooner(next_at, name.times[i])
            if not i:
                known = False
                continue
            fact, ends, period = name.told(i - 1)
            if not deciding or deciding[-1] is not fact:
                deciding.append(fact)
            if t >= ends:
                known = False
                continue
            falls = sooner(falls, ends)
            if period is None:
                good = False
                continue
            since, until = period
            if since is not None and t < since:
                good = False
                next_at = sooner(next_at, since)
            elif until is not None:
                if t >= until:
                    good = False
                else:
                    falls = sooner(falls, until)
        decided = newest_first(deciding) if len(deciding) > 1 else tuple(deciding)
        next_at = sooner(next_at, falls)
        if not known:
            return Raw("no_data", next_at, None, decided)
        if not good:
            return Raw("lapsed", next_at, None, decided)
        return Raw("compliant", next_at, falls, decided)


class Name:
    """One name of `require`: the facts whose body has it, and when what is asked of it holds."""

    __slots__ = ("_conditions", "_facts", "_limit", "_told", "_version", "times")

    def __init__(
        self,
        path: tuple[str, ...],
        conditions: list[Condition],
        facts: list[Fact],
        limit: Limiter,
        version: Version,
    ) -> None:
        self._facts = [fact for fact in facts if found(fact.body, path) is not MISSING]
        self.times = [fact.occurred_at for fact in self._facts]
        self._conditions, self._limit, self._version = conditions, limit, version
        self._told: dict[int, tuple[Fact, datetime, Period | None]] = {}

    def told(self, i: int) -> tuple[Fact, datetime, Period | None]:
        """Return the i-th fact, until when it is young enough, and when it is as required."""
        known = self._told.get(i)
        if known is None:
            fact = self._facts[i]
            when = period(self._conditions, fact.body, self._version)
            known = self._told[i] = fact, self._limit(fact.occurred_at), when
        return known


def judge(control: Coverage, version: Version, sliced: Slice) -> Reported:
    return Reported(control, version, sliced)
