"""What controls of several kinds have in common, and how it is read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tertib.lib.durations import length
from tertib.lib.limits import Duration
from tertib.sop import format as sop
from tertib.sop.book import Book, Defaults
from tertib.sop.faults import N_
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
    word,
)
from tertib.sop.format import Text
from tertib.sop.known import FactKind
from tertib.sop.tree import Node

type Facts = tuple[FactKind | None, ...]

LOOKS = {  # of the work that a lapse opens, and the msgid of each
    "task": N_("task"),
    "ticket": N_("ticket"),
    "incident": N_("incident"),
    "work_order": N_("work order"),
    "review": N_("review"),
    "escalation": N_("escalation"),
    "training": N_("training"),
    "campaign": N_("awareness campaign"),
}
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


def common(own: Reading, kind: str, clause: sop.Clause) -> dict[str, Any]:
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


def sourced(common: dict[str, Any], kind: FactKind | None) -> dict[str, Any]:
    """Let the vocabulary say where the evidence comes from, unless the control does."""
    return common if common["comes_from"] or not kind else common | {"comes_from": kind.comes_from}


# What several kinds have


def members(own: Reading) -> str | None:
    population: str | None = own.may("population", own.book.population)
    return population


def about(own: Reading, key: str, kind: FactKind | None, population: str | None) -> None:
    if population or not own.has("population"):  # else it names none, which is a fault already
        own.book.about(own.at(key), kind, population)


def settle(own: Reading) -> Any:
    return own.may("settle", lasting(least=0), own.defaults.settle)


def warn(own: Reading, than: str, period: Duration | None) -> Any:
    warn = own.may("warn", PERIOD, own.defaults.warn_for(period))
    own.shorter("warn", warn, than, period)
    return warn


def level(own: Reading, kind: FactKind | None) -> Any:
    level = own.may("level", word)
    if level:
        own.book.holds(own.at("level"), kind, "level")
    return level


def topics(own: Reading, kind: FactKind | None) -> Any:
    topics = own.may("topics", listed(word), ())
    if topics:
        own.book.holds(own.at("topics"), kind, "topics")
    return topics


def match(own: Reading, first: FactKind | None) -> Any:
    match = own.may("match", word)
    if match:
        own.book.holds(own.at("match"), first, match)
    return match


def void(own: Reading, item: FactKind | None, match: str | None) -> tuple[str, ...]:
    kinds = own.facts("void", own.may)
    for kind in kinds:
        own.book.corresponds(own.at("void"), item, kind, match)
    return names(kinds)


def names(kinds: Facts) -> tuple[str, ...]:
    return tuple(kind.name for kind in kinds if kind)


def name(kind: FactKind | None) -> str:
    return kind.name if kind else ""
