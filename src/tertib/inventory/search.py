"""What the inventory offers to the search: assets by tag, name or serial number."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tertib.inventory import words
from tertib.inventory.models import Asset
from tertib.people.models import User
from tertib.ui import search
from tertib.ui.search import Destination, Hit, Source

REPORTED = ("asset.recorded", "software.observed", "inventory.observed")  # by agents, of machines


def register() -> None:
    search.register(Source("assets", _("Assets"), "inventory.read", _find, order=40))
    search.offer(
        Destination(
            _("Questions about identity"),
            icon="help-circle",
            url="inventory:questions",
            permission="inventory.read",
        )
    )


def told(tags: Collection[str]) -> dict[str, str]:
    """Say in a few words which assets these are."""
    found = Asset.objects.filter(tag__in=tags).values_list("tag", "name", "model")
    return {tag: ", ".join(word for word in (name, model) if word) for tag, name, model in found}


def _find(text: str, _person: User, _now: datetime) -> Iterator[Hit]:
    named = Q(tag__icontains=text) | Q(name__icontains=text) | Q(serial__icontains=text)
    made = Q(maker__icontains=text) | Q(model__icontains=text)
    types = [key for key, told in words.TYPES.items() if search.holds(text, str(told.word))]
    found = Asset.objects.present().filter(named | made | Q(type__in=types))
    for asset in found.order_by("tag")[: search.FEW]:
        url, type_ = reverse("inventory:asset", args=[asset.tag]), words.TYPES[asset.type]
        told = (asset.name, asset.model or str(type_.word), str(words.STATUSES[asset.status]))
        yield Hit(asset.tag, url, type_.icon, meta=", ".join(word for word in told if word))


def begin(kind: str, permissions: frozenset[str]) -> tuple[str, str] | None:
    """Lead to the addresses that agents report to, from what wants their evidence."""
    if kind not in REPORTED or "people.read" not in permissions:
        return None
    return gettext("To the sites"), reverse("people:sites")
