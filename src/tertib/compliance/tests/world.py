"""A company in memory, from the lines of a worked example: slices, verdicts and scores at (t, k).

Loads anew for every question, as slowly and plainly as the rules of visibility are written.
"""

import json
from collections.abc import Iterable, Mapping
from copy import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

import yaml

from tertib.compliance import kinds, score, walk
from tertib.compliance.records import Fact, Key, Slice, Span, Verdict, Waiver
from tertib.lib.limits import midnight
from tertib.sop import format as sop
from tertib.sop.faults import Faults
from tertib.sop.format import InForce, Sop
from tertib.sop.known import shipped
from tertib.sop.reader import read

CASES = Path(__file__).with_name("cases")
SHIPPED = Path(sop.__file__).parent
LONG_BEFORE = datetime(2000, 1, 1, tzinfo=UTC)
FAR_LATER = datetime(2100, 1, 1, tzinfo=UTC)
ORG = "org:org"


class World:
    """What is recorded, in the order of arrival, and the law."""

    def __init__(self, law: Iterable[InForce], about: Mapping[str, frozenset[str]]) -> None:
        self.law, self.about = tuple(law), about
        self.facts: list[Fact] = []
        self.spans: list[Span] = []
        self.waivers: list[Waiver] = []
        self.retracted: dict[tuple[str, str], datetime] = {}
        self.merged: list[tuple[str, str, datetime]] = []  # absorbed, survivor, recorded_at
        self.kinds_of_subjects: dict[str, str] = {}

    @classmethod
    def of_case(cls, case: Mapping[str, Any]) -> Self:
        world = cls(law_of_case(json.dumps(case.get("setup", {})), case["control"]), about())
        for line in case["lines"]:
            world.tell(line)
        return world

    def tell(self, line: Mapping[str, Any]) -> None:
        """Take one line of a worked example."""
        told = recorded_at(line)
        if "member" in line:
            self.spans.append(self._span(line["member"], line, told))
        elif "role" in line:
            self.spans.append(self._span(f"role:{line['role']}", line, told))
        elif "retract" in line:
            self.retracted[line["source"], line["retract"]] = told
        elif "merge" in line:
            self.merged.append((self._key(line["merge"]), self._key(line["into"]), told))
        elif "waiver" in line:
            subject = self._key(line["subject"]) if "subject" in line else None
            began, ended = instant(line["from"]), instant(line["until"])
            self.waivers.append(Waiver(line["waiver"], subject, began, ended, told))
        else:
            self._tell_fact(line, told)

    def slices(self, control: str, known_at: datetime) -> list[Slice]:
        """Return all slices of a control as known at `known_at`."""
        versions = [found for one in self.law if (found := one.sop.controls.get(control))]
        names = frozenset[str]().union(*(kinds.reads(version) for version in versions))
        facts = [self._folded(fact, known_at) for fact in self._known(known_at)]
        facts = sorted((fact for fact in facts if fact.kind in names), key=lambda fact: fact.order)
        spans = self._spans(known_at)
        populations = {
            getattr(version, "population", None) or "organisation" for version in versions
        }
        own = [span for span in spans if span.population in populations]
        waivers = [one for one in self.waivers if one.recorded_at <= known_at]
        waivers = [
            replace(one, subject=one.subject and self._survivor(str(one.subject), known_at))
            for one in waivers
        ]
        roles = [span for span in spans if span.population.startswith("role:")]
        return [
            Slice(
                control,
                subject,
                [fact for fact in facts if self._belongs(fact, subject, versions)],
                [span for span in own if span.subject == subject],
                self.law,
                waivers,
                roles,
            )
            for subject in sorted(self._subjects(versions, facts, own))
        ]

    def verdicts(self, control: str, t: datetime, known_at: datetime) -> dict[Key, Verdict]:
        found: dict[Key, Verdict] = {}
        for sliced in self.slices(control, known_at):
            found.update(walk.at(sliced, t))
        return found

    def whole(self, t: datetime, known_at: datetime = FAR_LATER) -> score.Whole:
        def tally(control: sop.Control) -> score.Tally:
            return score.Tally.of(self.verdicts(control.id, t, known_at).values())

        return score.whole(self.sop_at(t), tally, lambda kind: True)

    def score(self, control: str, t: datetime, known_at: datetime = FAR_LATER) -> score.Score:
        """Return how the control stands; only what it rests on is judged."""
        judged = self.sop_at(t).controls[control]
        rests_on = {control, judged.alive}

        def tally(of: sop.Control) -> score.Tally:
            if of.id not in rests_on and not isinstance(judged, sop.Rollup):
                return score.Tally({}, {})
            return score.Tally.of(self.verdicts(of.id, t, known_at).values())

        return score.whole(self.sop_at(t), tally, lambda kind: True).controls[control]

    def sop_at(self, t: datetime) -> Sop:
        return [one.sop for one in self.law if one.since <= t][-1]

    def _span(self, population: str, line: Mapping[str, Any], told: datetime) -> Span:
        until = line.get("until")
        subject = self._key(line["subject"])
        return Span(population, subject, instant(line["from"]), until and instant(until), told)

    def _tell_fact(self, line: Mapping[str, Any], told: datetime) -> None:
        fact = Fact(
            line["fact"],
            self._key(line["subject"]),
            instant(line["at"]),
            told,
            line.get("outcome", "ok"),
            line.get("body", {}),
            line.get("actor"),
            line.get("source", "case"),
            str(line["id"]),
        )
        if not any((one.source, one.id) == (fact.source, fact.id) for one in self.facts):
            self.facts.append(fact)

    def _key(self, subject: Mapping[str, str]) -> str:
        """People are named by their key alone, as actors are."""
        person = subject["kind"] == "person"
        key = subject["key"] if person else f"{subject['kind']}:{subject['key']}"
        self.kinds_of_subjects[key] = subject["kind"]
        return key

    def _known(self, known_at: datetime) -> list[Fact]:
        return [
            fact
            for fact in self.facts
            if fact.recorded_at <= known_at and not self._is_retracted(fact, known_at)
        ]

    def _is_retracted(self, fact: Fact, known_at: datetime) -> bool:
        retracted = self.retracted.get((fact.source, fact.id))
        return retracted is not None and retracted <= known_at

    def _spans(self, known_at: datetime) -> list[Span]:
        """Of one (population, subject, began_at) the last recorded counts."""
        last: dict[tuple[str, str, datetime], Span] = {}
        for span in sorted(self.spans, key=lambda span: span.recorded_at):
            if span.recorded_at <= known_at:
                subject = self._survivor(str(span.subject), known_at)
                last[span.population, str(span.subject), span.began_at] = replace(
                    span, subject=subject
                )
        found = list(last.values())
        if not any(span.population == "organisation" for span in found):
            found.append(Span("organisation", ORG, self.law[0].since, None, LONG_BEFORE))
        return found

    def _survivor(self, subject: str, known_at: datetime) -> str:
        into = {a: b for a, b, recorded_at in self.merged if recorded_at <= known_at}
        while subject in into:
            subject = into[subject]
        return subject

    def _folded(self, fact: Fact, known_at: datetime) -> Fact:
        return replace(fact, subject=self._survivor(str(fact.subject), known_at))

    def _subjects(
        self, versions: list[sop.Control], facts: list[Fact], spans: list[Span]
    ) -> set[str]:
        if any(isinstance(version, sop.Existence) for version in versions):
            return {ORG}
        if any(isinstance(version, sop.OfSubjects) for version in versions):
            return {str(span.subject) for span in spans}
        return {str(fact.subject) for fact in facts}

    def _belongs(self, fact: Fact, subject: str, versions: list[sop.Control]) -> bool:
        if fact.subject == subject:
            return True
        if isinstance(versions[0], sop.Existence):
            return True
        return any(fact.kind in kinds.across(version, self.about) for version in versions)


def cases() -> dict[str, dict[str, Any]]:
    """The given ones, and in `own` those of what they leave out."""
    return {path.stem: json.loads(path.read_text()) for path in sorted(CASES.rglob("*.json"))}


@cache
def about() -> Mapping[str, frozenset[str]]:
    known = shipped()
    return {name: frozenset(kind.about) for name, kind in known.kinds.items()}


@cache
def law_of_case(setup: str, control: str) -> tuple[InForce, ...]:
    """Return the law of the shipped SOP as a case's setup changes it.

    Keys of the file's `sop:` (holidays, special_days, special_periods, timezone) replace it there;
    `settle` and `controls` ({id: {key: value, null: none}}) change controls; `versions` are
    [id, effective_from], perhaps with such a setup of its own, and `carries_on` if it only changes
    the calendar of the one before.
    """
    given = json.loads(setup)
    versions = given.pop("versions", [["v1", "2026-01-01"]])
    if "settle" in given:
        given.setdefault("controls", {})[control] = {"settle": given.pop("settle")}
    found: list[InForce] = []
    for name, effective_from, *own in versions:
        changes = {**given, **(own[0] if own else {})}
        carries_on = found[-1] if changes.pop("carries_on", False) else None
        changes["controls"] = given.get("controls", {}) | changes.get("controls", {})
        one = replace(
            sop_with(json.dumps(changes)),
            version=name,
            effective_from=date.fromisoformat(effective_from),
        )
        found.append(InForce(midnight(one.effective_from, ZoneInfo(one.timezone)), one, carries_on))
    return tuple(found)


@cache
def sop_with(changes: str) -> Sop:
    """Return the shipped SOP, so changed, as the product's own reader reads it."""
    header = {"holidays": [], **json.loads(changes)}
    controls = header.pop("controls")
    file = yaml.safe_load((SHIPPED / "sop-ti.yaml").read_text())
    for clause in file["clauses"]:
        for control in clause["controls"]:
            control.update(controls.get(control["id"], {}))
            for key in [key for key, value in control.items() if value is None]:
                del control[key]
    file["sop"].update(header)
    text = json.dumps(file, default=str)  # which is YAML too
    found = read(text, (SHIPPED / "source.txt").read_text())
    if isinstance(found, Faults):
        raise AssertionError(found)
    return found


def recorded_at(line: Mapping[str, Any]) -> datetime:
    return instant(line["recorded_at"]) if "recorded_at" in line else LONG_BEFORE


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
