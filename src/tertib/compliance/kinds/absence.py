"""Absence: nothing stays open for too long (semantics 4.10). One slice per record's subject."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime

from tertib.compliance.kinds.raw import Raw, sooner
from tertib.compliance.kinds.version import Version
from tertib.compliance.records import Fact, Key, Slice
from tertib.sop.format import Absence


class Open:
    """A record counts only while it is live: pending while tolerated, then lapsed."""

    def __init__(self, control: Absence, version: Version, sliced: Slice) -> None:
        self._limit = version.limiter(control.tolerate)
        self._facts: list[Fact] = []
        self._since: list[Fact | None] = []  # the first open one after the last that is not
        since: Fact | None = None
        for fact in sliced.facts:
            if fact.kind != control.record or fact.subject != sliced.subject:
                continue
            since = (since or fact) if fact.outcome == "open" else None
            self._facts.append(fact)
            self._since.append(since)
        self._times = [fact.occurred_at for fact in self._facts]

    def keys(self, sliced: Slice) -> Iterable[Key]:
        return (Key(sliced.subject),)

    def at(self, key: Key, t: datetime) -> Raw:
        told = bisect_right(self._times, t)
        coming = self._times[told] if told < len(self._times) else None
        since = self._since[told - 1] if told else None
        if since is None:
            return Raw(None, coming)
        newest = self._facts[told - 1]
        decided = (since,) if newest is since else (newest, since)
        ends = self._limit(since.occurred_at)
        if t >= ends:
            return Raw("lapsed", coming, None, decided)
        return Raw("pending", sooner(coming, ends), ends, decided)


def judge(control: Absence, version: Version, sliced: Slice) -> Open:
    return Open(control, version, sliced)
