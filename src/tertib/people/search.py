"""What people offer to the search: whoever works here, and the pages about them."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tertib.people.models import User
from tertib.ui import search
from tertib.ui.search import Destination, Hit, Source


def register() -> None:
    search.register(Source("people", _("People"), "people.read", _find, order=50))
    search.offer(
        Destination(_("Sites"), icon="building", url="people:sites", permission="people.read"),
        Destination(_("Teams"), icon="users", url="people:teams", permission="people.read"),
        Destination(
            _("Load a people list"),
            icon="upload",
            url="people:import_list",
            begins=True,
            permission="people.manage",
        ),
        Destination(_("Your account"), icon="user", url="people:account", permission="account.own"),
    )


def _find(text: str, _person: User, _now: datetime) -> Iterator[Hit]:
    found = User.objects.select_related("site").filter(
        Q(full_name__icontains=text) | Q(email__icontains=text)
    )
    for one in found.order_by("-is_active", "full_name", "pk")[: search.FEW]:
        url = reverse("people:person", args=[one.uuid])
        meta = one.site.name if one.erased_at else f"{one.site.name}, {one.email}"
        yield Hit(one.full_name, url, icon="user", meta=meta)


def begin(kind: str, permissions: frozenset[str]) -> tuple[str, str] | None:
    """Lead to where people are brought in, from what wants to know who came and left."""
    if kind not in ("person.joined", "person.left") or "people.manage" not in permissions:
        return None
    return gettext("Load a people list"), reverse("people:import_list")
