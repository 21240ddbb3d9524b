"""What the views share: who may see and change what, and what was asked for."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import Http404

from tertib.people.models import PersonRequest
from tertib.work import pages
from tertib.work.models import Item

ROOM = "work"  # of the menu


def asked(request: PersonRequest, name: str, longest: int = 100) -> str:
    return request.GET.get(name, "").replace("\0", "").strip()[:longest]


def sees_all(request: PersonRequest, now: datetime) -> bool:
    return request.user.may("work.read", now=now)


def manages(request: PersonRequest, now: datetime) -> bool:
    return request.user.may("work.manage", now=now)


def find(request: PersonRequest, name: str, now: datetime) -> Item:
    """Return the item of that name; whoever may not see it learns nothing of it."""
    prefix, _, number = name.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 19) or "\0" in prefix:
        raise Http404
    rows = Item.objects.select_related("owner", "site", "lent_by", "raised_to", "instead_of")
    item = rows.filter(prefix=prefix, number=int(number)).first()
    if item is None or not (sees_all(request, now) or pages.concerned(item, request.user)):
        raise Http404
    return item


def changeable(request: PersonRequest, name: str, now: datetime) -> Item:
    """Return an item that this person may change: they answer for it, or manage work."""
    item = find(request, name, now)
    if not (manages(request, now) or pages.answers(item, request.user)):
        raise PermissionDenied
    return item


def writable(request: PersonRequest, name: str, now: datetime) -> Item:
    """Return an item that this person may write to: of what they may change, and with a line
    of theirs.
    """
    item = find(request, name, now)
    if not (manages(request, now) or pages.concerned(item, request.user)):
        raise PermissionDenied
    return item
