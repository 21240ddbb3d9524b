"""The "Why?" of one control, arranged from what `explain` says: records, rule and owner."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tertib.compliance import method, sentences, words
from tertib.compliance.board import Board, Read
from tertib.compliance.explain import several
from tertib.compliance.method import Asked
from tertib.compliance.records import State
from tertib.evidence.ledger import OURS
from tertib.sop.format import Absence, Clause, Control, Coverage, Ratio, Sop, Threshold
from tertib.sop.parts import LOOKS
from tertib.ui import links
from tertib.ui.status import WORST, worst
from tertib.work import handled
from tertib.work.handled import Handled

STATES = ("compliant", "due_soon", "lapsed", "no_data", "waived", "pending")
BAD = ("lapsed", "no_data", "waived")
SHOWN = (*BAD, "due_soon")
GOOD = ("compliant",)  # shown where nothing is in one of those
FIRST = 20  # rows that a panel shows before it leads to the whole list
FEW = 5  # of good ones
PERSON = "person"


@dataclass(frozen=True)
class Entry:
    """One subject or item, with the record that decides."""

    label: str
    url: str | None
    state: State
    since: datetime | None
    fact: Mapping[str, Any] | None
    body: list[tuple[str, str]]
    happened_at: datetime | None
    due_at: datetime | None
    falls_at: datetime | None


@dataclass(frozen=True)
class Opening:
    """What a lapse opens, for whom, by when, and to whom it climbs (decision 41)."""

    look: str | Promise
    to: str
    due: str
    ladder: str


@dataclass(frozen=True)
class Panel:
    control: Control
    told: Mapping[str, Any]
    sop: Sop
    state: State
    figure: str
    sentences: list[str]
    way_back: str
    entries: list[Entry]
    total: int
    good: int
    of_items: bool
    opening: Opening | None
    method: list[str]
    conditions: list[Asked]
    may_read: bool
    unnamed: bool  # it is about persons, whom not everybody may name
    sums_up: list[tuple[Clause, State]]  # by a rollup, the worst first
    work: Handled | None = None

    def first(self, some: int) -> "Panel":
        return replace(self, entries=self.entries[:some])

    @property
    def more(self) -> int:
        """Return how many that are not compliant are left out."""
        if self.unnamed or all(entry.state in GOOD for entry in self.entries):
            return 0
        bad: int = self.total - self.told["counts"].get("due_soon", 0)
        return max(bad - sum(entry.state in BAD for entry in self.entries), 0)

    @property
    def due(self) -> bool:
        """Whether anything of what is shown was to be done by some time."""
        return any(entry.due_at for entry in self.entries)

    @property
    def absent(self) -> bool:
        """Whether it asks that nothing be open: of what is well there are no rows to list."""
        return isinstance(self.control, Absence)

    @property
    def worst(self) -> str:
        return next((state for state in BAD if self.told["counts"].get(state)), BAD[0])

    @property
    def never(self) -> bool:
        return not self.told["ever"]

    @property
    def raw(self) -> str:
        return words.percent(Fraction(*self.told["raw"]))

    @property
    def adjusted(self) -> str:
        return words.percent(Fraction(*self.told["adjusted"]))

    @property
    def share(self) -> str:
        """Return the figure beside the state: periods filled, or how much of the time was good."""
        if not self.told["share"] or not self.told["share"][1]:
            return ""
        done, due = self.told["share"]
        if isinstance(self.control, Threshold):
            return gettext("%(share)s of the time") % {"share": words.percent(Fraction(done, due))}
        return gettext("%(figure)s periods filled") % {"figure": words.figure(done, due)}

    @property
    def target(self) -> str:
        return words.percent(self.control.target / 100)


@dataclass(frozen=True)
class Times:
    """Time in compliance over some days, in four parts that add up to all of it."""

    days: int
    parts: list[tuple[str, int, str]]  # state, seconds, share in words

    @property
    def told(self) -> list[tuple[str, int, str]]:
        """Return the parts that there are of it."""
        return [part for part in self.parts if part[1]]

    @property
    def bar(self) -> list[tuple[int, str]]:
        return [(seconds, state) for state, seconds, _ in self.parts]


def why(controls: Sequence[Control], sop: Sop, **asked: Any) -> list[Panel]:
    """Return the panels of "Why?", the worst first: what is not well, or soon no longer; else some
    of what is."""
    found = panels(controls, sop, states=SHOWN, otherwise=GOOD, **asked)
    found.sort(key=lambda one: WORST.index(one.state) if one.state in WORST else len(WORST))
    return [
        one if one.entries and one.entries[0].state in SHOWN else one.first(FEW) for one in found
    ]


def with_work(panels: Sequence[Panel]) -> list[Panel]:
    """Return them with the work that is open for those that are not well."""
    work = handled.of([one.control.id for one in panels if one.told["work_lines"]])
    return [replace(one, work=work.get(one.control.id)) for one in panels]


def panels(
    controls: Sequence[Control],
    sop: Sop,
    *,
    now: datetime,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    states: Collection[str],
    limit: int = FIRST,
    offset: int = 0,
    otherwise: Collection[str] = (),
    read: Read | Board | None = None,
    may: frozenset[str],
) -> list[Panel]:
    """Return the panels of those controls, read all at once."""
    told = several(
        [control.id for control in controls],
        as_of=as_of,
        known_at=known_at,
        now=now,
        states=states,
        limit=limit,
        offset=offset,
        otherwise=otherwise,
        read=read,
    )
    return [
        _panel(sop.controls.get(control.id, control), told[control.id], sop, may=may)
        for control in controls
    ]


def _panel(control: Control, told: Mapping[str, Any], sop: Sop, *, may: frozenset[str]) -> Panel:
    counts = told["counts"]
    of_items = "items" in told
    rows = told["items" if of_items else "subjects"]
    open_ = "evidence.read" in may
    return Panel(
        control=control,
        told=told,
        sop=sop,
        state=told["state"],
        figure=words.figure(told["numerator"], told["denominator"]),
        sentences=sentences.sentence(control, _numbers(told), sop),
        way_back=words.way_back(control) if told["state"] == "lapsed" else "",
        entries=[_entry(row, may=may) for row in rows if open_ or row["kind"] != PERSON],
        total=told["total"],
        good=counts.get("compliant", 0) + counts.get("due_soon", 0),
        of_items=of_items,
        opening=_opening(control, sop),
        method=method.how(control, sop),
        conditions=[method.condition(one) for one in _conditions(control)],
        may_read=open_,
        unnamed=not open_ and any(row["kind"] == PERSON for row in rows),
        sums_up=_sums_up(told.get("clauses", ()), sop),
    )


def _sums_up(clauses: Sequence[tuple[str, State]], sop: Sop) -> list[tuple[Clause, State]]:
    called = {clause.id: clause for clause in sop.clauses}
    found = [(called[id_], state) for id_, state in clauses if id_ in called]
    return sorted(found, key=lambda one: WORST.index(one[1]) if one[1] in WORST else len(WORST))


def silent(panels: list[Panel]) -> str:
    """Name the controls that nobody has ever told anything, if others of the clause do speak."""
    names = [words.told(panel.control.title) for panel in panels if panel.never]
    if not names or len(panels) == 1:
        return ""
    return ngettext(
        "%(silent)s of %(all)s sources has never spoken: %(names)s.",
        "%(silent)s of %(all)s sources have never spoken: %(names)s.",
        len(names),
    ) % {
        "silent": words.count(len(names)),
        "all": words.count(len(panels)),
        "names": ", ".join(names),
    }


def clause_state(panels: list[Panel]) -> str:
    return worst([panel.state for panel in panels]) or "pending"


def times(found: Mapping[int, Any]) -> list[Times]:
    return [Times(days, _shares(parts)) for days, parts in found.items()]


def _shares(parts: Any) -> list[tuple[str, int, str]]:
    lengths = {
        "compliant": round(parts.compliant.total_seconds()),
        "waived": round(parts.waived.total_seconds()),
        "lapsed": round(parts.lapsed.total_seconds()),
        "no_data": round(parts.no_data.total_seconds()),
    }
    told = words.percents(list(lengths.values()))
    return [
        (state, length, share) for (state, length), share in zip(lengths.items(), told, strict=True)
    ]


def _numbers(told: Mapping[str, Any]) -> words.Numbers:
    counts, alive = told["counts"], told["alive"]
    return words.Numbers(
        numerator=told["numerator"],
        denominator=told["denominator"],
        lapsed=counts.get("lapsed", 0),
        no_data=counts.get("no_data", 0),
        waived=counts.get("waived", 0),
        pending=counts.get("pending", 0),
        due_soon=counts.get("due_soon", 0),
        ever=told["ever"],
        reached=told["reached"],
        raw=Fraction(*told["raw"]),
        adjusted=Fraction(*told["adjusted"]),
        speaking=tuple(alive["speaking"]) if alive else None,
        alive=alive["holds"] if alive else True,
        claimed=told["claimed"],
    )


def _entry(row: Mapping[str, Any], *, may: frozenset[str]) -> Entry:
    fact = row["fact"]
    body = fact["body"] if fact and "evidence.read" in may else {}
    return Entry(
        label=words.named(row["label"] or row["alias"] or str(row["uuid"])[:8]),
        url=links.to(row["kind"], row["alias"] or "", may) if row["owner"] == OURS else None,
        state=row["state"],
        since=row["since"],
        fact=fact,
        body=[(name, _plain(value)) for name, value in sorted(body.items())],
        happened_at=row.get("happened_at"),
        due_at=row.get("due_at"),
        falls_at=row.get("falls_at"),
    )


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_plain(inner)}" for name, inner in value.items())
    return "\N{EN DASH}" if value is None or value == "" else str(value)


def _opening(control: Control, sop: Sop) -> Opening | None:
    lapse = control.lapse
    if lapse is None:
        return None
    return Opening(
        gettext(LOOKS.get(lapse.open, lapse.open)),
        words.role(sop, lapse.to),
        words.length(lapse.due),
        ", ".join(
            gettext("%(to)s after %(after)s")
            % {"to": words.role(sop, rung.to), "after": words.length(rung.after)}
            for rung in sop.escalation.get(lapse.escalation, ())
        ),
    )


def _conditions(control: Control) -> tuple[Any, ...]:
    return control.require if isinstance(control, Coverage | Threshold | Ratio) else ()
