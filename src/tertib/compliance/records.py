"""What the engine reads and says: plain values, no database, no clock.

The same values come from the ledger (`compliance.loading`) and from the worked examples in tests.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from tertib.sop.format import InForce

type State = Literal["compliant", "due_soon", "lapsed", "no_data", "waived", "pending"]
type Ref = UUID | str  # a subject: its uuid, in tests its key


class Fact(NamedTuple):
    kind: str
    subject: Ref
    occurred_at: datetime
    recorded_at: datetime
    outcome: str
    body: Mapping[str, Any]
    actor: Ref | None
    source: str
    id: str  # source_id; (source, id) is unique
    seq: int = 0  # row of the ledger, 0 in tests: identity only, never an order

    @property
    def order(self) -> tuple[datetime, datetime, str, str]:
        """Semantics 3: the one order of facts."""
        return (self.occurred_at, self.recorded_at, self.source, self.id)


class Span(NamedTuple):
    """A subject in a population (or holding `role:<id>`) while began_at <= t < ended_at."""

    population: str
    subject: Ref
    began_at: datetime
    ended_at: datetime | None
    recorded_at: datetime


class Waiver(NamedTuple):
    control: str
    subject: Ref | None  # None: all
    began_at: datetime
    ended_at: datetime
    recorded_at: datetime


class Key(NamedTuple):
    """Whom a standing is about: a member of a population, or one item (its trigger or event fact).

    An absence has one standing per record's subject.
    """

    subject: Ref
    item: tuple[str, str] | None = None  # (source, id) of the fact


class Verdict(NamedTuple):
    """How one key stands at t.

    state  after settle and waivers; `None` in a Step instead of a Verdict: it counts nowhere
    bare   before waivers (after settle): what `alive` asks
    next_at  the next instant after t at which this may change though nothing arrives, later facts
           that are known already included; None: never. The seconds of a threshold's share
           are left out: they change every minute
    falls_at  when it stops being good (compliant, due_soon, pending) though nothing arrives;
              None: it is not good, or never falls
    deciding  the facts that decide, newest first; empty: none
    share  figure shown beside it: slots of a schedule, seconds of a threshold; of an existence
           its numerator and denominator
    """

    state: State
    bare: State
    next_at: datetime | None
    falls_at: datetime | None = None
    deciding: tuple[Fact, ...] = ()
    share: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """From `at` on the verdict holds, until the next step. None: it counts nowhere (left, gone).

    next_at  that of the verdict, and without one when it may count (again); None: never
    opened  the verdict at `at` itself, where `verdict` is a later one (the last step of a walk)
    """

    at: datetime
    verdict: Verdict | None
    next_at: datetime | None = None
    opened: Verdict | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Slice:
    """All that is known (at some k) about one subject for one control id: what a walk reads.

    facts  of every kind the control names, about the subject (and, of kinds in `kinds.across`,
           those about other subjects with the same body.name), in `order`, without retracted ones;
           whatever their occurred_at: a walk sees each fact from its occurred_at on.
           Of an existence, about whatever subject: the slice is the organisation's
    spans  of the control's population (in any version; "organisation" if it names none) about the
           subject, one per began_at (the last recorded)
    roles  spans of `role:…` of the actors of the facts (attest only)
    waivers  of this control that name the subject or all
    law    the versions in force, oldest first; a version that lacks the control judges nothing
    """

    control: str
    subject: Ref
    facts: Sequence[Fact]
    spans: Sequence[Span]
    law: Sequence[InForce]
    waivers: Sequence[Waiver] = ()
    roles: Sequence[Span] = field(default=())
