"""What the audit trail shows, a page at a time. No request, no HTML."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tertib.access import policy
from tertib.audit import trail
from tertib.audit.models import Entry
from tertib.lib import cells
from tertib.lib.paging import cursor, key
from tertib.ui import rules

PAGE = 50
CHUNK = 500  # rows of the file that are read at once: nobody reads for long
LONGEST = 80  # characters of a value on the page
NOTHING = "\N{EN DASH}"


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
    name: str
    old: str
    new: str


@dataclass(frozen=True)
class Row:
    entry: Entry
    word: str
    actor: trail.Thing | None  # None: it ran by itself
    thing: trail.Thing
    changes: Sequence[Change]


def page(wanted: Wanted, after: str, zone: tzinfo) -> tuple[list[Row], str]:
    """Return one page, the newest first, and the cursor of the next one, "" if there is none."""
    found = list(wanted.rows(zone).filter(_after(after))[: PAGE + 1])
    rows, more = found[:PAGE], len(found) > PAGE
    return _read(rows), _cursor(rows[-1]) if more else ""


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
                    "; ".join(f"{one.name}: {one.old} → {one.new}" for one in row.changes),
                ]
            )
        if len(found) < CHUNK:
            return
        after = _cursor(found[-1])


def _read(entries: Sequence[Entry]) -> list[Row]:
    uuids = {entry.subject for entry in entries}
    uuids |= {entry.actor for entry in entries if entry.actor}
    names = trail.names(uuids)
    return [
        Row(
            entry=entry,
            word=trail.word(entry.action),
            actor=_thing(entry.actor, names) if entry.actor else None,
            thing=_thing(entry.subject, names),
            changes=list(_changes(entry.changed, names)),
        )
        for entry in entries
    ]


def _thing(uuid: UUID, names: dict[UUID, trail.Thing]) -> trail.Thing:
    return names.get(uuid) or trail.Thing(_("No longer there (%(id)s)") % {"id": str(uuid)[:8]})


def _changes(changed: dict[str, Any], names: dict[UUID, trail.Thing]) -> Iterator[Change]:
    for name, (old, new) in changed.items():
        told = [_role(one) if name == "role" else _said(one, names) for one in (old, new)]
        yield Change(trail.field_word(name), *told)


def _said(value: Any, names: dict[UUID, trail.Thing]) -> str:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str) and (at := _instant(value)):
        return rules.stamp(at, timezone.get_current_timezone(), rules.known(get_language()))
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and len(value) == 36 and (known := names.get(_uuid(value))):
        return known.label
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _role(value: Any) -> str:
    """Return how the SOP in force calls a role; one of an earlier SOP keeps its id."""
    return policy.names(get_language() or "id").get(value, value) if value else NOTHING


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


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
