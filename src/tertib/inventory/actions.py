"""All that changes an asset: the row, the facts and the audit line commit together."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from tertib.agents.actions import move_sections
from tertib.agents.registry import Changes, Report
from tertib.audit.actions import note
from tertib.evidence import ledger, populations, subjects
from tertib.evidence.ledger import Told
from tertib.evidence.models import Subject
from tertib.inventory import hardware
from tertib.inventory.evidence import OBSERVED, RECORDED, SOFTWARE_OBSERVED
from tertib.inventory.lifecycle import supported
from tertib.inventory.models import Asset, Identifier, Installed, Question
from tertib.lib.errors import Refused
from tertib.people.models import Site, User

AGENT = "agent"  # source_kind: it was the machine itself that told


def record_report(
    subject: Subject, report: Report, changes: Changes, site: Site, *, now: datetime
) -> None:
    """Bring the register up to date and say what the report proves. Inside its transaction."""
    asset = Asset.objects.select_related("owner", "site").get(subject=subject)
    asset.subject = subject
    _learn(asset, changes)
    asset.seen_at, asset.report_digest = now, report.digest
    if not report.partial:
        asset.whole_at = now
    asset.save(update_fields=_LEARNT)
    describe(asset, at=now)
    today = now.astimezone(ZoneInfo(site.zone)).date()
    body = {
        "source_kind": AGENT,
        "os_supported": supported(asset.system, asset.system_version, today),
    }
    told = [
        Told(kind=OBSERVED, subject=subject, occurred_at=now, body=body),
        Told(kind=RECORDED, subject=subject, occurred_at=now, body={"fields": fields(asset)}),
    ]
    if "softwares" in report.sections:
        titles = {"titles": asset.titles}
        told.append(Told(kind=SOFTWARE_OBSERVED, subject=subject, occurred_at=now, body=titles))
    ledger.record_many(told)


_LEARNT = [
    "name", "serial", "maker", "model", "system", "system_version",
    "seen_at", "whole_at", "report_digest",
]  # fmt: skip


def _learn(asset: Asset, changes: Changes) -> None:
    """Take over what changed. What a person entered is not overwritten by an empty value."""
    machine = _content(changes, "hardware")
    bios = _content(changes, "bios")
    system = _content(changes, "operatingsystem")
    asset.name = hardware.text(machine.get("name")) or asset.name
    if bios:
        maker, model = hardware.model(bios)
        asset.maker, asset.model = maker or asset.maker, model or asset.model
    if system or machine.get("osname"):
        asset.system = hardware.system(system, machine) or asset.system
        version = hardware.system_version(system, machine)
        asset.system_version = version or asset.system_version


def _content(changes: Changes, name: str) -> dict[str, Any]:
    change = changes.get(name)
    return change.content if change and isinstance(change.content, dict) else {}


def fields(asset: Asset) -> dict[str, object]:
    """Return the register entry as a fact may hold it: people and places by uuid, no names."""
    owner: str | None = asset.unit or None
    if asset.owner:
        owner = str(asset.owner.uuid)
    return {
        "tag": asset.tag,
        "serial": asset.serial or None,
        "owner": owner,
        "location": str(asset.site.uuid) if asset.site else None,
        "status": asset.status,
    }


def describe(asset: Asset, *, at: datetime) -> None:
    attributes = {"class": "hardware", "type": asset.type, "status": asset.status}
    populations.describe(asset.subject, attributes, at=at)
