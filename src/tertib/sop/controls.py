"""Reading controls: each kind by its own closed set of keys (semantics 8)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from tertib.lib.durations import length
from tertib.lib.limits import Duration
from tertib.lib.slots import Slot
from tertib.sop import format as sop
from tertib.sop.book import Book, Defaults
from tertib.sop.conditions import of_body, of_value
from tertib.sop.faults import N_, Found
from tertib.sop.fields import (
    Fields,
    boolean,
    both,
    fields,
    identifier,
    lasting,
    listed,
    one_of,
    percent,
    positive,
    text,
    whole,
    word,
)
from tertib.sop.format import Text
from tertib.sop.known import FactKind
from tertib.sop.tree import Node, Pairs, Scalar

type Facts = tuple[FactKind | None, ...]

LOOKS = (
    *("task", "ticket", "incident", "work_order"),
    *("review", "escalation", "training", "campaign"),
)
MET = Text("terpenuhi", "met")  # what a number counts where the file does not say
UNITS = {
    "existence": Text("tercatat", "on record"),
    "absence": Text("bebas masalah", "free of trouble"),
    "rollup": Text("klausul patuh", "clauses compliant"),
}
PERIOD = lasting(workdays=False)


@dataclass
class Reading(Fields):
    """A control being read, with what it may refer to."""

    book: Book
    defaults: Defaults

    def fact(self, key: str) -> FactKind | None:
        kind: FactKind | None = self.need(key, self.book.fact)
        return kind

    def facts(self, key: str, read: Callable[..., Any], *, single: bool = False) -> Facts:
        kinds: Facts = read(key, listed(self.book.fact, single=single))
        return kinds or ()

    def shorter(self, key: str, one: Duration | None, than: str, other: Duration | None) -> None:
        """Check that what the file says of one duration is not longer than the other."""
        if one and other and self.has(key) and length(one) > length(other):
            say = N_("“%(key)s” is longer than “%(than)s”, so it can never hold.")
            self.found.add(self.at(key), say, N_("Make it shorter."), key=key, than=than)

    def longer(self, key: str, one: Duration | None, than: str, other: Duration | None) -> None:
        if one and other and length(one) < length(other):
            say = N_("“%(key)s” is shorter than “%(than)s”, so it would end too early.")
            self.found.add(self.at(key), say, N_("Make it longer."), key=key, than=than)


def control(node: Node, clause: sop.Clause, book: Book, defaults: Defaults) -> Any:
    """Read one control of a clause, whose other controls are not there yet."""
    if not isinstance(node, Pairs):
        fields(node, book.found, "controls")
        return None
    called = node.nodes.get("id")
    name = called.text if isinstance(called, Scalar) else "controls"
    own = Reading(node, book.found, name, book, defaults)
    kind = own.need("kind", one_of(*KINDS))
    if not kind:
        return None
    read = KINDS[kind](own, _common(own, kind, clause))
    own.close()
    return read


def _common(own: Reading, kind: str, clause: sop.Clause) -> dict[str, Any]:
    defaults = own.defaults
    lapse = own.may("lapse", lambda node, _found: _lapse(node, own, clause.responsible))
    if not lapse and kind != "rollup":
        lapse = defaults.lapse(clause.responsible)
    return {
        "id": own.need("id", identifier),
        "clause": clause.id,
        "title": own.may("title", both, clause.title),
        "unit": own.may("unit", both, UNITS.get(kind, MET)),
        "comes_from": own.may("comes_from", both),
        "active": _active(own),
        "because": own.may("because", text, ""),
        "weight": own.may("weight", positive, defaults.weight),
        "target": own.may("target", percent, defaults.target),
        "lapse": lapse,
        **_alive(own),
    }


def _active(own: Reading) -> Any:
    active = own.may("active", boolean, True)
    if active is False and not own.has("because"):
        hint = N_("Add “because: …” with the reason.")
        own.found.add(own.at("active"), N_("A control that is off says why."), hint)
    if active and own.has("because"):
        hint = N_("Delete it, or add “active: false”.")
        own.found.add(own.at("because"), N_("“because” is for a control that is off."), hint)
    return active


def _alive(own: Reading) -> dict[str, Any]:
    alive = own.may("alive", own.book.sensor)
    empty = own.may("empty", one_of("no_data", "vacuous_if_alive"), own.defaults.empty)
    share = own.may("alive_share", percent, own.defaults.alive_share)
    if own.has("alive_share") and not own.has("alive"):
        own.found.add(own.at("alive_share"), N_("“alive_share” says nothing without “alive”."))
    if own.has("empty") and empty == "vacuous_if_alive" and not own.has("alive"):
        hint = N_("Add “alive: …”, or leave “empty” out.")
        own.found.add(own.at("empty"), N_("“vacuous_if_alive” says nothing without “alive”."), hint)
    if alive in own.book.off and own.name not in own.book.off:
        say = N_("“%(name)s” is off, so nobody would tell whether it speaks.")
        own.found.add(own.at("alive"), say, N_("Turn it on, or name another one."), name=alive)
    return {"alive": alive, "empty": empty, "alive_share": share}


def _lapse(node: Node, own: Reading, responsible: str) -> sop.Lapse:
    lapse, defaults = fields(node, own.found, "lapse"), own.defaults
    read = sop.Lapse(
        lapse.may("open", one_of(*LOOKS), defaults.lapse_open),
        lapse.may("to", own.book.role, responsible),
        lapse.may("due", lasting(), defaults.lapse_due),
        lapse.may("escalation", own.book.ladder, defaults.lapse_escalation),
    )
    lapse.close()
    return read


def _sourced(common: dict[str, Any], kind: FactKind | None) -> dict[str, Any]:
    """Let the vocabulary say where the evidence comes from, unless the control does."""
    return common if common["comes_from"] or not kind else common | {"comes_from": kind.comes_from}


# What several kinds have


def _members(own: Reading) -> str | None:
    population: str | None = own.may("population", own.book.population)
    return population


def _about(own: Reading, key: str, kind: FactKind | None, population: str | None) -> None:
    if population or not own.has("population"):  # else it names none, which is a fault already
        own.book.about(own.at(key), kind, population)


def _settle(own: Reading) -> Any:
    return own.may("settle", lasting(least=0), own.defaults.settle)


def _warn(own: Reading, than: str, period: Duration | None) -> Any:
    warn = own.may("warn", PERIOD, own.defaults.warn_for(period))
    own.shorter("warn", warn, than, period)
    return warn


def _level(own: Reading, kind: FactKind | None) -> Any:
    level = own.may("level", word)
    if level:
        own.book.holds(own.at("level"), kind, "level")
    return level


def _topics(own: Reading, kind: FactKind | None) -> Any:
    topics = own.may("topics", listed(word), ())
    if topics:
        own.book.holds(own.at("topics"), kind, "topics")
    return topics


def _match(own: Reading, first: FactKind | None) -> Any:
    match = own.may("match", word)
    if match:
        own.book.holds(own.at("match"), first, match)
    return match


def _void(own: Reading, item: FactKind | None, match: str | None) -> tuple[str, ...]:
    kinds = own.facts("void", own.may)
    for kind in kinds:
        own.book.corresponds(own.at("void"), item, kind, match)
    return _names(kinds)


def _names(kinds: Facts) -> tuple[str, ...]:
    return tuple(kind.name for kind in kinds if kind)


def _name(kind: FactKind | None) -> str:
    return kind.name if kind else ""


# The kinds


def _freshness(own: Reading, common: dict[str, Any]) -> sop.Freshness:
    population, kind = _members(own), own.fact("evidence")
    _about(own, "evidence", kind, population)
    within = own.need("within", lasting())
    return sop.Freshness(
        **_sourced(common, kind),
        population=population,
        settle=_settle(own),
        evidence=_name(kind),
        level=_level(own, kind),
        topics=_topics(own, kind),
        within=within,
        warn=_warn(own, "within", within),
    )


def _schedule(own: Reading, common: dict[str, Any]) -> sop.Schedule:
    population, kind = _members(own), own.fact("evidence")
    _about(own, "evidence", kind, population)
    every, window = own.need("every", _slots), own.need("window", PERIOD)
    grace = own.may("grace", lasting(least=0, workdays=False))
    own.shorter("grace", grace, "every", every)
    own.longer("window", window, "every", every)
    return sop.Schedule(
        **_sourced(common, kind),
        population=population,
        settle=_settle(own),
        evidence=_name(kind),
        level=_level(own, kind),
        every=every,
        grace=grace,
        window=window,
        warn=_warn(own, "every", every),
    )


def _slots(node: Node, found: Found) -> Duration | None:
    every: Duration | None = PERIOD(node, found)
    if every:
        try:
            Slot.holding(date.min, every)
        except ValueError:
            hint = N_("Write 1 days, 1 weeks, 1, 3 or 6 months, or 1 years.")
            found.add(node, N_("The calendar has no slots of that length."), hint)
    return every


def _coverage(own: Reading, common: dict[str, Any]) -> sop.Coverage:
    population, kinds = _members(own), own.facts("evidence", own.need, single=True)
    for kind in kinds:
        _about(own, "evidence", kind, population)
    return sop.Coverage(
        **_sourced(common, kinds[0] if kinds else None),
        population=population,
        settle=_settle(own),
        evidence=_names(kinds),
        require=own.need("require", lambda node, _found: of_body(node, own.book, kinds)),
        max_age=own.need("max_age", lasting()),
    )


def _threshold(own: Reading, common: dict[str, Any]) -> sop.Threshold:
    population, kind = _members(own), own.fact("metric")
    _about(own, "metric", kind, population)
    if kind and not kind.hold:
        metrics = sorted(one.name for one in own.book.known.kinds.values() if one.hold)
        say = N_("“%(kind)s” is no metric: its values do not last.")
        hint = N_("Metrics are: %(known)s.")
        own.found.add(own.at("metric"), say, hint, kind=kind.name, known=", ".join(metrics))
    return sop.Threshold(
        **_sourced(common, kind),
        population=population,
        settle=own.may("settle", lasting(least=0)),
        metric=_name(kind),
        hold=kind.hold if kind and kind.hold else NEVER,
        require=own.need("require", lambda node, _found: of_value(node, own.book)),
        share=own.need("share", percent),
        window=own.need("window", PERIOD),
    )


def _attest(own: Reading, common: dict[str, Any]) -> sop.Attest:
    by, within = own.need("by", own.book.role), own.need("within", lasting())
    return sop.Attest(
        **common,
        population=None,
        settle=None,
        by=by,
        statement=own.need("statement", both),
        within=within,
        warn=_warn(own, "within", within),
    )


def _deadline(own: Reading, common: dict[str, Any]) -> sop.Deadline:
    population, trigger = _members(own), own.fact("trigger")
    if population:
        own.book.about(own.at("trigger"), trigger, population)
    match, until = _match(own, trigger), own.facts("until", own.need)
    for kind in until:
        own.book.corresponds(own.at("until"), trigger, kind, match)
    within, window = own.need("within", lasting()), own.need("window", PERIOD)
    own.longer("window", window, "within", within)
    return sop.Deadline(
        **_sourced(common, trigger),
        population=population,
        void=_void(own, trigger, match),
        match=match,
        window=window,
        trigger=_name(trigger),
        until=_names(until),
        early=own.may("early", PERIOD),
        pause=_pause(own, trigger, match, within),
        within=within,
        clock=own.need("clock", one_of("business", "always")),
        warn=_own_warn(own, within),
    )


def _own_warn(own: Reading, within: Duration | None) -> Any:
    """Read the early notice of a deadline, which has no default."""
    warn = own.may("warn", PERIOD)
    own.shorter("warn", warn, "within", within)
    return warn


def _pause(
    own: Reading, trigger: FactKind | None, match: str | None, within: Duration | None
) -> sop.Pause | None:
    if not own.has("pause"):
        own.may("pause", word)
        return None
    if within and within.exact is None:
        say = N_("A clock that counts %(unit)s cannot pause.")
        hint = N_("Give “within” in minutes or hours, or leave “pause” out.")
        own.found.add(own.at("pause"), say, hint, unit=within.unit)

    def read(node: Node, found: Found) -> sop.Pause:
        pause = fields(node, found, "pause")
        kinds = [pause.need(key, own.book.fact) for key in ("from", "until")]
        for kind in kinds:
            own.book.corresponds(node, trigger, kind, match)
        pause.close()
        return sop.Pause(_name(kinds[0]), _name(kinds[1]))

    paused: sop.Pause = own.may("pause", read)
    return paused


def _sequence(own: Reading, common: dict[str, Any]) -> sop.Sequence:
    population, event = _members(own), own.fact("event")
    if population:
        own.book.about(own.at("event"), event, population)
    match = _match(own, event)
    before = own.need("before", listed(lambda node, _found: _before(node, own, event, match)))
    return sop.Sequence(
        **_sourced(common, event),
        population=population,
        void=_void(own, event, match),
        match=match,
        window=own.need("window", PERIOD),
        event=_name(event),
        before=before or (),
    )


def _before(node: Node, own: Reading, event: FactKind | None, match: str | None) -> sop.Before:
    entry, book = fields(node, own.found, "before"), own.book
    kind: FactKind | None = entry.need("event", book.fact)
    book.corresponds(entry.at("event"), event, kind, match)
    since = entry.may("since", one_of("previous"))
    by = entry.may("by", one_of(*ACTORS))
    if by:
        book.holds(entry.at("by"), event, ACTORS[by])
    same = entry.may("same_artifact", boolean, False)
    if same:
        book.holds(entry.at("same_artifact"), event, "artifact")
        book.holds(entry.at("same_artifact"), kind, "artifact")
    items = entry.may("items", listed(word), ())
    if items:
        book.holds(entry.at("items"), kind, "item")
    entry.close()
    return sop.Before(_name(kind), since is not None, by, same, items)


def _ratio(own: Reading, common: dict[str, Any]) -> sop.Ratio:
    population, event = _members(own), own.fact("event")
    if population:
        own.book.about(own.at("event"), event, population)
    return sop.Ratio(
        **_sourced(common, event),
        population=population,
        void=_void(own, event, None),
        match=None,
        window=own.need("window", PERIOD),
        event=_name(event),
        require=own.need("require", lambda node, _found: of_body(node, own.book, (event,))),
    )


def _existence(own: Reading, common: dict[str, Any]) -> sop.Existence:
    record = own.fact("record")
    own.book.record(own.at("record"), record)
    return sop.Existence(
        **_sourced(common, record), record=_name(record), min=own.need("min", whole(1))
    )


def _absence(own: Reading, common: dict[str, Any]) -> sop.Absence:
    record = own.fact("record")
    own.book.record(own.at("record"), record)
    if not own.has("alive"):
        say = N_("“%(name)s” needs “alive”: silence alone proves nothing.")
        hint = N_("Name the control whose sensors would have told.")
        own.found.add(own.node, say, hint, name=own.name)
    tolerate = own.need("tolerate", lasting(least=0))
    return sop.Absence(**_sourced(common, record), record=_name(record), tolerate=tolerate)


def _rollup(own: Reading, common: dict[str, Any]) -> sop.Rollup:
    of = own.need("of", listed(own.book.clause))
    return sop.Rollup(**common, of=of or (), method=own.need("method", one_of("worst", "mean")))


NEVER = Duration(0, "minutes")
ACTORS = {"other_than_author": "author", "requester_or_owner": "accepters"}
KINDS: dict[str, Callable[[Reading, dict[str, Any]], sop.Control]] = {
    "freshness": _freshness,
    "schedule": _schedule,
    "coverage": _coverage,
    "threshold": _threshold,
    "attest": _attest,
    "deadline": _deadline,
    "sequence": _sequence,
    "ratio": _ratio,
    "existence": _existence,
    "absence": _absence,
    "rollup": _rollup,
}
