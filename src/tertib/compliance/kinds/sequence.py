"""Sequence: before each event happened what must happen first (semantics 4.7)."""

from bisect import bisect_left, bisect_right
from datetime import datetime

from tertib.compliance.kinds.conditions import named, same
from tertib.compliance.kinds.items import Corresponding, Events
from tertib.compliance.kinds.raw import Raw, newest_first
from tertib.compliance.kinds.version import Version
from tertib.compliance.records import Fact, Key, Slice
from tertib.sop.format import Before, Sequence


class Steps(Events):
    def __init__(self, control: Sequence, version: Version, sliced: Slice) -> None:
        super().__init__(control, control.event, version, sliced)
        self._before = control.before
        self._match = control.match
        self._steps = [
            Corresponding(sliced, frozenset({entry.event}), control.match)
            for entry in control.before
        ]
        self._events: dict[object, list[datetime]] = {}
        for fact in self.facts.values():
            self._events.setdefault(self._name(fact), []).append(fact.occurred_at)

    def at(self, key: Key, t: datetime) -> Raw:
        return self.at_event(key, t, self._order_kept)

    def _order_kept(self, event: Fact) -> Raw:
        deciding = [event]
        kept = True
        for entry, steps in zip(self._before, self._steps, strict=True):
            done = self._done(event, entry, steps.of(event))
            kept = kept and bool(done)
            deciding += done
        return Raw("compliant" if kept else "lapsed", None, None, newest_first(deciding))

    def made_up(self, event: Fact) -> bool:
        """Whether all that had to come first has come, be it too late."""
        pairs = zip(self._before, self._steps, strict=True)
        return all(self._done(event, entry, steps.of(event), late=True) for entry, steps in pairs)

    def _done(
        self, event: Fact, entry: Before, facts: list[Fact], *, late: bool = False
    ) -> list[Fact]:
        """Return the newest facts that fulfil the entry; none, if it is not fulfilled."""
        last = len(facts)
        if not late:
            last = bisect_right(facts, event.occurred_at, key=lambda fact: fact.occurred_at)
        first = 0
        if entry.since_previous and (previous := self._previous(event)) is not None:
            first = bisect_right(facts, previous, key=lambda fact: fact.occurred_at)
        fit = [fact for fact in reversed(facts[first:last]) if _fits(fact, entry, event)]
        if not entry.items:
            return fit[:1]
        found = [
            next((fact for fact in fit if same(fact.body.get("item"), item)), None)
            for item in entry.items
        ]
        return [fact for fact in found if fact] if all(found) else []

    def _previous(self, event: Fact) -> datetime | None:
        """Return when the newest corresponding event of an earlier instant was, removed or not."""
        name = self._name(event)
        if self._match is not None and name is None:
            return None
        times = self._events[name]
        i = bisect_left(times, event.occurred_at)
        return times[i - 1] if i else None

    def _name(self, fact: Fact) -> object:
        return None if self._match is None else named(fact.body.get(self._match))


def made_up(control: Sequence, version: Version, sliced: Slice) -> set[int]:
    """Return the seqs of the events before which, or after, all has come that had to come first."""
    steps = Steps(control, version, sliced)
    return {event.seq for event in steps.facts.values() if steps.made_up(event)}


def judge(control: Sequence, version: Version, sliced: Slice) -> Steps:
    return Steps(control, version, sliced)


def _fits(fact: Fact, entry: Before, event: Fact) -> bool:
    """Whether the fact meets the entry's conditions; who or what is not named meets none."""
    if entry.by == "other_than_author":
        author = event.body.get("author")
        if fact.actor is None or author is None or str(fact.actor) == str(author):
            return False
    if entry.by == "requester_or_owner":
        accepters = event.body.get("accepters")
        if not isinstance(accepters, list | tuple) or fact.actor is None:
            return False
        if str(fact.actor) not in map(str, accepters):
            return False
    if entry.same_artifact:
        artifact = event.body.get("artifact")
        return artifact is not None and same(fact.body.get("artifact"), artifact)
    return True
