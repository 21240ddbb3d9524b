"""Existence: enough live records of a kind (semantics 4.9). One slice: the organisation's."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime

from tertib.compliance.kinds.raw import Raw, newest_first
from tertib.compliance.kinds.version import Version
from tertib.compliance.records import Fact, Key, Ref, Slice
from tertib.sop.format import Existence


class Live:
    """share  the numerator and the denominator: min(n, min) of min."""

    def __init__(self, control: Existence, sliced: Slice) -> None:
        self._min = control.min
        self._facts = [fact for fact in sliced.facts if fact.kind == control.record]
        self._times = [fact.occurred_at for fact in self._facts]

    def keys(self, sliced: Slice) -> Iterable[Key]:
        return (Key(sliced.subject),)

    def at(self, key: Key, t: datetime) -> Raw:
        told = bisect_right(self._times, t)
        coming = self._times[told] if told < len(self._times) else None
        newest: dict[Ref, Fact] = {}
        for fact in self._facts[:told]:
            newest[fact.subject] = fact
        live = [fact for fact in newest.values() if fact.outcome == "open"]
        share = min(len(live), self._min), self._min
        if len(live) >= self._min:
            return Raw("compliant", coming, None, newest_first(live), share)
        ever = any(fact.outcome == "open" for fact in self._facts[:told])
        decided = newest_first(newest.values())
        return Raw("lapsed" if ever else "no_data", coming, None, decided, share)


def judge(control: Existence, version: Version, sliced: Slice) -> Live:
    return Live(control, sliced)
