"""All that changes an asset: the row, the facts and the audit line commit together."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from tertib.agents.actions import drop_sections, move_sections
from tertib.agents.registry import Changes, Report
from tertib.audit.actions import note
from tertib.evidence import ledger, populations, subjects
from tertib.evidence.ledger import Told
from tertib.inventory import hardware, rules
from tertib.inventory.evidence import OBSERVED, RECORDED, SOFTWARE_OBSERVED
from tertib.inventory.lifecycle import supported
from tertib.inventory.models import Asset, Identifier, Installed, Question
from tertib.lib.errors import Refused
from tertib.people.models import Site, User

AGENT = "agent"  # source_kind: it was the machine itself that told


def record_report(
    asset: Asset, report: Report, changes: Changes, site: Site, *, now: datetime
) -> None:
    """Bring the register up to date and say what the report proves. Inside its transaction."""
    before = {name: getattr(asset, name) for name in _LEARNT}
    _learn(asset, changes, now=now)
    asset.seen_at, asset.report_digest = now, report.digest
    if not report.partial:
        asset.whole_at = now
    learnt = {name: getattr(asset, name) for name in _LEARNT}
    changed = {name: value for name, value in learnt.items() if value != before[name]}
    Asset.objects.filter(pk=asset.pk).update(**changed)
    subject = asset.subject
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
    "name", "serial", "maker", "model", "system", "system_version", "seen_at",
    "whole_at", "report_digest",
]  # fmt: skip


def _learn(asset: Asset, changes: Changes, *, now: datetime) -> None:
    """Take over what changed. What a person entered is not overwritten by an empty value."""
    machine = _content(changes, "hardware")
    bios = _content(changes, "bios")
    system = _content(changes, "operatingsystem")
    asset.name = hardware.text(machine.get("name")) or asset.name
    if bios:
        maker, model = hardware.model(bios)
        asset.maker, asset.model = maker or asset.maker, model or asset.model
        if not asset.serial and rules.serial(bios.get("ssn")):
            asset.serial = hardware.text(bios["ssn"], 100)
            subjects.add_alias(asset.subject, asset.serial, now=now)
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


@transaction.atomic
def change_asset(asset: Asset, *, by: User, now: datetime, **new: Any) -> bool:
    """Change what the register says: tag, serial, type, status, site, place, owner, unit.

    False: it says so already. Raise Refused if the tag is another asset's, or if somebody else
    changed the same meanwhile.
    """
    if "type" in new:
        new["to_review"] = False  # a person has looked
    old = {name: getattr(asset, name) for name in new}
    changed = {name: value for name, value in new.items() if old[name] != value}
    if not changed:
        return False
    if "tag" in changed and Asset.objects.filter(tag=changed["tag"]).exists():
        raise Refused(_("Another asset has the tag %(tag)s.") % {"tag": changed["tag"]})
    still_so = Asset.objects.filter(pk=asset.pk, **{name: old[name] for name in changed})
    if not still_so.update(**changed):
        raise Refused(_("Somebody else has just changed this asset. Look again."))
    for name, value in changed.items():
        setattr(asset, name, value)
    if "tag" in changed:
        subjects.rename(asset.subject, asset.tag, now=now)
    if "serial" in changed:
        subjects.end_alias(asset.subject, old["serial"], now=now)
        subjects.add_alias(asset.subject, asset.serial, now=now)
    if changed.keys() & {"type", "status"}:
        describe(asset, at=now)
    record_entry(asset, by=by, now=now)
    words = {name: (_word(old[name]), _word(value)) for name, value in changed.items()}
    note("change_asset", asset.subject_id, actor=by.uuid, now=now, **words)  # type: ignore[arg-type]
    return True


@transaction.atomic
def answer(question: Question, *, same: bool, by: User, now: datetime) -> bool:
    """Say whether two assets are one machine. False: somebody has answered already."""
    said = Question.Answer.SAME if same else Question.Answer.DIFFERENT
    asked = Question.objects.filter(pk=question.pk, answer="")
    if not asked.update(answer=said, answered_at=now, answered_by=by.uuid):
        return False
    pair = Asset.objects.select_for_update(of=("self",)).select_related("subject")
    first, second = pair.filter(pk__in=[question.new_id, question.old_id]).order_by("pk")
    if same:
        _merge(second, first, by=by, now=now)
    told = {"other": (None, second.tag), "answer": (None, said)}
    note("answer_question", first.subject_id, actor=by.uuid, now=now, **told)  # type: ignore[arg-type]
    return True


def record_entry(asset: Asset, *, by: User | None, now: datetime) -> None:
    """Prove the register entry as it stands now."""
    body = {"fields": fields(asset)}
    ledger.record(
        RECORDED, asset.subject, occurred_at=now, body=body, actor=by.uuid if by else None
    )


def _merge(absorbed: Asset, survivor: Asset, *, by: User, now: datetime) -> None:
    """Let what both are known by, and the newer one's report, be the survivor's."""
    ledger.merge(absorbed.subject, survivor.subject, actor=by.uuid)
    newer = absorbed.seen_at > survivor.seen_at
    loser = survivor if newer else absorbed
    Installed.objects.filter(asset=loser).delete()
    if newer:
        Installed.objects.filter(asset=absorbed).update(asset=survivor)
        move_sections(absorbed.subject, survivor.subject)
        for name in _LEARNT:
            setattr(survivor, name, getattr(absorbed, name) or getattr(survivor, name))
        survivor.titles = absorbed.titles
    else:
        drop_sections(absorbed.subject)
    for name in ("serial", "site", "owner"):
        if not getattr(survivor, name):
            setattr(survivor, name, getattr(absorbed, name))
    if survivor.unit:
        survivor.owner = None
    survivor.first_seen_at = min(survivor.first_seen_at, absorbed.first_seen_at)
    survivor.save()
    Asset.objects.filter(pk=absorbed.pk).update(merged_into=survivor, report_digest="")
    _move_identifiers(absorbed, survivor)
    _move_questions(absorbed, survivor, by=by, now=now)
    describe(survivor, at=now)
    record_entry(survivor, by=by, now=now)


def _move_identifiers(absorbed: Asset, survivor: Asset) -> None:
    has = {(row.kind, row.value): row for row in survivor.identifiers.all()}
    for row in absorbed.identifiers.all():
        if mine := has.get((row.kind, row.value)):
            if row.ended_at is None and mine.ended_at is not None:
                Identifier.objects.filter(pk=mine.pk).update(ended_at=None)
            row.delete()
        else:
            Identifier.objects.filter(pk=row.pk).update(asset=survivor)


def _move_questions(absorbed: Asset, survivor: Asset, *, by: User, now: datetime) -> None:
    """What was asked about the absorbed one is asked about the survivor, once."""
    told = {"answer": Question.Answer.SAME, "answered_at": now, "answered_by": by.uuid}
    for side, other in (("new", "old"), ("old", "new")):
        for asked in Question.objects.filter(answer="", **{side: absorbed}):
            another = getattr(asked, f"{other}_id")
            pair = Question.objects.filter(
                new__in=[survivor.pk, another], old__in=[survivor.pk, another]
            )
            if another == survivor.pk or pair.exists():
                Question.objects.filter(pk=asked.pk).update(**told)
            else:
                Question.objects.filter(pk=asked.pk).update(**{side: survivor})


def _word(value: object) -> object:
    """Return what an audit line may hold: people and sites by uuid."""
    return str(value.uuid) if isinstance(value, (User, Site)) else value
