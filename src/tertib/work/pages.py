"""What the pages of work show, read in few queries. No request, no HTML."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from django.db.models import Count, F, Q
from django.utils.dateparse import parse_datetime

from tertib.access.policy import ROLE, tree
from tertib.people.models import User
from tertib.ui.rules import last_day
from tertib.work import words
from tertib.work.models import Event, Item, ItemQuerySet, Line, Step
from tertib.work.rules import URGENT

PAGE = 50
VIEWS = ("saya", "tim", "semua", "terlambat", "ditunda", "selesai")
OWN = ("saya", "ditunda", "selesai")  # what somebody sees who sees their own work only
COLUMN = 12  # cards of one column of the board


@dataclass(frozen=True)
class Wanted:
    """What somebody looks at in the queue.

    everything  whether they may see others' work
    roles  ids of the roles that they hold
    """

    person: User
    roles: frozenset[str]
    everything: bool
    view: str = "saya"
    look: str = ""
    clause: str = ""
    text: str = ""

    def rows(self, now: datetime) -> ItemQuerySet:
        mine = Item.objects.of(self.person)
        if self.view == "saya":
            found = mine.awake(now)
        elif self.view == "milik":  # the board's: what is put off has a column there
            found = mine
        elif self.view == "ditunda":
            found = mine.filter(snoozed_until__gt=now)
        elif self.view == "selesai":
            found = Item.objects.filter(closed_at__isnull=False)
            if not self.everything:
                found = found.filter(Q(owner=self.person) | Q(lines__person=self.person)).distinct()
        elif self.view == "tim":
            found = Item.objects.open().filter(role__in=team(self.roles))
        elif self.view == "terlambat":
            found = Item.objects.open().filter(due_by__lte=now)
        else:
            found = Item.objects.open()
        return self.matching(found)

    def matching(self, found: ItemQuerySet) -> ItemQuerySet:
        """Keep what the look, the clause and the words that somebody typed fit."""
        if self.look in words.LOOKS:
            found = found.filter(look=self.look)
        if self.clause:
            found = found.filter(clause__startswith=self.clause)
        if self.text:
            prefix, _, number = self.text.upper().partition("-")
            if number.isascii() and number.isdigit() and len(number) < 19:
                return found.filter(prefix=prefix, number=int(number))
            titled = Q(title_id__icontains=self.text) | Q(title_en__icontains=self.text)
            found = found.filter(titled)
        return found

    @property
    def narrowed(self) -> bool:
        return bool(self.look or self.clause or self.text)

    @property
    def views(self) -> tuple[str, ...]:
        return VIEWS if self.everything else OWN


def team(roles: Collection[str]) -> frozenset[str]:
    """Return the roles whose work is that of who holds these: they and the ones below."""
    parents, found = tree(), frozenset(roles)
    if "kepala_ti" in found:
        found |= {"tim_ti"}
    while more := {role for role, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def held(person: User, now: datetime) -> frozenset[str]:
    return frozenset(role.removeprefix(ROLE) for role in person.roles(now=now))


def page(wanted: Wanted, cursor: str, now: datetime) -> tuple[list[Item], str]:
    """Return one page, the first due first (closed: the last closed), and the next one's cursor."""
    closed = wanted.view == "selesai"
    name = "closed_at" if closed else "due_by"
    found = wanted.rows(now).filter(_after(cursor, name, newest_first=closed))
    order = (f"-{name}", "-pk") if closed else (name, "pk")
    found = found.counting(wanted.person).select_related("owner", "raised_to", "lent_by")
    rows = list(found.order_by(*order)[: PAGE + 1])
    if len(rows) <= PAGE:
        return rows, ""
    last = rows[PAGE - 1]
    return rows[:PAGE], f"{getattr(last, name).isoformat()},{last.pk}"


def _after(cursor: str, name: str, *, newest_first: bool) -> Q:
    at, _, pk = cursor.rpartition(",")
    try:
        seen = parse_datetime(at)
    except ValueError:
        seen = None
    if seen is None or seen.tzinfo is None or not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return Q()
    way = "lt" if newest_first else "gt"
    return Q(**{f"{name}__{way}": seen}) | Q(**{name: seen, f"pk__{way}": int(pk)})


@dataclass(frozen=True)
class Tally:
    """How much of somebody's own work is open and awake, and how much of it is overdue."""

    open: int
    late: int
    snoozed: int


def tally(person: User, now: datetime) -> Tally:
    awake = Q(snoozed_until=None) | Q(snoozed_until__lte=now)
    counted = Item.objects.of(person).aggregate(
        open=Count("pk", filter=awake),
        late=Count("pk", filter=awake & Q(due_by__lte=now)),
        snoozed=Count("pk", filter=~awake),
    )
    return Tally(**counted)


def urgency(item: Item, now: datetime) -> str:
    """Return the state whose shape and colour an item's due time has; "": there is time."""
    if item.closed_at:
        return ""
    if item.due_by <= now:
        return "lapsed"
    return "due_soon" if item.due_by <= now + URGENT else ""


def grouped(items: Sequence[Item], now: datetime, zone: tzinfo) -> list[tuple[str, list[Item]]]:
    """Put items that come by due time under late, today, week and later."""
    today = now.astimezone(zone).date()
    groups: dict[str, list[Item]] = {}
    for item in items:
        day = last_day(item.due_by, zone)
        if item.closed_at:
            name = "closed"
        elif item.due_by <= now:
            name = "late"
        elif day == today:
            name = "today"
        else:
            name = "week" if day <= today + timedelta(days=7) else "later"
        groups.setdefault(name, []).append(item)
    return list(groups.items())


# --- The board -----------------------------------------------------------------------------------


def columns(wanted: Wanted, now: datetime) -> list[tuple[str, list[Item]]]:
    """Return the cards of each column of the board, a few of each, and one more if there is."""
    some = COLUMN + 1
    found = wanted.rows(now).counting(wanted.person).select_related("owner", "raised_to")
    begun = found.filter(started_at__isnull=False)
    sleeping = Q(snoozed_until__isnull=False, snoozed_until__gt=now)
    of_all = wanted.everything and wanted.view != "milik"
    closed = Wanted(wanted.person, wanted.roles, of_all, view="selesai")
    ended = closed.rows(now)
    if wanted.view == "tim":
        ended = ended.filter(role__in=team(wanted.roles))
    ended = ended.select_related("owner", "raised_to").order_by("-closed_at", "-pk")
    return [
        ("waiting", list(found.filter(~sleeping, started_at=None).order_by("due_by")[:some])),
        ("started", list(begun.filter(~sleeping).order_by("due_by")[:some])),
        ("snoozed", list(found.filter(sleeping).order_by("snoozed_until")[:some])),
        ("done", list(ended[:some])),
    ]


# --- One item ------------------------------------------------------------------------------------


def history(item: Item) -> list[Event]:
    return list(item.events.select_related("by").order_by("-at", "-pk")[:100])


def ladder(item: Item) -> list[Step]:
    """Return when it is due, and to whom it climbs; reminders are no rungs."""
    return list(item.steps.exclude(kind=Step.Kind.REMIND).order_by("at", "-kind", "pk"))


def raised_to(events: Iterable[Event]) -> dict[int, str]:
    """Return the names of those to whom it climbed."""
    ids = {event.told.get("to") for event in events if event.act == "raised"} - {None}
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "full_name")) if ids else {}


def lines(item: Item, *, of: User | None, start: int = 0) -> list[Line]:
    """Return a page of its lines, the open ones first. of: only what is that person's."""
    found = item.lines.select_related("person", "signed_by")
    if of is not None:
        found = found.filter(person=of)
    order = (F("closed_at").asc(nulls_first=True), "began_at", "pk")
    return list(found.order_by(*order)[start : start + PAGE])


def answers(item: Item, person: User) -> bool:
    """Whether that person answers for it: owner, lender, raised to them, opened by them."""
    return person.pk in (item.owner_id, item.lent_by_id, item.raised_to_id, item.opened_by_id)


def concerned(item: Item, person: User) -> bool:
    """Whether it concerns that person: they answer for it, or a line is theirs."""
    return answers(item, person) or Line.objects.filter(item=item, person=person).exists()


# --- The calendar --------------------------------------------------------------------------------


def month(person: User, first: datetime, after: datetime) -> list[Item]:
    """Return what of a person's is due after `first` and until `after`: midnight ends a day."""
    found = Item.objects.of(person).filter(due_by__gt=first, due_by__lte=after)
    return list(found.order_by("due_by")[:500])


def people(now: datetime) -> Iterable[tuple[int, str]]:
    """Return whom work can be given to: who works here, by name."""
    return User.objects.filter(is_active=True).order_by("full_name").values_list("pk", "full_name")
