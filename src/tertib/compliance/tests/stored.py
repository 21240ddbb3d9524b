"""A company in the database, told line by line in the form of `cases/README.md`."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from tertib.compliance import tick
from tertib.compliance.inbox import Judge
from tertib.evidence import ledger, subjects, vocabulary
from tertib.evidence.models import Fact, Subject
from tertib.sop import versions
from tertib.sop.actions import SHIPPED, SOURCE
from tertib.sop.format import InForce, Sop
from tertib.sop.reader import read

LONG_BEFORE = datetime(2025, 12, 15, tzinfo=UTC)


def law(
    setup: Mapping[str, Any] | None = None, change: Callable[[str], str] = str
) -> tuple[InForce, ...]:
    """Return the shipped SOP as a law; `setup` as in a case, `change` the text of the file."""
    rest = dict(setup or {})
    named = rest.pop("versions", [["v1", "2026-01-01"]])
    text = change(SHIPPED.read_text())
    if "settle" in rest:
        rest.pop("settle")
        text = text.replace("settle: 1 days, population: net_links", "population: net_links")
    found: list[InForce] = []
    for name, effective_from in named:
        given = {"holidays": [], **rest, "version": name, "effective_from": effective_from}
        sop = _read(text, json.dumps(given))
        zone = ZoneInfo(sop.timezone)
        since = datetime.combine(date.fromisoformat(effective_from), datetime.min.time(), zone)
        found.append(InForce(since.astimezone(UTC), sop))
    return tuple(found)


@cache
def _read(text: str, setup: str) -> Sop:
    sop = read(text, SOURCE.read_text(), setup=json.loads(setup))
    if not isinstance(sop, Sop):
        raise AssertionError(sop)
    return sop


class Company:
    """Tell it things, let it judge, move its clock."""

    def __init__(self, monkeypatch: Any, clock: Any, laws: tuple[InForce, ...]) -> None:
        self.clock = clock
        clock.now = LONG_BEFORE
        monkeypatch.setattr(versions, "law", lambda: laws)
        monkeypatch.setattr(vocabulary, "claimed", vocabulary.names)
        self.known: dict[tuple[str, str], Subject] = {}
        tick.follow(laws)

    def subject(self, named: Mapping[str, str]) -> Subject:
        kind, key = named["kind"], named["key"]
        if (kind, key) not in self.known:
            self.known[kind, key] = (
                subjects.organisation()
                if kind == "org"
                else subjects.introduce(kind, label=f"{kind} {key}", now=self.clock.now)
            )
        return self.known[kind, key]

    def person(self, key: str | None) -> Any:
        return self.subject({"kind": "person", "key": key}).pk if key else None

    def tell(self, line: Mapping[str, Any]) -> None:
        match line:
            case {"fact": kind, "subject": about, "at": at}:
                ledger.record(
                    vocabulary.kind(kind),
                    self.subject(about),
                    occurred_at=instant(at),
                    body=self.body(line.get("body", {})),
                    actor=self.person(line.get("actor")),
                    outcome=line.get("outcome", "ok"),
                    source=line.get("source", "case"),
                    source_id=line["id"],
                )
            case {"member": population, "subject": about}:
                self.member(population, about, line)
            case {"role": role, "subject": about}:
                self.member(f"role:{role}", about, line)
            case {"retract": known, "source": source}:
                fact = Fact.objects.get(source=source, source_id=known)
                ledger.retract(fact, actor=None, source=source)
            case {"waiver": control}:
                about = line.get("subject")
                ledger.waive(
                    control,
                    self.subject(about) if about else None,
                    began_at=instant(line["from"]),
                    ended_at=instant(line["until"]),
                    actor=None,
                )
            case {"merge": absorbed, "into": survivor}:
                ledger.merge(self.subject(absorbed), self.subject(survivor), actor=None)

    def body(self, told: Mapping[str, Any]) -> dict[str, Any]:
        people = {"author", "accepters"} & told.keys()
        found = dict(told)
        for name in people:
            value = told[name]
            one_by_one = [str(self.person(key)) for key in ([value] if name == "author" else value)]
            found[name] = one_by_one[0] if name == "author" else one_by_one
        return found

    def member(self, population: str, about: Mapping[str, str], line: Mapping[str, Any]) -> None:
        until = line.get("until")
        ledger.record_membership(
            population,
            self.subject(about),
            began_at=instant(line["from"]),
            ended_at=instant(until) if until else None,
        )

    def judge(self) -> None:
        Judge().drain()
        tick.fall_due(self.clock.now)

    def tell_all(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """One by one in the order of recorded_at, judging after each, the clock moving on."""
        for line in sorted(lines, key=heard_at):
            self.clock.now = max(self.clock.now, heard_at(line))
            self.tell(line)
            self.judge()


def heard_at(line: Mapping[str, Any]) -> datetime:
    if "recorded_at" in line:
        return instant(line["recorded_at"])
    until = line.get("body", {}).get("until")
    return instant(until) if until else LONG_BEFORE


def instant(written: str) -> datetime:
    return datetime.fromisoformat(written).astimezone(UTC)
