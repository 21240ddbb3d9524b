"""Reading controls: each kind by its own closed set of keys (semantics 8)."""

from collections.abc import Callable
from datetime import date
from typing import Any

from tertib.lib.limits import Duration
from tertib.lib.slots import Slot
from tertib.sop import format as sop
from tertib.sop import parts
from tertib.sop.book import Book, Defaults
from tertib.sop.conditions import of_body, of_value
from tertib.sop.faults import N_, Found
from tertib.sop.fields import (
    boolean,
    both,
    fields,
    lasting,
    listed,
    one_of,
    percent,
    whole,
    word,
)
from tertib.sop.known import FactKind
from tertib.sop.parts import PERIOD, Reading
from tertib.sop.tree import Node, Pairs, Scalar


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
    read = KINDS[kind](own, parts.common(own, kind, clause))
    own.close()
    return read


def _freshness(own: Reading, common: dict[str, Any]) -> sop.Freshness:
    population, kind = parts.members(own), own.fact("evidence")
    parts.about(own, "evidence", kind, population)
    within = own.need("within", lasting())
    return sop.Freshness(
        **parts.sourced(common, kind),
        population=population,
        settle=parts.settle(own),
        evidence=parts.name(kind),
        level=parts.level(own, kind),
        topics=parts.topics(own, kind),
        within=within,
        warn=parts.warn(own, "within", within),
    )


def _schedule(own: Reading, common: dict[str, Any]) -> sop.Schedule:
    population, kind = parts.members(own), own.fact("evidence")
    parts.about(own, "evidence", kind, population)
    every, window = own.need("every", _slots), own.need("window", PERIOD)
    grace = own.may("grace", lasting(least=0, workdays=False))
    own.shorter("grace", grace, "every", every)
    own.longer("window", window, "every", every)
    return sop.Schedule(
        **parts.sourced(common, kind),
        population=population,
        settle=parts.settle(own),
        evidence=parts.name(kind),
        level=parts.level(own, kind),
        every=every,
        grace=grace,
        window=window,
        warn=parts.warn(own, "every", every),
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
    population, kinds = parts.members(own), own.facts("evidence", own.need, single=True)
    for kind in kinds:
        parts.about(own, "evidence", kind, population)
    return sop.Coverage(
        **parts.sourced(common, kinds[0] if kinds else None),
        population=population,
        settle=parts.settle(own),
        evidence=parts.names(kinds),
        require=own.need("require", lambda node, _found: of_body(node, own.book, kinds)),
        max_age=own.need("max_age", lasting()),
    )


def _threshold(own: Reading, common: dict[str, Any]) -> sop.Threshold:
    population, kind = parts.members(own), own.fact("metric")
    parts.about(own, "metric", kind, population)
    if kind and not kind.hold:
        metrics = sorted(one.name for one in own.book.known.kinds.values() if one.hold)
        say = N_("“%(kind)s” is no metric: its values do not last.")
        hint = N_("Metrics are: %(known)s.")
        own.found.add(own.at("metric"), say, hint, kind=kind.name, known=", ".join(metrics))
    return sop.Threshold(
        **parts.sourced(common, kind),
        population=population,
        settle=own.may("settle", lasting(least=0)),
        metric=parts.name(kind),
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
        warn=parts.warn(own, "within", within),
    )


def _deadline(own: Reading, common: dict[str, Any]) -> sop.Deadline:
    population, trigger = parts.members(own), own.fact("trigger")
    if population:
        own.book.about(own.at("trigger"), trigger, population)
    match, until = parts.match(own, trigger), own.facts("until", own.need)
    for kind in until:
        own.book.corresponds(own.at("until"), trigger, kind, match)
    within, window = own.need("within", lasting()), own.need("window", PERIOD)
    own.longer("window", window, "within", within)
    return sop.Deadline(
        **parts.sourced(common, trigger),
        population=population,
        void=parts.void(own, trigger, match),
        match=match,
        window=window,
        trigger=parts.name(trigger),
        until=parts.names(until),
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
        return sop.Pause(parts.name(kinds[0]), parts.name(kinds[1]))

    paused: sop.Pause = own.may("pause", read)
    return paused


def _sequence(own: Reading, common: dict[str, Any]) -> sop.Sequence:
    population, event = parts.members(own), own.fact("event")
    if population:
        own.book.about(own.at("event"), event, population)
    match = parts.match(own, event)
    before = own.need("before", listed(lambda node, _found: _before(node, own, event, match)))
    return sop.Sequence(
        **parts.sourced(common, event),
        population=population,
        void=parts.void(own, event, match),
        match=match,
        window=own.need("window", PERIOD),
        event=parts.name(event),
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
    return sop.Before(parts.name(kind), since is not None, by, same, items)


def _ratio(own: Reading, common: dict[str, Any]) -> sop.Ratio:
    population, event = parts.members(own), own.fact("event")
    if population:
        own.book.about(own.at("event"), event, population)
    return sop.Ratio(
        **parts.sourced(common, event),
        population=population,
        void=parts.void(own, event, None),
        match=None,
        window=own.need("window", PERIOD),
        event=parts.name(event),
        require=own.need("require", lambda node, _found: of_body(node, own.book, (event,))),
    )


def _existence(own: Reading, common: dict[str, Any]) -> sop.Existence:
    record = own.fact("record")
    own.book.record(own.at("record"), record)
    return sop.Existence(
        **parts.sourced(common, record), record=parts.name(record), min=own.need("min", whole(1))
    )


def _absence(own: Reading, common: dict[str, Any]) -> sop.Absence:
    record = own.fact("record")
    own.book.record(own.at("record"), record)
    if not own.has("alive"):
        say = N_("“%(name)s” needs “alive”: silence alone proves nothing.")
        hint = N_("Name the control whose sensors would have told.")
        own.found.add(own.node, say, hint, name=own.name)
    tolerate = own.need("tolerate", lasting(least=0))
    return sop.Absence(
        **parts.sourced(common, record), record=parts.name(record), tolerate=tolerate
    )


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
