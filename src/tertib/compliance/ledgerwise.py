"""How things stood at any instant, as known at any other: from the ledger alone, so it may be slow.

What is stored is as known now; this is the door for "as known then", and what `recompute` compares
with.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from itertools import batched
from typing import NamedTuple
from uuid import UUID

from tertib.compliance import changes, loading, score
from tertib.compliance.changes import UNKNOWN, Stand
from tertib.compliance.inbox import concerned
from tertib.compliance.judging import anything
from tertib.compliance.loading import ALL
from tertib.compliance.records import State
from tertib.compliance.routes import Law, Routes
from tertib.compliance.walk import walk
from tertib.evidence import reading, vocabulary
from tertib.sop.format import Control

AT_ONCE = 300  # subjects


class Row(NamedTuple):
    subject: UUID
    stand: Stand


class Known:
    """What was known at `known_at` (None: now) of how things stood at t. Remembers what it read."""

    def __init__(self, t: datetime, known_at: datetime | None, law: Law, routes: Routes) -> None:
        self.t, self.known_at, self.law, self.routes = t, known_at, law, routes
        self._first: dict[str, datetime | None] = {}
        self.rows = cache(self._rows)
        self.told = cache(self._told)

    def tally(self, of: Control) -> score.Tally:
        """Count the standings of a control."""
        counts: dict[State, int] = {}
        bare: dict[State, int] = {}
        share: tuple[int, int] | None = None
        for row in self.rows(of.id):
            state, before = row.stand.state, row.stand.bare
            counts[state] = counts.get(state, 0) + 1  # type: ignore[index, call-overload]
            bare[before] = bare.get(before, 0) + 1  # type: ignore[index, call-overload]
            if row.stand.denominator is not None:
                done, due = share or (0, 0)
                share = done + (row.stand.numerator or 0), due + row.stand.denominator
        return score.Tally(counts, bare, share)

    def ever(self, control: str) -> bool:
        """Whether the control had any evidence by then."""
        self.rows(control)
        first = self._first[control]
        return first is not None and first <= self.t

    def _told(self, kind: str) -> bool:
        if kind in vocabulary.claimed():
            return True
        facts = reading.facts([kind], until=self.t, known_at=self.known_at)
        return next(facts, None) is not None

    def _rows(self, control: str) -> list[Row]:
        self._first[control] = None
        if control not in self.routes.versions:
            return []
        found: list[Row] = []
        for some in batched(concerned(control, self.routes, self.known_at), AT_ONCE):
            found += self._judged(control, some)
        return found

    def _judged(self, control: str, subjects: tuple[UUID, ...]) -> Iterator[Row]:
        needs = {(control, subject): ALL for subject in subjects}
        around = loading.around(needs, self.routes, known_at=self.known_at)
        slices = loading.slices(needs, around, law=self.law, routes=self.routes)
        since = self.law[0].since
        for (_, subject), slice_ in slices.items():
            if not anything(slice_, self.routes):
                continue
            if slice_.facts and (slice_.spans or control not in self.routes.populations):
                oldest, first = slice_.facts[0].occurred_at, self._first[control]
                self._first[control] = min(oldest, first) if first else oldest
            walked = walk(slice_, min(since, self.t), self.t)
            for item, steps in changes.by_item(slice_, walked).items():
                turned = changes.turns(UNKNOWN, steps, since)
                stand = changes.stand(item, UNKNOWN, turned, steps)
                if stand and stand.state:
                    yield Row(subject, stand)
