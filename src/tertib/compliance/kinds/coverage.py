"""Coverage: what was last reported is as required (semantics 4.3)."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime

from tertib.compliance.kinds.conditions import MISSING, ask, found, holds, timeless
from tertib.compliance.kinds.raw import Raw, newest_first
from tertib.compliance.kinds.version import Version
from tertib.compliance.records import Fact, Key, Slice
from tertib.sop.format import Condition, Coverage


class Reported:
    def __init__(self, control: Coverage, version: Version, sliced: Slice) -> None:
        self._version, self._limit = version, version.limiter(control.max_age)
        kinds = control.evidence
        facts = [fact for fact in sliced.facts if fact.kind in kinds and fact.outcome == "ok"]
        asked: dict[tuple[str, ...], list[Condition]] = {}
        for condition in control.require:
            asked.setdefault(condition.path, []).append(condition)
        self._names = [_Name(path, conditions, facts) for path, conditions in asked.items()]

    def keys(self, sliced: Slice) -> Iterable[Key]:
        return (Key(sliced.subject),)

    def at(self, key: Key, t: datetime) -> Raw:
        """Say how it stands. It falls with the first limit or condition that time alone breaks."""
        deciding: list[Fact] = []
        known = good = True
        next_at: datetime | None = None
        for name in self._names:
            i = bisect_right(name.times, t)
            if i < len(name.times) and (next_at is None or name.times[i] < next_at):
                next_at = name.times[i]
            if not i:
                known = False
                continue
            fact = name.facts[i - 1]
            if not deciding or deciding[-1] is not fact:
                deciding.append(fact)
            ends = self._limit(fact.occurred_at)
            if t >= ends:
                known = False
                continue
            if next_at is None or ends < next_at:
                next_at = ends
            if name.passes is not None:
                good = good and name.passes[i - 1]
                continue
            for condition in name.conditions:
                answer = ask(condition, fact.body, t, self._version)
                good = good and answer.holds
                if answer.next_at is not None and answer.next_at < next_at:
                    next_at = answer.next_at
        decided = newest_first(deciding) if len(deciding) > 1 else tuple(deciding)
        if not known:
            return Raw("no_data", next_at, None, decided)
        if not good:
            return Raw("lapsed", next_at, None, decided)
        return Raw("compliant", next_at, self._falls(deciding, t), decided)

    def _falls(self, deciding: list[Fact], t: datetime) -> datetime | None:
        falls = min(self._limit(fact.occurred_at) for fact in deciding)
        for name in self._names:
            if name.passes is None:
                fact = name.facts[bisect_right(name.times, t) - 1]
                for condition in name.conditions:
                    turns = ask(condition, fact.body, t, self._version).next_at
                    if turns is not None and turns < falls:
                        falls = turns
        return falls


class _Name:
    """One name of `require`: the facts whose body has it, and what is asked of it."""

    __slots__ = ("conditions", "facts", "passes", "times")

    def __init__(
        self, path: tuple[str, ...], conditions: list[Condition], facts: list[Fact]
    ) -> None:
        values = [(fact, found(fact.body, path)) for fact in facts]
        self.facts = [fact for fact, value in values if value is not MISSING]
        self.times = [fact.occurred_at for fact in self.facts]
        self.conditions = conditions
        self.passes: list[bool] | None = None  # None: time changes the answer
        if all(map(timeless, conditions)):
            self.passes = [
                all(holds(condition, fact.body, value) for condition in conditions)
                for fact, value in values
                if value is not MISSING
            ]


def judge(control: Coverage, version: Version, sliced: Slice) -> Reported:
    return Reported(control, version, sliced)
