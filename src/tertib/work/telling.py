"""What people are told about their work: notices in the caller's transaction, sent by `notify`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tertib.notify import actions as notify
from tertib.notify import topics
from tertib.notify.actions import Told
from tertib.notify.models import Notice
from tertib.people.models import User
from tertib.ui import rules as words
from tertib.work.models import Item
from tertib.work.rules import found_late, is_urgent

CLOSED = "work.closed"
LINE = ("line",)
ASKS = ("assigned", "line", "raised", "due")  # what asks somebody to act; a comment does not


class Due(NamedTuple):
    """That a step of an item concerns somebody. at: when the step was due."""

    item: Item
    person: User | None
    what: str  # raised, or due
    at: datetime


def assigned(item: Item, *, by: User | None, now: datetime) -> None:
    """Tell the owner that it is theirs, unless they did it themselves."""
    if item.owner_id and (by is None or by.pk != item.owner_id):
        _tell([Due(item, User.objects.get(pk=item.owner_id), "assigned", now)], now)


def lines(item: Item, people: Collection[int], *, now: datetime) -> None:
    """Tell those whose own line it is."""
    if people:
        found = User.objects.filter(pk__in=people)
        _tell([Due(item, person, "line", now) for person in found], now)


def prepare(due: Iterable[Due], *, now: datetime) -> list[Notice]:
    """Return what to tell whom steps concern, for `notify.tell_prepared`."""
    return notify.prepare(_told(due, now), now=now)


def closed(item: Item, *, because: str, now: datetime) -> None:
    """Tell the machines that ask for it."""
    notify.announce(
        CLOSED,
        f"{item.uuid}:closed:{now.isoformat()}",
        {
            "number": item.name,
            "title_id": item.title_id,
            "title_en": item.title_en,
            "control": item.control,
            "because": because,
            "url": reverse("work:item", args=[item.name]),
        },
        now=now,
    )


def done(
    item: Item, people: Collection[int | None], *, now: datetime, asked: Sequence[str] = ASKS
) -> None:
    """Nobody need read any more what asked these people to act: it is done."""
    pks = [pk for pk in people if pk]
    uuids = list(User.objects.filter(pk__in=pks).values_list("uuid", flat=True)) if pks else []
    if uuids:
        notify.settle(uuids, [f"work.{what}" for what in asked], f"{item.uuid}:", now=now)


def commented(item: Item, by: User, *, now: datetime) -> None:
    """Tell owner, lender and whom it was raised to, but not who wrote it."""
    concerned = (item.owner_id, item.lent_by_id, item.raised_to_id)
    people = {pk for pk in concerned if pk and pk != by.pk}
    found = User.objects.filter(pk__in=people, is_active=True)
    _tell([Due(item, person, "comment", now) for person in found], now)


def _tell(due: Iterable[Due], now: datetime) -> None:
    notify.tell_many(_told(due, now), now=now)


def _told(due: Iterable[Due], now: datetime) -> list[Told]:
    """Told twice about the same, it is one notice. Urgent is what is due within the day."""
    return [
        Told(
            person.uuid,
            f"work.{what}",
            f"{item.uuid}:{what}:{at.isoformat()}",
            {
                "number": item.name,
                "title_id": item.title_id,
                "title_en": item.title_en,
                "due_by": item.due_by.isoformat(),
                "url": reverse("work:item", args=[item.name]),
                "late": found_late(at, now),
                "ahead": at < item.due_by,
            },
            is_urgent(item.due_by, now),
        )
        for item, person, what, at in due
        if person is not None
    ]


# --- The words -----------------------------------------------------------------------------------


def register() -> None:
    for name, label, icon, required in (
        ("assigned", _("A task becomes yours"), "user", False),
        ("line", _("Something of yours is missing or late"), "list-check", False),
        ("raised", _("A task is escalated to you"), "arrow-up-right", True),
        ("due", _("A task of yours is due"), "clock", False),
        ("comment", _("Somebody writes about a task of yours"), "message-circle", False),
    ):
        topics.register(topics.Topic(f"work.{name}", label, _teller(name), icon, required))
    topics.register(
        topics.Topic(CLOSED, _("A task is closed"), _closed, "circle-check", event=True)
    )


def _teller(name: str) -> topics.Teller:
    def tell(data: Mapping[str, Any], language: str, zone: tzinfo) -> topics.Words:
        title = data["title_en" if language == "en" else "title_id"]
        due_by = parse_datetime(data["due_by"])
        until = words.until_stamp(due_by, zone, words.known(language)) if due_by else ""
        heads = {
            "assigned": gettext("%(number)s is yours: %(title)s"),
            "line": gettext("You are asked to act: %(title)s (%(number)s)"),
            "raised": gettext("%(number)s is escalated to you: %(title)s"),
            "due": gettext("%(number)s is due: %(title)s"),
            "soon": gettext("%(number)s is due soon: %(title)s"),
            "comment": gettext("New comment on %(number)s: %(title)s"),
        }
        told = gettext("Due %(until)s.") % {"until": until}
        late = " " + gettext("This was found late.") if data.get("late") else ""
        head = heads["soon" if name == "due" and data.get("ahead") else name]
        return topics.Words(head % {"number": data["number"], "title": title}, told + late)

    return tell


def _closed(data: Mapping[str, Any], language: str, _zone: tzinfo) -> topics.Words:
    title = data["title_en" if language == "en" else "title_id"]
    head = gettext("%(number)s is closed: %(title)s")
    return topics.Words(head % {"number": data["number"], "title": title})
