"""What the item kinds share: which facts correspond, and when an item is in the window."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime

from tertib.compliance.kinds.conditions import named
from tertib.compliance.kinds.members import joined, membership
from tertib.compliance.kinds.raw import Raw
from tertib.compliance.kinds.version import Version
from tertib.compliance.records import Fact, Key, Slice
from tertib.sop.format import OfItems


class Corresponding:
    """The ok facts of some kinds, by what makes them correspond to an item (semantics 3)."""

    def __init__(self, sliced: Slice, kinds: AbstractSet[str], match: str | None) -> None:
        self._match = match
        self._found: dict[object, list[Fact]] = {}
        for fact in sliced.facts:
            if fact.kind not in kinds or fact.outcome != "ok":
                continue
            if match is not None:
                if (name := named(fact.body.get(match))) is not None:
                    self._found.setdefault(name, []).append(fact)
            elif fact.subject == sliced.subject:
                self._found.setdefault(None, []).append(fact)

    def of(self, item: Fact) -> list[Fact]:
        """Return them in the order of facts."""
        name = None if self._match is None else named(item.body.get(self._match))
        if self._match is not None and name is None:
            return []
        return self._found.get(name, [])


class Items:
    """One item per fact of one kind about the slice's subject; `keys` names them."""

    def __init__(self, control: OfItems, kind: str, version: Version, sliced: Slice) -> None:
        self.control, self.version, self.sliced = control, version, sliced
        self.facts: Mapping[Key, Fact] = {
            Key(fact.subject, (fact.source, fact.id)): fact
            for fact in sliced.facts
            if fact.kind == kind and fact.subject == sliced.subject
        }
        self._voids = Corresponding(sliced, frozenset(control.void), control.match)
        self._bounds = None
        if control.population is not None:
            spans = (span for span in sliced.spans if span.population == control.population)
            self._bounds = joined(spans)

    def keys(self, sliced: Slice) -> Iterable[Key]:
        return self.facts

    def counts(self, item: Fact) -> bool:
        """Whether its subject was a member at the item's instant."""
        return self._bounds is None or membership(self._bounds, item.occurred_at)[0] is not None

    def member(self, t: datetime) -> tuple[bool, datetime | None]:
        """Whether the subject is a member at t, and when that turns."""
        if self._bounds is None:
            return True, None
        begin, turns = membership(self._bounds, t)
        return begin is not None, turns

    def removed_at(self, item: Fact, before: datetime | None = None) -> datetime | None:
        """Return when the first void fact, not earlier than the item and before `before`, came."""
        facts = self._voids.of(item)
        i = bisect_left(facts, item.occurred_at, key=_occurred)
        if i < len(facts) and (before is None or facts[i].occurred_at < before):
            return facts[i].occurred_at
        return None

    def seen(self, item: Fact, t: datetime) -> tuple[bool, datetime | None]:
        """Whether the item is in the window at t, and when that turns."""
        edges = self._edges(item)
        i = bisect_right(edges, t)
        return i % 2 == 1, edges[i] if i < len(edges) else None

    def _edges(self, item: Fact) -> list[datetime]:
        spans = self.version.inside(item.occurred_at, self.control.window)
        return [edge for span in spans for edge in span if edge is not None]


class Events(Items):
    """Items that are good or bad for ever once they have happened: sequence and ratio."""

    def at_event(self, key: Key, t: datetime, judged: Callable[[Fact], Raw]) -> Raw:
        item = self.facts.get(key)
        if item is None or not self.counts(item):
            return Raw(None)
        if t < item.occurred_at:
            return Raw(None, item.occurred_at)
        removed = self.removed_at(item)
        if removed is not None and removed <= t:
            return Raw(None)
        seen, turns = self.seen(item, t)
        if removed is not None and (turns is None or removed < turns):
            turns = removed
        if not seen:
            return Raw(None, turns)
        raw = judged(item)
        if turns is not None and (raw.next_at is None or turns < raw.next_at):
            raw.next_at = turns
        return raw


def _occurred(fact: Fact) -> datetime:
    return fact.occurred_at
