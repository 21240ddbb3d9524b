"""The SOP format as values: what a checked file holds. Pure Python; read from YAML by `reader`.

Every default of the file is already resolved here: a control carries its own warn, settle, target,
weight, empty and alive_share, so whoever judges it needs nothing but the control.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Literal

from tertib.lib.limits import Calendar, Duration

type Empty = Literal["no_data", "vacuous_if_alive"]
type Clock = Literal["business", "always"]


@dataclass(frozen=True, slots=True)
class Text:
    """Words in both languages of the product."""

    id: str
    en: str

    def words(self, language: str | None) -> str:
        """Return the words of that language: Indonesian, unless it is English."""
        return self.en if (language or "").startswith("en") else self.id


@dataclass(frozen=True, slots=True)
class Lapse:
    """What a lapse opens, whose it is and how it climbs (semantics 7)."""

    open: str  # the look of the item: task, ticket, incident, work_order, review, …
    to: str  # a role
    due: Duration
    escalation: str  # a ladder of the file


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a `require`: the value at `path` of the body, an operator, its operand.

    op is one of eq ne gte lte gt lt in contains filled differs_from newer_than
    none_or_newer_than within_next in_force. The operand is a scalar, a tuple, a Duration (the
    last four), or for differs_from the path of the other value. `path[0]` is the name whose
    newest fact decides (coverage).
    """

    path: tuple[str, ...]
    op: str
    operand: object


@dataclass(frozen=True, slots=True)
class Before:
    """One entry of a sequence's `before`."""

    event: str
    since_previous: bool = False
    by: Literal["other_than_author", "requester_or_owner"] | None = None
    same_artifact: bool = False
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pause:
    start: str  # `from` of the file
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What every kind has. `kind` is the class's own name in lower case."""

    id: str
    clause: str
    title: Text
    unit: Text
    comes_from: Text | None  # how its evidence comes about, for the set-up list
    active: bool
    because: str
    weight: Fraction
    target: Fraction  # percent
    lapse: Lapse | None  # rollups open no work of their own
    empty: Empty
    alive: str | None
    alive_share: Fraction  # percent

    @property
    def kind(self) -> str:
        return type(self).__name__.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class OfSubjects(Control):
    """One state per member of a population; None: the organisation alone."""

    population: str | None
    settle: Duration | None  # None where the kind has none (attest; a threshold without its own)


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness(OfSubjects):
    evidence: str
    level: str | None
    topics: tuple[str, ...]
    within: Duration
    warn: Duration | None  # resolved: its own, or the default where the period is long enough


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(OfSubjects):
    evidence: str
    level: str | None
    every: Duration
    grace: Duration | None
    window: Duration
    warn: Duration | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage(OfSubjects):
    evidence: tuple[str, ...]
    require: tuple[Condition, ...]
    max_age: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold(OfSubjects):
    metric: str
    hold: Duration  # of the metric, from the vocabulary
    require: tuple[Condition, ...]  # path is always ("value",)
    share: Fraction  # percent
    window: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Attest(OfSubjects):
    """Evidence is `attest.<id>` about the organisation; population and settle are None."""

    by: str
    statement: Text
    within: Duration
    warn: Duration | None

    @property
    def evidence(self) -> str:
        return f"attest.{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfItems(Control):
    """One item per fact."""

    population: str | None
    void: tuple[str, ...]
    match: str | None
    window: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline(OfItems):
    trigger: str
    until: tuple[str, ...]
    early: Duration | None
    pause: Pause | None
    within: Duration
    clock: Clock
    warn: Duration | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence(OfItems):
    event: str
    before: tuple[Before, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio(OfItems):
    """Has no match; `void` corresponds by subject."""

    event: str
    require: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Existence(Control):
    record: str
    min: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence(Control):
    record: str
    tolerate: Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollup(Control):
    of: tuple[str, ...]  # clause ids
    method: Literal["worst", "mean"]


@dataclass(frozen=True, slots=True)
class Role:
    id: str
    name: Text
    parent: str | None


@dataclass(frozen=True, slots=True)
class Population:
    """A closed filter: a subject of kind `of` whose every named attribute has one of the values."""

    id: str
    of: str
    where: Mapping[str, tuple[str, ...]]
    name: Text


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    title: Text
    text: Text | None
    short: Text | None = None  # for a strip or a table of contents


@dataclass(frozen=True, slots=True)
class Clause:
    id: str
    title: Text
    text: Text  # verbatim from the source
    type: str
    responsible: str
    accountable: str
    consulted: tuple[str, ...]
    informed: tuple[str, ...]
    map: Mapping[str, tuple[str, ...]]
    controls: tuple[Control, ...]  # the first one's number is the clause's, unless it is red

    @property
    def counted(self) -> bool:
        """Whether the headline counts it (semantics 6)."""
        return self.type not in ("outcome", "scope")

    @property
    def active(self) -> tuple[Control, ...]:
        return tuple(control for control in self.controls if control.active)


@dataclass(frozen=True, slots=True)
class Rung:
    after: Duration
    to: str


@dataclass(frozen=True, slots=True)
class Sop:
    """One version of an SOP, whole."""

    id: str
    version: str
    title: Text
    effective_from: date
    timezone: str
    calendar: Calendar  # holidays already resolved to dates
    waiver_max: Duration
    waiver_approver: str
    waiver_renewals: int
    acknowledge_by: tuple[str, ...]
    acknowledge_within: Duration | None
    approve_by: str
    escalation: Mapping[str, tuple[Rung, ...]]
    roles: Mapping[str, Role]
    populations: Mapping[str, Population]
    sections: tuple[Section, ...]
    clauses: tuple[Clause, ...]
    source_text: str = ""  # name of the file with the text that the clauses quote

    @property
    def controls(self) -> Mapping[str, Control]:
        return {control.id: control for clause in self.clauses for control in clause.controls}


@dataclass(frozen=True, slots=True)
class InForce:
    """A version and the instant from which it judges (semantics 6).

    One that changes only calendars carries on the version before it: who acknowledged that one
    has acknowledged this one (decision 36).
    """

    since: datetime
    sop: Sop
    carries_on: "InForce | None" = None

    @property
    def version(self) -> str:
        """The name that `in_force` asks for."""
        return self.carries_on.version if self.carries_on else self.sop.version

    @property
    def version_since(self) -> datetime:
        """When the version of that name came into force."""
        return self.carries_on.version_since if self.carries_on else self.since
