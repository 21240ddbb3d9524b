"""What work holds of a person."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tertib.people import erasing
from tertib.people.erasing import Part, Texts
from tertib.people.models import User
from tertib.work.models import Attachment, Batch, Comment, Event, Item, Line


def register() -> None:
    erasing.register(
        Part(
            _("Tasks, comments and what happened to them"),
            _tasks,
            why=_("They show how lapses were put right. In every text the name is replaced."),
        ),
        Part(
            _("Attached files"),
            lambda one: Attachment.objects.filter(by=one).count(),
            why=_("They may be evidence. Nobody reads inside them: look through them yourself."),
        ),
        Texts(Item, ("title_id", "title_en", "text")),
        Texts(Line, ("cause", "correction")),
        Texts(Event, ("told",)),
        Texts(Comment, ("text",)),
        Texts(Attachment, ("name",)),
        Texts(Batch, ("before",)),
    )


def _tasks(person: User) -> int:
    items = Item.objects.filter(Q(owner=person) | Q(opened_by=person) | Q(raised_to=person))
    comments, events = Comment.objects.filter(by=person), Event.objects.filter(by=person)
    return items.count() + comments.count() + events.count()
