"""Freshness: the newest evidence is young enough (semantics 4.1)."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime

from tertib.compliance.kinds.raw import Raw, newest_first, sooner
from tertib.compliance.kinds.version import Version
from tertib.compliance.records import Fact, Key, Slice
from tertib.lib.limits import Duration
from tertib.sop.format import Freshness


class Limits:
    """What one version says of evidence that grows old."""

    def __init__(self, within: Duration, warn: Duration | None, version: Version) -> None:
        self._limit = version.limiter(within)
        self._warns = version.warner(warn) if warn else None

    def raw(
        self,
        t: datetime,
        begun: datetime | None,
        coming: datetime | None,
        decided: tuple[Fact, ...] = (),
    ) -> Raw:
        """Judge at t. begun: of the fact whose age counts (None: one is missing); coming: when the
        next one occurs that is known already.
        """
        if begun is None:
            return Raw("no_data", coming, None, decided)
        ends = self._limit(begun)
        if t >= ends:
            return Raw("lapsed", coming, None, decided)
        warns = self._warns(ends) if self._warns else ends
        if t >= warns:
            return Raw("due_soon", sooner(coming, ends), ends, decided)
        return Raw("compliant", sooner(coming, warns), ends, decided)


class Age:
    """How old the newest fact of each group is; the oldest of these counts."""

    def __init__(self, groups: list[list[Fact]], limits: Limits) -> None:
        self._groups = [([fact.occurred_at for fact in facts], facts) for facts in groups]
        self._limits = limits

    def keys(self, sliced: Slice) -> Iterable[Key]:
        return (Key(sliced.subject),)

    def at(self, key: Key, t: datetime) -> Raw:
        deciding, missing = [], False
        coming: datetime | None = None
        for times, facts in self._groups:
            i = bisect_right(times, t)
            if i < len(times) and (coming is None or times[i] < coming):
                coming = times[i]
            if i:
                deciding.append(facts[i - 1])
            else:
                missing = True
        decided = newest_first(deciding) if len(deciding) > 1 else tuple(deciding)
        begun = None if missing else decided[-1].occurred_at
        return self._limits.raw(t, begun, coming, decided)


def judge(control: Freshness, version: Version, sliced: Slice) -> Age:
    facts = [
        fact for fact in sliced.facts if fact.kind == control.evidence and fact.outcome == "ok"
    ]
    if control.level is not None:
        facts = [fact for fact in facts if fact.body.get("level") == control.level]
    groups = [facts]
    if control.topics:
        groups = [[fact for fact in facts if _holds(fact, topic)] for topic in control.topics]
    return Age(groups, Limits(control.within, control.warn, version))


def _holds(fact: Fact, topic: str) -> bool:
    topics = fact.body.get("topics")
    return isinstance(topics, list | tuple) and topic in topics
