"""Reading what stands around the clauses: the SOP itself, its calendar, defaults, roles, people."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Protocol

from tertib.lib.durations import length
from tertib.lib.limits import Calendar, Period, Week
from tertib.sop.book import Book, Defaults
from tertib.sop.faults import N_, Found
from tertib.sop.fields import (
    NAME,
    Fields,
    boolean,
    both,
    clause_id,
    day,
    fields,
    lasting,
    listed,
    mapping,
    one_of,
    pattern,
    percent,
    positive,
    reference,
    version,
    whole,
    windows,
    word,
    zone,
)
from tertib.sop.format import Population, Role, Rung, Section, Text
from tertib.sop.tree import Items, Node

SLUG = re.compile(r"[a-z][a-z0-9_-]*", re.ASCII)
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
YEARS = 3  # holidays are resolved for the year of effective_from and the two after
LONGEST_PERIOD = 366  # days of a special period


class Holidays(Protocol):
    def __call__(
        self, country: str, years: Iterable[int], *, collective_leave: bool
    ) -> Collection[date]:
        """Return the holidays of those years. Raise LookupError if it does not know the country."""


@dataclass
class Header:
    """What the file says of itself: the first fields of `Sop`."""

    id: Any
    version: Any
    title: Any
    effective_from: Any
    timezone: Any
    calendar: Any
    acknowledge_by: Any
    acknowledge_within: Any
    approve_by: Any
    source_text: Any


def header(node: Node, book: Book, holidays: Holidays) -> Header:
    own = fields(node, book.found, "sop")
    effective_from = own.need("effective_from", day)
    read = Header(
        own.need("id", slug),
        own.need("version", version),
        own.need("title", both),
        effective_from,
        own.need("timezone", zone),
        _calendar(own, effective_from, holidays),
        *_acknowledge(own, book),
        own.need("approve", lambda node, found: _approve(node, found, book)),
        own.need("source_text", word),
    )
    own.close()
    return read


def _approve(node: Node, found: Found, book: Book) -> str | None:
    own = fields(node, found, "approve")
    by: str | None = own.need("by", book.role)
    own.need("separation", one_of("author_is_not_approver"))
    own.close()
    return by


def _acknowledge(own: Fields, book: Book) -> tuple[Any, Any]:
    def read(node: Node, found: Found) -> tuple[Any, Any]:
        acknowledge = fields(node, found, "acknowledge")
        by = acknowledge.need("by", listed(book.role)), acknowledge.need("within", lasting())
        acknowledge.close()
        return by

    asked: tuple[Any, Any] = own.may("acknowledge", read, ((), None))
    return asked


# The calendar


def _calendar(own: Fields, effective_from: date | None, holidays: Holidays) -> Calendar | None:
    week = own.need("business_hours", _week)
    if week and not any(week):
        hint = N_('Add working hours, like mon: ["08:00-17:00"].')
        own.found.add(own.at("business_hours"), N_("No day of the week has working hours."), hint)
    year = effective_from.year if effective_from else None
    free = own.may("holidays", lambda node, found: _holidays(node, found, year, holidays), ())
    special = own.may("special_days", mapping(day, windows), {})
    periods = own.may("special_periods", _periods, ())
    if not week or not any(week):
        return None
    return Calendar(week, frozenset(free or ()), tuple(periods or ()), special)


def _week(node: Node, found: Found) -> Week:
    own = fields(node, found, "hours")
    week = tuple(own.may(name, windows, ()) for name in WEEK)
    own.close()
    return week


def _holidays(
    node: Node, found: Found, year: int | None, holidays: Holidays
) -> Collection[date] | None:
    """Read them as dates, or as a country whose dates somebody else knows."""
    if isinstance(node, Items):
        dates: Collection[date] | None = listed(day, least=0)(node, found)
        return dates
    own = fields(node, found, "holidays")
    country, collective = own.need("country", word), own.may("collective_leave", boolean, False)
    own.close()
    if not country or year is None or year > date.max.year - YEARS:
        return None
    try:
        return holidays(country, range(year, year + YEARS), collective_leave=collective)
    except LookupError:
        say = N_("Nobody knows the holidays of “%(name)s”.")
        hint = N_("Write a country like ID, or the dates themselves: [2026-12-25].")
        found.add(own.at("country"), say, hint, name=country)
        return None


def _periods(node: Node, found: Found) -> tuple[Period, ...]:
    periods: list[Period] = []

    def read(item: Node, found: Found) -> None:
        own = fields(item, found, "special_periods")
        own.need("name", word)
        first, last = own.need("from", day), own.need("until", day)
        hours = own.need("hours", _week)
        own.close()
        if not first or not last or not hours:
            return
        if not 0 <= (last - first).days < LONGEST_PERIOD:
            say = N_("A special period ends on or after its first day, within a year.")
            found.add(own.at("until"), say)
        for other in periods:
            if first <= other.last and other.first <= last:
                say = N_("This special period overlaps the one from %(first)s to %(last)s.")
                hint = N_("A day has one kind of hours.")
                found.add(own.at("from"), say, hint, first=other.first, last=other.last)
        periods.append(Period(first, last, hours))

    listed(read, least=0)(node, found)
    return tuple(periods)


# Defaults, escalation, roles, populations, sections


def defaults(node: Node, book: Book) -> tuple[Defaults, tuple[Any, Any, Any]]:
    """Return the defaults, and of waivers: longest, approver, renewals."""
    own = fields(node, book.found, "defaults")

    def lapse(node: Node, found: Found) -> tuple[Any, Any, Any]:
        default = fields(node, found, "lapse")
        read = (
            default.need("open", word),
            default.need("due", lasting()),
            default.need("escalation", book.ladder),
        )
        default.close()
        return read

    def waiver(node: Node, found: Found) -> tuple[Any, Any, Any]:
        rules = fields(node, found, "waiver")
        read = (
            rules.need("max", lasting(workdays=False)),
            rules.need("approver", book.role),
            rules.need("renewals", whole(0)),
        )
        rules.close()
        return read

    looks = own.need("lapse", lapse) or (None, None, None)
    read = Defaults(
        own.need("target", percent),
        own.need("empty", one_of("no_data")),
        own.need("warn", lasting(workdays=False)),
        own.need("weight", positive),
        own.need("settle", lasting(least=0)),
        own.need("alive_share", percent),
        *looks,
    )
    waivers = own.need("waiver", waiver) or (None, None, None)
    own.close()
    return read, waivers


def escalation(node: Node, book: Book) -> Mapping[str, tuple[Rung, ...]]:
    def rung(node: Node, found: Found) -> Rung | None:
        own = fields(node, found, "escalation")
        after, to = own.need("after", lasting(least=0)), own.need("to", book.role)
        own.close()
        return Rung(after, to) if after and to else None

    def ladder(node: Node, found: Found) -> tuple[Rung, ...]:
        rungs: tuple[Rung | None, ...] = listed(rung)(node, found) or ()
        climbed = [rung for rung in rungs if rung]
        for lower, upper in pairwise(climbed):
            if length(upper.after) < length(lower.after):
                say = N_("A ladder climbs: a later rung comes after an earlier one.")
                found.add(node, say, N_("Put the rungs in order."))
        return tuple(climbed)

    return _named(node, book.found, "escalation", ladder)


def roles(node: Node, book: Book) -> Mapping[str, Role]:
    parents: dict[str, str] = {}

    def role(name: str) -> Callable[[Node, Found], Role]:
        def read(node: Node, found: Found) -> Role:
            own = fields(node, found, name)
            called, parent = own.need("name", both), own.may("parent", book.role)
            own.close()
            if parent:
                parents[name] = parent
                seen, at = {name}, parent
                while at in parents and at not in seen:
                    seen.add(at)
                    at = parents[at]
                if at == name:
                    say = N_("“%(name)s” would be its own parent.")
                    found.add(own.at("parent"), say, name=name)
            return Role(name, called, parent)

        return read

    own = fields(node, book.found, "roles")
    _names(own)
    return {key: role(key)(kept, book.found) for key, kept in own.node.nodes.items()}


def populations(node: Node, book: Book) -> Mapping[str, Population]:
    own = fields(node, book.found, "populations")
    _names(own)
    return {name: _population(name, kept, book) for name, kept in own.node.nodes.items()}


def _population(name: str, node: Node, book: Book) -> Population:
    own, known = fields(node, book.found, name), book.known
    of = own.need("of", reference(known.subjects, N_("There is no kind of subject “%(name)s”.")))
    attributes = known.attributes.get(of, {})
    if name == "organisation":
        say = N_("“organisation” is the company itself, by definition.")
        book.found.add(node, say, N_("Choose another name."))
    if of and not attributes:
        say = N_("Subjects of kind “%(name)s” have no attributes to choose by.")
        hint = N_("Known are: %(known)s.")
        told = ", ".join(sorted(known.attributes))
        book.found.add(own.at("of"), say, hint, name=of, known=told)

    def where(node: Node, found: Found) -> Mapping[str, tuple[str, ...]]:
        chosen = fields(node, found, "where")
        if not chosen.node.nodes:
            found.add(node, N_("“where” chooses nobody in particular."), N_("Name an attribute."))
        for attribute, place in chosen.node.keys.items():
            if attributes and attribute not in attributes:
                say = N_("Subjects of this kind have no attribute “%(name)s”.")
                found.unknown(place, say, attribute, attributes)
        return {
            attribute: listed(_value(attributes.get(attribute)), single=True)(kept, found) or ()
            for attribute, kept in chosen.node.nodes.items()
        }

    read = Population(name, of, own.need("where", where), own.may("name", both, Text(name, name)))
    own.close()
    return read


def _value(known: Collection[str] | None) -> Callable[[Node, Found], str | None]:
    if known is None:
        return word
    return reference(known, N_("“%(name)s” is no value of this attribute."))


def sections(node: Node, book: Book) -> tuple[Section, ...]:
    def section(node: Node, found: Found) -> Section:
        own = fields(node, found, "sections")
        read = Section(
            own.need("id", clause_id),
            own.need("title", both),
            own.may("text", both),
            own.may("short", both),
        )
        own.close()
        return read

    return listed(section)(node, book.found) or ()


def _named[T](
    node: Node, found: Found, name: str, read: Callable[[Node, Found], T]
) -> Mapping[str, T]:
    own = fields(node, found, name)
    _names(own)
    return {key: read(kept, found) for key, kept in own.node.nodes.items()}


def _names(own: Fields) -> None:
    for key, place in own.node.keys.items():
        if len(key) > 40 or not NAME.fullmatch(key) or "." in key:
            say = N_("“%(name)s” is no name.")
            hint = N_("A name is small letters, digits and _; at most 40.")
            own.found.add(place, say, hint, name=key)


slug = pattern(SLUG, N_("“%(value)s” is no id."), N_("An id is small letters, digits, _ and -."))
