"""Semantics 1-6 once more, slow and obvious: what the engine is held against.

Written from the page alone and sharing nothing with the engine but its values (records, format)
and the calendar's windows. Every question is answered by looking at all that is known, at one t
and one k; time inside a day passes minute by minute, so its streams use whole minutes.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

from tertib.compliance.records import Ref
from tertib.compliance.tests.reference_items import Items
from tertib.compliance.tests.reference_known import GOOD, ORG, WORST, World
from tertib.compliance.tests.reference_subjects import Subjects
from tertib.sop import format as sop

__all__ = ["ORG", "Answer", "Judge", "World"]


@dataclass
class Answer:
    state: str
    numerator: int
    denominator: int
    counts: dict[str, int]
    raw: Fraction
    adjusted: Fraction
    share: tuple[int, int] | None = None
    keys: dict[Any, str] = field(default_factory=dict)


@dataclass
class Judge(Subjects, Items):
    """Semantics 5 and 6 at one t and one k."""

    def speaks(self, control: sop.Control, share: Fraction) -> bool:
        assert isinstance(control, sop.OfSubjects)
        states = [state for state, _ in self.subject_states(control).values()]
        asked = [state for state in states if state != "pending"]
        quiet = isinstance(control, sop.Coverage | sop.Threshold)
        heard = [s for s in asked if (s != "no_data" if quiet else s in GOOD)]
        return bool(asked) and Fraction(len(heard), len(asked)) * 100 >= share

    def is_alive(self, control: sop.Control) -> bool:
        named = {
            sop.Existence: lambda: control.record,  # type: ignore[attr-defined]
            sop.Absence: lambda: control.record,  # type: ignore[attr-defined]
            sop.Deadline: lambda: control.trigger,  # type: ignore[attr-defined]
            sop.Sequence: lambda: control.event,  # type: ignore[attr-defined]
            sop.Ratio: lambda: control.event,  # type: ignore[attr-defined]
        }.get(type(control))
        kind = named() if named else None
        if kind in self.world.unclaimed and not self.facts([str(kind)], ok=False):
            return False
        if control.alive is None:
            return True
        return self.speaks(self.version.sop.controls[control.alive], control.alive_share)

    def control(self, control_id: str) -> Answer:
        control = self.version.sop.controls[control_id]
        if isinstance(control, sop.Rollup):
            return self.rollup(control)
        share, keys, counts = None, {}, Counter[str]()
        numerator = denominator = 0
        pairs: dict[Any, tuple[str, Ref]] = {}
        if isinstance(control, sop.OfSubjects):
            found = self.subject_states(control)
            pairs = {s: (state, s) for s, (state, _) in found.items()}
            shares = [part for _, part in found.values() if part]
            if isinstance(control, sop.Schedule | sop.Threshold):
                share = (sum(n for n, _ in shares), sum(d for _, d in shares))
        elif isinstance(control, sop.OfItems):
            pairs = self.item_states(control)
        if isinstance(control, sop.OfSubjects | sop.OfItems):
            for key, (state, s) in pairs.items():
                if state in ("lapsed", "no_data") and self.waived(control, s):
                    state = "waived"
                counts[state] += 1
                keys[key] = state
            numerator = counts["compliant"] + counts["due_soon"]
            denominator = sum(counts.values()) - counts["pending"]
        else:
            state, numerator, denominator = self.whole(control)
            counts[state] += 1
        return self.judged(control, numerator, denominator, counts, share, keys)

    def whole(self, control: sop.Control) -> tuple[str, int, int]:
        if isinstance(control, sop.Existence):
            facts = self.facts([control.record], ok=False)
            newest = {f.subject: f for f in facts}
            n = sum(f.outcome == "open" for f in newest.values())
            ever = any(f.outcome == "open" for f in facts)
            state = "compliant" if n >= control.min else "lapsed" if ever else "no_data"
            if state != "compliant" and self.waived(control, ORG):
                state = "waived"
            return state, min(n, control.min), control.min
        assert isinstance(control, sop.Absence)
        since: dict[Ref, datetime | None] = {}
        for f in self.facts([control.record], ok=False):
            if f.outcome != "open":
                since[f.subject] = None
            elif since.get(f.subject) is None:
                since[f.subject] = f.occurred_at
        late = [s for s, x in since.items() if x and self.t >= self.limit(x, control.tolerate)]
        if not late:
            return "compliant", 1, 1
        return ("waived" if all(self.waived(control, s) for s in late) else "lapsed"), 0, 1

    def judged(
        self,
        control: sop.Control,
        numerator: int,
        denominator: int,
        counts: Counter[str],
        share: tuple[int, int] | None,
        keys: dict[Any, str],
    ) -> Answer:
        alive = self.is_alive(control)
        vacuous = control.empty == "vacuous_if_alive" and alive and control.alive is not None
        left = denominator - counts["waived"]
        if denominator:
            raw = Fraction(numerator, denominator)
            adjusted = Fraction(numerator, left) if left else Fraction(int(vacuous))
        else:
            raw = adjusted = Fraction(int(vacuous))
        reached = raw * 100 >= control.target if denominator else vacuous
        if reached:
            state = "due_soon" if counts["due_soon"] else "compliant"
        elif counts["lapsed"]:
            state = "lapsed"
        elif counts["no_data"] or denominator == 0:
            state = "no_data"
        else:
            state = "waived"
        if not alive:
            raw = adjusted = Fraction(0)
            state = "lapsed" if state == "lapsed" else "no_data"
        shown = {name: n for name, n in counts.items() if n}
        return Answer(state, numerator, denominator, shown, raw, adjusted, share, keys)

    def clause(self, clause: sop.Clause) -> tuple[str, Fraction, Fraction]:
        """State, score, adjusted score."""
        answers = [(c, self.control(c.id)) for c in clause.controls if c.active]
        weights = sum((c.weight for c, _ in answers), Fraction())
        if not weights:
            return "no_data", Fraction(), Fraction()
        score = sum((c.weight * a.raw for c, a in answers), Fraction()) / weights
        adjusted = sum((c.weight * a.adjusted for c, a in answers), Fraction()) / weights
        return worst(a.state for _, a in answers), score, adjusted

    def rollup(self, control: sop.Rollup) -> Answer:
        clauses = {c.id: c for c in self.version.sop.clauses}
        found = [self.clause(clauses[one]) for one in control.of]
        join = min if control.method == "worst" else mean
        return Answer(
            worst(state for state, _, _ in found),
            sum(state in GOOD for state, _, _ in found),
            len(found),
            {},
            join([score for _, score, _ in found]),
            join([adjusted for _, _, adjusted in found]),
        )

    def headline(self) -> tuple[int, int]:
        counted = [c for c in self.version.sop.clauses if c.type not in ("outcome", "scope")]
        return sum(self.clause(c)[0] in GOOD for c in counted), len(counted)


def mean(scores: list[Fraction]) -> Fraction:
    return sum(scores, Fraction()) / len(scores)


def worst(states: Iterable[str]) -> str:
    found = set(states)
    return next((state for state in WORST if state in found), "no_data")
