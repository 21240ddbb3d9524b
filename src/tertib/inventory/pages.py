"""What the pages show, read in few queries. No request, no HTML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language

from tertib.agents.models import Section
from tertib.audit.models import Entry
from tertib.evidence.models import Fact
from tertib.inventory import hardware, words
from tertib.inventory.evidence import OBSERVED
from tertib.inventory.models import Asset, Installed
from tertib.ui import rules

PAGE = 50
FEW = 8


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for in the list."""

    text: str = ""
    status: str = ""
    type: str = ""
    review: bool = False

    def of(self, assets: QuerySet[Asset]) -> QuerySet[Asset]:
        if self.text:
            named = Q(tag__icontains=self.text) | Q(serial__icontains=self.text)
            assets = assets.filter(named | Q(name__icontains=self.text))
        if self.status in words.STATUSES:
            assets = assets.filter(status=self.status)
        if self.type in words.TYPES:
            assets = assets.filter(type=self.type)
        return assets.filter(to_review=True) if self.review else assets

    @property
    def any(self) -> bool:
        return bool(self.text or self.status or self.type or self.review)


def after(cursor: str) -> Q:
    """Return what comes after the last row of a page; everything if the cursor is none of ours."""
    seen, _, pk = cursor.rpartition(",")
    try:
        at = parse_datetime(seen)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return Q()
    return Q(seen_at__lt=at) | Q(seen_at=at, pk__lt=int(pk))


def page(wanted: Wanted, cursor: str) -> tuple[list[Asset], str]:
    """Return a page of the newest seen assets and the cursor of the next one, "" if none."""
    found = wanted.of(Asset.objects.present()).filter(after(cursor))
    rows = list(found.select_related("site", "owner").order_by("-seen_at", "-pk")[: PAGE + 1])
    if len(rows) <= PAGE:
        return rows, ""
    last = rows[PAGE - 1]
    return rows[:PAGE], f"{last.seen_at.isoformat()},{last.pk}"


@dataclass(frozen=True)
class Machine:
    """What an asset's sections say, for people."""

    cpu: str
    memory: str  # 8 GB
    disks: Sequence[tuple[str, int | None]]  # name, GB
    volumes: Sequence[tuple[str, int, int]]  # name, GB, percent used
    cards: Sequence[tuple[str, Sequence[str], str]]  # name, addresses, MAC


def machine(asset: Asset) -> Machine:
    told = _sections(asset, "cpus", "hardware", "storages", "drives", "networks")
    cpu: Mapping[str, Any] = next(iter(told.get("cpus", [])), {})
    memory = told.get("hardware") or {}
    return Machine(
        cpu=hardware.plain(cpu.get("name")),
        memory=_memory(hardware.number(memory.get("memory"))),
        disks=[_disk(disk) for disk in told.get("storages", [])[:FEW]],
        volumes=[volume for drive in told.get("drives", [])[:FEW] if (volume := _volume(drive))],
        cards=_cards(told.get("networks", []))[:FEW],
    )


def _sections(asset: Asset, *names: str) -> dict[str, Any]:
    found = Section.objects.filter(subject=asset.subject_id, name__in=names)
    if asset.whole_at:  # what the last full report no longer had is not shown
        found = found.filter(confirmed_at__gte=asset.whole_at)
    return {row.name: row.content for row in found if row.content}


def _memory(megabytes: int | None) -> str:
    """Return the memory as people say it: 8 GB, 15,9 GB."""
    if not megabytes or megabytes < 0:
        return ""
    language = rules.known(get_language())
    if megabytes < 1024:
        return f"{rules.number(megabytes, language)} MB"
    whole, tenth = divmod(round(megabytes * 10 / 1024), 10)
    point = "," if language == "id" else "."
    return f"{rules.number(whole, language)}{f'{point}{tenth}' if tenth else ''} GB"


def _disk(disk: dict[str, Any]) -> tuple[str, int | None]:
    size = hardware.number(disk.get("disksize"))
    name = hardware.text(disk.get("model") or disk.get("name") or disk.get("description"), 60)
    return name, None if size is None else size // 1000


def _volume(drive: dict[str, Any]) -> tuple[str, int, int] | None:
    total, free = hardware.number(drive.get("total")), hardware.number(drive.get("free"))
    if not total or free is None or not 0 <= free <= total:
        return None
    letter = drive.get("letter") or drive.get("type") or drive.get("volumn")
    return hardware.text(letter, 60), total // 1000, (total - free) * 100 // total


def _cards(networks: list[dict[str, Any]]) -> list[tuple[str, Sequence[str], str]]:
    cards: dict[tuple[str, str], list[str]] = {}
    for card in networks:
        if card.get("type") == "loopback" or card.get("virtualdev") in (True, "1"):
            continue
        key = (hardware.text(card.get("description"), 60), hardware.text(card.get("mac"), 40))
        told = [hardware.text(card.get(name), 60) for name in ("ipaddress", "ipaddress6")]
        cards.setdefault(key, []).extend(address for address in told if address)
    return [(name, addresses, mac) for (name, mac), addresses in cards.items()]


def software(
    asset: Asset, *, text: str = "", after: str = "", few: bool = False
) -> list[Installed]:
    """Return what is installed, what a person installed before the system's own packages."""
    found = Installed.objects.filter(asset=asset).select_related("release__title")
    if text:
        found = found.filter(release__title__name__icontains=text)
    order = ("release__title__name", "release_id")
    if after:
        name, _, pk = after.rpartition(",")
        if pk.isascii() and pk.isdigit() and len(pk) < 19:
            later = Q(release__title__name=name, release_id__gt=int(pk))
            found = found.filter(later | Q(release__title__name__gt=name))
    return list(found.order_by(*order)[: FEW if few else PAGE + 1])


@dataclass(frozen=True)
class Event:
    at: datetime
    act: str  # of words.ACTS, or "observed"
    fields: str = ""


def history(asset: Asset) -> list[Event]:
    """Return the newest things that happened to it, newest first."""
    subject = asset.subject_id
    acts = Entry.objects.filter(subject=subject).order_by("-occurred_at", "-pk")[:FEW]
    facts = Fact.objects.filter(subject=subject, kind=OBSERVED.name, retraction=None)
    seen = facts.order_by("-occurred_at").values_list("occurred_at", flat=True)[:3]
    events = [Event(at, "observed") for at in seen]
    events += [Event(act.occurred_at, act.action, ", ".join(act.changed)) for act in acts]
    return sorted(events, key=lambda event: event.at, reverse=True)[:FEW]
