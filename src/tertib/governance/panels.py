"""What this room offers to the menu, to Beranda and to the pages about controls."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tertib.governance import matters, pages, search
from tertib.governance.asking import asked, silent
from tertib.ui import links, navigation, panels, settings_pages
from tertib.work.models import Item


def register() -> None:
    navigation.register(
        navigation.Room(
            pages.ROOM,
            _("Decisions"),
            icon="scale",
            url="governance:decisions",
            permission="governance.read",
            group="management",
            order=10,
            count=navigation.Count(lambda _person, now: pages.rows(now), waiting),
        )
    )
    navigation.register(
        navigation.Room(
            "acknowledge",
            _("Acknowledgement"),
            icon="writing-sign",
            url="governance:acknowledge",
            permission="account.own",
            group="people",
            order=30,
            short=pgettext_lazy("tab", "Confirm"),
        )
    )
    settings_pages.register(
        settings_pages.Page(
            "calendar",
            _("Hours and holidays"),
            icon="calendar-time",
            url="governance:calendar",
            permission="settings.read",
            order=20,
        )
    )
    links.offer("control", waive)
    links.offer("evidence", begin)
    links.offer("notice", approval)
    panels.register("home", unread, order=10)
    panels.register("portal", to_acknowledge, order=10)
    panels.register("work", about, order=10)
    search.register()


def waiting(number: int, late: int) -> str:
    words = ngettext("%(count)s waits for a decision", "%(count)s wait for a decision", number)
    told = words % {"count": number}
    return gettext("%(told)s, %(late)s overdue") % {"told": told, "late": late} if late else told


def waive(control: str, permissions: frozenset[str]) -> tuple[str, str] | None:
    if "waiver.ask" not in permissions:
        return None
    return gettext("Ask for a waiver"), f"{reverse('governance:ask_waiver')}?kendali={control}"


def approval(notice: str, permissions: frozenset[str]) -> tuple[str, str] | None:
    """Lead from the notice that the SOP is provisional to the page where that is mended."""
    if notice != "provisional" or "governance.read" not in permissions:
        return None
    return gettext("See what to do"), reverse("governance:versions")


def begin(kind: str, permissions: frozenset[str]) -> tuple[str, str] | None:
    """Lead to what makes the first evidence, where this room records it."""
    if kind == "sop.acknowledged":
        return gettext("Read it"), reverse("governance:acknowledge")
    if kind.startswith("resource.") and "resource.ask" in permissions:
        return gettext("Ask for resources"), reverse("governance:ask_resource")
    return None


def unread(person: UUID, now: datetime) -> tuple[str, dict[str, Any]] | None:
    """Say on Beranda that somebody has not acknowledged the SOP yet."""
    ask = asked(now)
    if ask is None:
        return None
    somebody = silent(ask).filter(uuid=person).first()
    if somebody is None:
        return None
    due_by = ask.due_by(somebody)
    context = {"version": ask.version, "due_by": due_by, "late": due_by <= now, "now": now}
    return "governance/_unread.html", context


def to_acknowledge(person: UUID, now: datetime) -> tuple[str, dict[str, Any]] | None:
    """Say the same on an employee's first page, in its own form."""
    found = unread(person, now)
    return ("governance/_portal.html", found[1]) if found else None


def about(work: UUID, now: datetime) -> tuple[str, dict[str, Any]] | None:
    """Lead from an item to the page on which what it is about is decided."""
    item = (
        Item.objects.filter(uuid=work).only("control", "matter", "matter_uuid", "closed_at").get()
    )
    ways = matters.ways(item, now)
    return (
        (
            "governance/_matter.html",
            {"ways": ways, "closed": item.closed_at is not None, "now": now},
        )
        if ways
        else None
    )
