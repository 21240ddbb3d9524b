"""What work offers to the search: items by number or title, and the pages around the queue."""

from collections.abc import Iterator
from datetime import datetime, tzinfo

from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tertib.people.models import User
from tertib.ui import rules, search
from tertib.ui.search import Destination, Hit, Source
from tertib.work import words
from tertib.work.models import Item, Line
from tertib.work.pages import Wanted, held

NEW = _("New task")


def register() -> None:
    search.register(Source("work", _("Tasks"), "work.own", _find, order=30))
    search.register(
        Source("new", pgettext_lazy("palette", "New"), "work.manage", _new, order=90, action=True)
    )
    search.offer(
        Destination(
            NEW,
            icon="plus",
            url="work:new",
            permission="work.manage",
            letter="c",
            begins=True,
            takes="judul",
        ),
        Destination(_("Board"), icon="layout-kanban", url="work:board", permission="work.own"),
        Destination(_("Calendar"), icon="calendar", url="work:calendar", permission="work.own"),
    )


def _new(text: str, _person: User, _now: datetime) -> Iterator[Hit]:
    """What was typed can become a task. It stands last: Enter opens what was found, unless the
    action itself was named; then that stands first.
    """
    if search.holds(text, str(NEW)) or search.rest(text, str(NEW)):
        return
    title = gettext("New task “%(title)s”") % {"title": text}
    yield Hit(title, f"{reverse('work:new')}?{urlencode({'judul': text})}", "plus")


def _find(text: str, person: User, now: datetime) -> Iterator[Hit]:
    """Open ones first. Whoever sees only their own work finds no other either."""
    wanted = Wanted(person, held(person, now), everything=True, text=text)
    found = wanted.matching(Item.objects.all())
    if not person.may("work.read", now=now):
        line = Line.objects.filter(person=person).values("item_id")
        own = Q(owner=person) | Q(lent_by=person) | Q(raised_to=person) | Q(opened_by=person)
        found = found.filter(own | Q(pk__in=line))
    language, zone = rules.known(get_language()), timezone.get_current_timezone()
    order = (F("closed_at").desc(nulls_first=True), "due_by", "pk")
    for item in found.order_by(*order)[: search.FEW]:
        url = reverse("work:item", args=[item.name])
        state = words.ENDS.get(item.closed_because) or _due(item.due_by, now, zone, language)
        icon = words.LOOKS[item.look].icon
        yield Hit(item.title(language), url, icon, meta=f"{item.name}, {state}")


def _due(due_by: datetime, now: datetime, zone: tzinfo, language: str) -> str:
    """Say until when; of what is late, for how long it is."""
    if due_by > now:
        return rules.until(due_by, now, zone, language)
    late = rules.left(due_by, now, language)
    return late[:1].lower() + late[1:]
