"""Views that somebody keeps, and the key of their calendar."""

from datetime import datetime
from secrets import token_urlsafe

from django.db import transaction
from django.utils.translation import gettext as _

from tertib.audit.actions import note
from tertib.lib.errors import Refused
from tertib.people.models import User
from tertib.people.rules import digest
from tertib.work.models import Feed, View

MOST = 12


@transaction.atomic
def keep_view(person: User, *, name: str, query: str, now: datetime) -> View:
    """Keep a view of the queue under a name; an older one of that name is replaced."""
    name = " ".join(name.split())[:40]
    if not name:
        raise Refused(_("Give the view a name."))
    kept = View.objects.filter(person=person)
    if kept.exclude(name=name).count() >= MOST:
        raise Refused(_("%(most)s views are kept. Remove one first.") % {"most": MOST})
    view, _is_new = View.objects.update_or_create(
        person=person, name=name, defaults={"query": query[:300]}
    )
    note("keep_view", person.uuid, actor=person.uuid, now=now)
    return view


@transaction.atomic
def forget_view(person: User, pk: int, *, now: datetime) -> bool:
    removed, _rows = View.objects.filter(person=person, pk=pk).delete()
    if removed:
        note("forget_view", person.uuid, actor=person.uuid, now=now)
    return bool(removed)


@transaction.atomic
def issue_feed(person: User, *, now: datetime) -> str:
    """Return the secret of a new calendar feed; the one before stops working."""
    secret = token_urlsafe(32)
    Feed.objects.update_or_create(
        person=person, defaults={"digest": digest(secret), "issued_at": now}
    )
    note("issue_feed", person.uuid, actor=person.uuid, now=now)
    return secret


@transaction.atomic
def revoke_feed(person: User, *, now: datetime) -> bool:
    removed, _rows = Feed.objects.filter(person=person).delete()
    if removed:
        note("revoke_feed", person.uuid, actor=person.uuid, now=now)
    return bool(removed)
