"""What the audit trail shows, a page at a time. No request, no HTML."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tertib.access.decorators import opens
from tertib.audit import trail
from tertib.audit.models import Entry
from tertib.lib import cells
from tertib.lib.paging import cursor, key
from tertib.ui import rules

PAGE = 50
CHUNK = 500  # rows of the file that are read at once: nobody reads for long
LONGEST = 80  # characters of a value on the page
NOTHING = "\N{EN DASH}"
NONE: tuple[Any, ...] = (None, "", [])


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for."""

    who: str = ""
    what: str = ""
    action: str = ""
    first: date | None = None
    last: date | None = None
    only_people: bool = False

    def rows(self, zone: tzinfo) -> QuerySet[Entry]:
        found = Entry.objects.order_by("-occurred_at", "-pk")
        if self.who:
            found = found.filter(actor__in=trail.people(self.who))
        elif self.only_people:
            found = found.filter(actor__isnull=False)
        if self.what:
            found = found.filter(subject__in=trail.meant(self.what))
        if self.action:
            found = found.filter(action=self.action)
        if self.first:
            found = found.filter(occurred_at__gte=_midnight(self.first, zone))
        if self.last:
            after = _midnight(self.last + timedelta(days=1), zone)
            found = found.filter(occurred_at__lt=after)
        return found

    @property
    def any(self) -> bool:
        return bool(
            self.who or self.what or self.action or self.first or self.last or self.only_people
        )


@dataclass(frozen=True)
class Change:
    """What changed. old None: there was nothing before, or nobody asks what."""

    name: str
    old: trail.Thing | None
    new: trail.Thing


@dataclass(frozen=True)
class Row:
    entry: Entry
    word: str
    actor: trail.Thing | None  # None: it ran by itself
    thing: trail.Thing
    changes: Sequence[Change]


def page(
    wanted: Wanted, after: str, zone: tzinfo, *, may: Collection[str]
) -> tuple[list[Row], str]:
    """Return one page, the newest first, and the cursor of the next one, "" if there is none.

    may: the permissions of whoever reads it: what it is about leads only where they are let in.
    """
    found = list(wanted.rows(zone).filter(_after(after))[: PAGE + 1])
    rows, more = found[:PAGE], len(found) > PAGE
    return _read(rows, may), _cursor(rows[-1]) if more else ""


def lines(wanted: Wanted, zone: tzinfo) -> Iterator[str]:
    """Yield everything that is wanted as a file for a spreadsheet."""
    yield cells.BOM
    yield cells.line(
        [_("Time (UTC)"), _("Action"), _("Name of the action"), _("Person"), _("About"),
         _("Identity"), _("Reason"), _("Changed")]
    )  # fmt: skip
    after = ""
    while True:
        found = list(wanted.rows(zone).filter(_after(after))[:CHUNK])
        for row in _read(found):
            yield cells.line(
                [
                    row.entry.occurred_at.isoformat(timespec="seconds"),
                    row.word,
                    row.entry.action,
                    row.actor.label if row.actor else _("Tertib itself"),
                    row.thing.label,
                    str(row.entry.subject),
                    row.entry.reason,
                    "; ".join(map(_line, row.changes)),
                ]
            )
        if len(found) < CHUNK:
            return
        after = _cursor(found[-1])


def _read(entries: Sequence[Entry], may: Collection[str] = ()) -> list[Row]:
    uuids = {entry.subject for entry in entries}
    uuids |= {entry.actor for entry in entries if entry.actor}
    told = [pair for entry in entries for pair in _values(entry.changed)]
    uuids |= {uuid for _field, value in told if (uuid := _uuid(value))}
    names = {uuid: _leading(thing, may) for uuid, thing in trail.names(uuids).items()}
    asked: dict[str, set[Any]] = {}
    for field, value in told:
        asked.setdefault(field, set()).add(value)
    called = {
        field: {value: _leading(thing, may) for value, thing in trail.values(field, them).items()}
        for field, them in asked.items()
    }
    return [
        Row(
            entry=entry,
            word=trail.word(entry.action),
            actor=_thing(entry.actor, names) if entry.actor else None,
            thing=_thing(entry.subject, names),
            changes=list(_changes(entry.changed, names, called)),
        )
        for entry in entries
    ]


def _leading(thing: trail.Thing, may: Collection[str]) -> trail.Thing:
    return replace(thing, url=thing.url if thing.url and opens(thing.url, may) else "")


def _thing(uuid: UUID, names: dict[UUID, trail.Thing]) -> trail.Thing:
    return names.get(uuid) or trail.Thing(_("No longer there (%(id)s)") % {"id": str(uuid)[:8]})


def _values(changed: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield each value that may have a name, with its field."""
    for field, pair in changed.items():
        if not trail.is_inner(field):
            for value in pair:
                for one in value if isinstance(value, list) else [value]:
                    if isinstance(one, str | int) and not isinstance(one, bool):
                        yield field, one


def _changes(
    changed: dict[str, Any],
    names: dict[UUID, trail.Thing],
    called: dict[str, dict[Any, trail.Thing]],
) -> Iterator[Change]:
    for field, (old, new) in changed.items():
        if trail.is_inner(field):
            continue
        before, after = (
            None if one in NONE else _said(one, names, called.get(field, {})) for one in (old, new)
        )
        yield Change(trail.field_word(field), before, after or trail.Thing(NOTHING))


def _said(
    value: Any, names: dict[UUID, trail.Thing], called: dict[Any, trail.Thing]
) -> trail.Thing:
    if isinstance(value, bool):
        return trail.Thing(_("yes") if value else _("no"))
    if isinstance(value, list):
        return trail.Thing(_short(", ".join(_said(one, names, called).label for one in value)))
    if isinstance(value, dict):
        told = (f"{name}: {_said(one, names, {}).label}" for name, one in value.items())
        return trail.Thing(_short(", ".join(told)))
    if isinstance(value, str | int) and (known := called.get(value)):
        return known
    if isinstance(value, str):
        if (uuid := _uuid(value)) and (thing := names.get(uuid)):
            return thing
        if at := _instant(value):
            zone, language = timezone.get_current_timezone(), rules.known(get_language())
            return trail.Thing(rules.stamp(at, zone, language))
        if day := _day(value):
            return trail.Thing(rules.calendar_day(day, rules.known(get_language())))
    return trail.Thing(_short(str(value)))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _line(change: Change) -> str:
    """Return a change as the file says it."""
    before = f"{change.old.label} → " if change.old else ""
    return f"{change.name}: {before}{change.new.label}"


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) and len(value) == 36 else None
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if len(text) == 10 else None
    except ValueError:
        return None


def _instant(text: str) -> datetime | None:
    """Return the instant that a value says, if it is one: as DjangoJSONEncoder writes them."""
    try:
        at = parse_datetime(text) if len(text) >= 20 and text[10] == "T" else None
    except ValueError:
        return None
    return at if at and at.tzinfo else None


def _cursor(entry: Entry) -> str:
    return cursor(entry.occurred_at.isoformat(), entry.pk)


def _after(text: str) -> Q:
    """Return what comes after the last row of a page; everything if the cursor is none of ours."""
    try:
        at, pk = key(text, str, int)
        seen = parse_datetime(str(at))
    except ValueError:
        return Q()
    if seen is None or seen.tzinfo is None:
        return Q()
    return Q(occurred_at__lt=seen) | Q(occurred_at=seen, pk__lt=pk)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)
