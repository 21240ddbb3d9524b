"""What changes between two versions, in words, and which changes ask for less than before.

Where nobody can tell whether a change asks for less (another kind of evidence, say), it is marked:
a person looks at it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tertib.lib import durations
from tertib.lib.limits import Duration
from tertib.sop.faults import N_
from tertib.sop.format import (
    Before,
    Clause,
    Condition,
    Control,
    Lapse,
    Pause,
    Population,
    Rung,
    Sop,
    Text,
)
from tertib.sop.parts import LOOKS
from tertib.sop.weaker import FIELDS, fewer, longer, narrower, older

type Shown = object


@dataclass(frozen=True)
class Change:
    """One change. where: a control, clause, population …; say is a msgid."""

    where: str
    say: str
    weakens: bool
    what: str = ""  # a msgid, too
    old: Shown = None
    new: Shown = None

    def words(self) -> str:
        """Say it in the language that is active."""
        words = f"{self.where}: {self._said()}"
        return f"{_('WEAKER')}: {words}" if self.weakens else words

    @property
    def sentence(self) -> str:
        """Return it without where it is and whether it weakens: for a page that shows both."""
        said = self._said()
        return said[:1].upper() + said[1:]

    def _said(self) -> str:
        told = {"what": _(self.what), "old": shown(self.old), "new": shown(self.new)}
        return _(self.say) % told


@dataclass(frozen=True)
class Names:
    """Roles as their own version calls them."""

    names: tuple[Text, ...]


@dataclass(frozen=True)
class Climb:
    """A rung of a ladder, with the role as its own version calls it."""

    after: Duration
    to: Text


@dataclass(frozen=True)
class Work:
    """The work that a lapse opens, with the ladder that it climbs in its own version."""

    look: str
    to: Text
    due: Duration
    ladder: tuple[Climb, ...]


OPERATORS = {
    "eq": "=",
    "ne": "≠",
    "gte": "≥",
    "lte": "≤",
    "gt": ">",
    "lt": "<",
    "in": N_("is one of"),
    "contains": N_("contains"),
    "filled": N_("filled in:"),
    "differs_from": N_("differs from"),
    "newer_than": N_("newer than"),
    "none_or_newer_than": N_("none or newer than"),
    "within_next": N_("within the next"),
    "in_force": N_("in force, for another"),
}
CHANGED = N_("%(what)s changes from %(old)s to %(new)s.")
GONE = N_("%(what)s is taken out.")
NEW = N_("%(what)s is new.")
LADDER = {True: N_("%(what)s is new: %(new)s."), False: N_("%(what)s is taken out: %(old)s.")}
ROLES = frozenset(("approve_by", "acknowledge_by", "waiver_approver", "by"))
ROLES |= {"responsible", "accountable", "consulted", "informed"}  # of a clause
WHOLE = (  # attributes of the SOP itself, with what they are and what is less
    ("title", N_("the title"), None),
    ("timezone", N_("the time zone"), None),
    ("approve_by", N_("who approves a version"), lambda _old, _new: True),
    ("acknowledge_by", N_("who acknowledges"), fewer),
    ("acknowledge_within", N_("the time to acknowledge"), longer),
    ("waiver_max", N_("the longest waiver"), longer),
    ("waiver_approver", N_("who grants waivers"), lambda _old, _new: True),
    ("waiver_renewals", N_("how often a waiver is renewed"), lambda old, new: new > old),
)
CLAUSE = (
    ("title", N_("the title")),
    ("text", N_("the text")),
    ("responsible", N_("who is responsible")),
    ("accountable", N_("who is accountable")),
    ("consulted", N_("who is consulted")),
    ("informed", N_("who is informed")),
    ("map", N_("the mapping to standards")),
)


def diff(old: Sop, new: Sop) -> list[Change]:
    """Return the changes from one version to another, in the order of the document."""
    return [
        *_whole(old, new),
        *_ladders(old, new),
        *_roles(old, new),
        *_populations(old.populations, new.populations),
        *_clauses(old, new),
    ]


def _whole(old: Sop, new: Sop) -> Iterator[Change]:
    for name, what, weaker in WHOLE:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            weakens = bool(weaker and weaker(before, after))
            before, after = _named(old, name, before), _named(new, name, after)
            yield Change("sop", CHANGED, weakens, what, before, after)
    if list(map(tuple, old.calendar.week)) != list(map(tuple, new.calendar.week)):
        before, after = _hours(old), _hours(new)
        yield Change("sop", CHANGED, after < before, N_("working time in a week"), before, after)
    if old.calendar.holidays != new.calendar.holidays:
        before, after = len(old.calendar.holidays), len(new.calendar.holidays)
        yield Change("sop", CHANGED, False, N_("the number of holidays"), before, after)
    for name, what in (
        ("periods", N_("the special periods")),
        ("special_days", N_("the special days")),
    ):
        if getattr(old.calendar, name) != getattr(new.calendar, name):
            yield Change("sop", N_("%(what)s change."), False, what)


def _hours(sop: Sop) -> str:
    minutes = sum(
        (closes - opens).total_seconds() // 60 for day in sop.calendar.week for opens, closes in day
    )
    return f"{int(minutes // 60):02}:{int(minutes % 60):02}"


def _ladders(old: Sop, new: Sop) -> Iterator[Change]:
    for name in old.escalation.keys() | new.escalation.keys():
        before, after = old.escalation.get(name), new.escalation.get(name)
        if before == after:
            continue
        where, what = f"escalation.{name}", N_("the ladder")
        climbs = before and _climbs(old, before), after and _climbs(new, after)
        if before is None or after is None:
            yield Change(where, LADDER[before is None], after is None, what, *climbs)
        else:
            yield Change(where, CHANGED, _slower(before, after), what, *climbs)


def _climbs(sop: Sop, ladder: Iterable[Rung]) -> tuple[Climb, ...]:
    return tuple(Climb(rung.after, sop.roles[rung.to].name) for rung in ladder)


def _slower(old: tuple[Rung, ...], new: tuple[Rung, ...]) -> bool:
    if len(new) < len(old):
        return True
    pairs = zip(old, new, strict=False)
    return any(longer(one.after, other.after) or one.to != other.to for one, other in pairs)


def _roles(old: Sop, new: Sop) -> Iterator[Change]:
    for name in sorted(old.roles.keys() | new.roles.keys()):
        before, after = old.roles.get(name), new.roles.get(name)
        if before is None or after is None:
            yield Change(f"roles.{name}", NEW if before is None else GONE, False, N_("the role"))
        elif before != after:
            yield Change(f"roles.{name}", N_("%(what)s changes."), False, N_("the role"))


def _populations(old: Mapping[str, Population], new: Mapping[str, Population]) -> Iterator[Change]:
    for name in [*old, *(name for name in new if name not in old)]:
        before, after = old.get(name), new.get(name)
        where, what = f"populations.{name}", N_("the population")
        if before is None or after is None:
            yield Change(where, NEW if before is None else GONE, False, what)
        elif (before.of, before.where) != (after.of, after.where):
            weakens = narrower(before, after)
            yield Change(where, CHANGED, weakens, what, _filter(before), _filter(after))


def _filter(population: Population) -> str:
    where = population.where.items()
    chosen = " & ".join(f"{name}: {'|'.join(values)}" for name, values in where)
    return f"{population.of} ({chosen})"


def _clauses(old: Sop, new: Sop) -> Iterator[Change]:
    before = {clause.id: clause for clause in old.clauses}
    after = {clause.id: clause for clause in new.clauses}
    for clause in old.clauses:
        if clause.id not in after:
            yield Change(clause.id, GONE, True, N_("the clause"))
    for clause in new.clauses:
        if clause.id not in before:
            yield Change(clause.id, NEW, False, N_("the clause"))
        else:
            yield from _clause(old, before[clause.id], new, clause)
    for control in old.controls.values():
        if control.id not in new.controls and control.clause in after:
            yield Change(control.id, GONE, control.active, N_("the control"))
    for control in new.controls.values():
        if control.id in old.controls:
            yield from _control(old, old.controls[control.id], new, control)
        elif control.clause in before:
            yield Change(control.id, NEW, False, N_("the control"))


def _clause(old_sop: Sop, old: Clause, new_sop: Sop, new: Clause) -> Iterator[Change]:
    for name, what in CLAUSE:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            before, after = _named(old_sop, name, before), _named(new_sop, name, after)
            yield Change(new.id, CHANGED, False, what, before, after)
    if old.type != new.type:
        weakens = old.counted and not new.counted
        yield Change(new.id, CHANGED, weakens, N_("the type"), old.type, new.type)


def _control(old_sop: Sop, old: Control, new_sop: Sop, new: Control) -> Iterator[Change]:
    if old.active != new.active:
        say = N_("%(what)s is turned on.") if new.active else N_("%(what)s is turned off.")
        yield Change(new.id, say, not new.active, N_("the control"))
    if old.clause != new.clause:
        yield Change(new.id, CHANGED, True, N_("the clause"), old.clause, new.clause)
    if old.kind != new.kind:
        yield Change(new.id, CHANGED, True, N_("the kind"), old.kind, new.kind)
        return
    for field in fields(new):
        name = field.name
        before, after = getattr(old, name), getattr(new, name)
        if before == after or name not in FIELDS:
            continue
        what, weaker = FIELDS[name]
        weakens = new.active and weaker(before, after, new_sop)
        if name == "weight":
            weakens = _weighs(new_sop, new) < _weighs(old_sop, old)
        elif name == "window":
            weakens = new.active and older(new, before, after)
        elif name == "lapse" and before and after:
            ladders = old_sop.escalation[before.escalation], new_sop.escalation[after.escalation]
            weakens |= new.active and _slower(*ladders)
        before, after = _named(old_sop, name, before), _named(new_sop, name, after)
        yield Change(new.id, CHANGED, weakens, what, before, after)


def _named(sop: Sop, name: str, value: Any) -> Shown:
    """Return the value of an attribute with the roles as that version calls them."""
    if isinstance(value, Lapse):
        ladder = _climbs(sop, sop.escalation[value.escalation])
        return Work(value.open, sop.roles[value.to].name, value.due, ladder)
    if name not in ROLES or not value:
        return value
    names = [sop.roles[role].name for role in (value if isinstance(value, tuple) else [value])]
    return Names(tuple(names))


def _weighs(sop: Sop, control: Control) -> Fraction:
    """Return the part that the control has in its clause's score."""
    clause = next(clause for clause in sop.clauses if clause.id == control.clause)
    whole = sum((one.weight for one in clause.active), Fraction())
    return control.weight / whole if control.active and whole else Fraction()


def _details(entry: Before) -> Iterator[str]:
    if entry.since_previous:
        yield _("since the previous one")
    if entry.by:
        yield _("by %(whom)s") % {"whom": entry.by}
    if entry.same_artifact:
        yield _("of the same artifact")
    if entry.items:
        yield shown(entry.items)


def shown(value: Shown) -> str:
    """Write a value of the format in the language that is active."""
    language = get_language()
    match value:
        case None | () | "":
            return _("nothing")
        case bool():
            return _("yes") if value else _("no")
        case Duration():
            return durations.words(value, "en" if (language or "").startswith("en") else "id")
        case Text():
            return f"“{value.words(language)}”"
        case Condition(path, op, operand):
            return f"{'.'.join(path)} {_(OPERATORS.get(op, op))} {shown(operand)}"
        case Before():
            return value.event + "".join(f" ({detail})" for detail in _details(value))
        case Pause(start, until):
            return f"{start} … {until}"
        case Climb(after, to):
            words = _("%(role)s after %(time)s") if after.count else _("%(role)s at once")
            return words % {"role": to.words(language), "time": shown(after)}
        case Names(texts):
            return ", ".join(text.words(language) for text in texts)
        case tuple():
            return ", ".join(map(shown, value))
        case Mapping():
            return "; ".join(f"{name}: {shown(kept)}" for name, kept in value.items())
        case Work(look, to, due, ladder):
            return _("%(look)s for %(role)s, due in %(due)s, then %(ladder)s") % {
                "look": _(LOOKS.get(look, look)),
                "role": to.words(language),
                "due": shown(due),
                "ladder": shown(ladder),
            }
        case Fraction():
            return f"{float(value):g}"
    return str(value)
