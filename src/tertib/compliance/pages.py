"""What Beranda and the SOP page show, arranged from the board. Only `with_work` makes queries."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from tertib.compliance import sentences, words
from tertib.compliance.board import Board, ClauseNow, ControlNow
from tertib.compliance.forecast import Coming
from tertib.compliance.kinds import reads
from tertib.evidence import vocabulary
from tertib.sop.format import Clause, OfSubjects, Section, Sop, Text
from tertib.ui.status import WORST, worst
from tertib.work import handled
from tertib.work.handled import Handled

GOOD = ("compliant", "due_soon")
ACTIONS = 8  # how many clauses Beranda lists before it leads to the SOP page
FALLS = 5
NOTHING = "\N{EN DASH}"


@dataclass(frozen=True)
class Row:
    """One clause of the SOP page, with the number of the control that `shown` chooses."""

    now: ClauseNow
    figure: str
    unit: Text | None
    spark: list[float]
    troubled: bool

    @property
    def clause(self) -> Clause:
        return self.now.clause


@dataclass(frozen=True)
class Part:
    """One section of the SOP with the clauses that stand directly in it."""

    section: Section
    level: int  # 1, 2 or 3: how deep
    number: str  # as the document writes it: "4.", "4.2.", "2."
    rows: list[Row]

    @property
    def quiet(self) -> bool:
        """Whether its clauses are shown, but not counted by the headline."""
        return not any(row.clause.counted for row in self.rows)


@dataclass(frozen=True)
class Chapter:
    """What the contents and the strip name: 4.1 to 4.6, and the first level elsewhere."""

    section: Section
    clauses: list[ClauseNow]

    @property
    def name(self) -> Text:
        return self.section.short or self.section.title

    @property
    def state(self) -> str | None:
        return worst([now.state for now in self.clauses])

    @property
    def cells(self) -> list[tuple[str, ClauseNow]]:
        """Return its counted clauses, each with its short name: 1a of 4.2.1a, a of 5a."""
        prefix = self.section.id
        return [
            (now.clause.id.removeprefix(prefix).lstrip("."), now)
            for now in self.clauses
            if now.clause.counted
        ]


@dataclass(frozen=True)
class Action:
    """A clause that lowers the score: why, and whose it is; work: where it is somebody's by now."""

    now: ClauseNow
    why: str
    owner: str
    work: Handled | None = None


@dataclass(frozen=True)
class Fall:
    """What lapses on one day if nothing comes: some by name, and how many more."""

    coming: Coming
    names: list[str]
    more: int


def numbers(now: ControlNow) -> words.Numbers:
    counts = now.counts
    return words.Numbers(
        numerator=now.numerator,
        denominator=now.denominator,
        lapsed=counts.get("lapsed", 0),
        no_data=counts.get("no_data", 0),
        waived=counts.get("waived", 0),
        pending=counts.get("pending", 0),
        due_soon=counts.get("due_soon", 0),
        ever=now.ever,
        reached=now.reached,
        raw=now.raw,
        adjusted=now.adjusted,
        speaking=now.alive[1:3] if now.alive else None,
        alive=now.alive_ok is not False,
        claimed=now.claimed,
    )


def decisive(now: ClauseNow) -> ControlNow:
    """Return the control that makes the clause what it is: its worst, the first of these."""
    return min(now.controls, key=lambda control: _badness(control.state))


def shown(now: ClauseNow) -> ControlNow:
    """Return the control whose number stands in the clause's margin: of a red one, what makes it
    red; else its first.
    """
    return decisive(now) if now.state == "lapsed" else now.controls[0]


def figure(now: ControlNow) -> str:
    if not now.ever and not now.numerator:
        return NOTHING
    return words.figure(now.numerator, now.denominator)


def parts(
    board: Board, sparks: Mapping[str, Sequence[tuple[int, int]]], *, only_troubled: bool = False
) -> list[Part]:
    """Return the document in its order; only_troubled leaves out what is well, or empty then."""
    of_section: dict[str, list[Row]] = {}
    for now in board.clauses:
        row = _row(now, sparks)
        if row.troubled or not only_troubled:
            of_section.setdefault(_home(board.sop, now.clause).id, []).append(row)
    found = [
        Part(section, level, _number(section), of_section.get(section.id, []))
        for section in board.sop.sections
        for level in [section.id.count(".") + 1]
    ]
    if not only_troubled:
        return found
    needed = {parent for id_ in of_section for parent in _line(id_)}
    return [part for part in found if part.section.id in needed]


def chapters(board: Board) -> list[Chapter]:
    sections = {section.id: section for section in board.sop.sections}
    parents = {section.rpartition(".")[0] for section in sections if section.count(".") == 1}
    tops = [id_ for id_ in sections if id_.count(".") < 2 and id_ not in parents]
    of: dict[str, list[ClauseNow]] = {top: [] for top in tops}
    for now in board.clauses:
        line = _line(_home(board.sop, now.clause).id)
        top = next((id_ for id_ in line if id_ in of), None)
        if top:
            of[top].append(now)
    return [Chapter(sections[top], clauses) for top, clauses in of.items()]


def tally(board: Board) -> list[tuple[str, int]]:
    """Return how many counted clauses are in each state, the states that occur only."""
    states = [now.state for now in board.clauses if now.clause.counted]
    order = ("compliant", "due_soon", "lapsed", "no_data", "waived")
    return [(state, states.count(state)) for state in order if state in states]


def actions(board: Board) -> list[Action]:
    """Return what lowers the score, worst first; what never had evidence comes last."""
    low = [now for now in board.clauses if now.clause.counted and now.state not in GOOD]
    low.sort(key=lambda now: (not decisive(now).ever, _badness(now.state)))
    return [
        Action(
            now,
            _reason(decisive(now), board.sop),
            words.role(board.sop, now.clause.responsible),
        )
        for now in low
    ]


def with_work(actions: Sequence[Action]) -> list[Action]:
    """Return them with the work that is open for what decides each."""
    deciding = [decisive(action.now).control.id for action in actions]
    work = handled.of(deciding)
    return [
        replace(action, work=work.get(control))
        for action, control in zip(actions, deciding, strict=True)
    ]


def _reason(now: ControlNow, sop: Sop) -> str:
    """Say why it is what it is; of one that never spoke, how its evidence comes about."""
    lines = sentences.sentence(now.control, numbers(now), sop)
    return lines[0] if now.ever or not now.control.comes_from else lines[-1]


def coming(board: Board, found: Iterable[Coming]) -> list[Fall]:
    """Return what lapses next among what ever had evidence: the rest has nothing to lose."""
    falls = [fall for fall in found if (now := board.controls.get(fall.control.id)) and now.ever]
    return [
        Fall(fall, [words.label(name) for name in fall.labels], fall.count - len(fall.labels))
        for fall in falls[:FALLS]
    ]


def untouched(board: Board) -> bool:
    """Say whether nothing but what the house says of itself has ever been recorded."""
    return not any(
        control.ever
        for now in board.clauses
        if now.clause.counted
        for control in now.controls
        if isinstance(control.control, OfSubjects) and control.control.population
    )


@dataclass(frozen=True)
class First:
    """Something to begin with: for which clause, how it is done, and what kind it brings."""

    clause: Clause
    title: Text
    how: Text
    kind: str


def first_steps(board: Board, claimed: frozenset[str]) -> list[First]:
    """Return what to begin with: each way in which evidence comes about."""
    found: dict[Text, First] = {}
    for now in board.clauses:
        for control in now.controls:
            steps = control.control.comes_from
            told = {kind for kind in reads(control.control) & claimed if not _by_itself(kind)}
            if now.clause.counted and steps and told and not control.ever:
                first = First(now.clause, control.control.title, steps, min(told))
                found.setdefault(steps, first)
    return list(found.values())[:ACTIONS]


def _by_itself(kind: str) -> bool:
    """Whether the house says it of itself: there is nothing that anybody could begin with."""
    return vocabulary.kind(kind).by in ("compliance", "evidence", "work")


def _row(now: ClauseNow, sparks: Mapping[str, Sequence[tuple[int, int]]]) -> Row:
    first = shown(now)
    values = [float(Fraction(n, d)) if d else 0.0 for n, d in sparks.get(first.control.id, ())]
    return Row(
        now,
        figure(first),
        first.control.unit if first.control.unit else None,
        values if first.ever else [],
        now.state not in GOOD,
    )


def _badness(state: str) -> int:
    return WORST.index(state) if state in WORST else len(WORST)


def _home(sop: Sop, clause: Clause) -> Section:
    """Return the section that the clause stands in: the longest id that begins its own."""
    inside = [s for s in sop.sections if _begins(s.id, clause.id)]
    return max(inside, key=lambda section: len(section.id))


def _begins(section: str, clause: str) -> bool:
    rest = clause.removeprefix(section)
    return rest != clause and not rest[:1].isdigit()


def _line(id_: str) -> Iterator[str]:
    """Yield the id and those of the sections around it: 4.2.1, 4.2, 4."""
    while id_:
        yield id_
        id_ = id_.rpartition(".")[0]


def _number(section: Section) -> str:
    numbers = section.id.split(".")
    return f"{numbers[-1]}." if len(numbers) > 2 else f"{section.id}."
