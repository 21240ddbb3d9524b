"""Who may report, and the one way in for a report: its rows, facts and audit commit together."""

from datetime import datetime
from secrets import token_urlsafe
from typing import Any, NamedTuple

import orjson
from django.db import transaction
from django.urls import reverse

from tertib.agents import registry
from tertib.agents.models import Enrolment, Section
from tertib.agents.registry import Change, Report
from tertib.agents.rules import digest, is_whole, merged
from tertib.audit.actions import note
from tertib.evidence.models import Subject
from tertib.people.models import Site, User


@transaction.atomic
def enrol(site: Site, now: datetime, *, by: User | None = None) -> str:
    """Let a site's agents report. Return the path that they are pointed at: it is the key."""
    secret = token_urlsafe(32)
    Enrolment.objects.create(site=site, digest=digest(secret), secret=secret, made_at=now)
    note("enrol", site.uuid, actor=by.uuid if by else None, now=now)
    return _path(secret)


@transaction.atomic
def first_enrolment(site: Site, now: datetime) -> str:
    """Return the path of the site's enrolment, made at the first start."""
    known = Enrolment.objects.valid().filter(site=site, secret__isnull=False)
    before = known.order_by("pk").first()  # one whose secret was lost still lets its agents in
    return _path(before.secret) if before else enrol(site, now)


@transaction.atomic
def revoke(enrolment: Enrolment, *, by: User | None, now: datetime) -> bool:
    """Let nobody report with it any more. False: it was revoked already."""
    if not Enrolment.objects.valid().filter(pk=enrolment.pk).update(revoked_at=now):
        return False
    note("revoke_enrolment", enrolment.site.uuid, actor=by.uuid if by else None, now=now)
    return True


@transaction.atomic
def accept(report: Report, site: Site, *, now: datetime) -> Subject | None:
    """Take in a report. None: it had been taken in already, so nothing was to be done.

    Raise Refused if it cannot be told whose it is; then nothing of it is stored.
    """
    hosts = registry.hosts()
    host = hosts.find(report, site, now=now)
    if host is None:
        return None
    subject = hosts.subject(host)
    changes = _store(subject, report, is_new=hosts.is_new(host), now=now)
    for take, share in registry.takers(changes):
        take(host, share, now)
    hosts.seen(host, report, changes, site, now=now)
    return subject


@transaction.atomic
def move_sections(old: Subject, new: Subject) -> None:
    """Let new's sections be those of old, with which it turned out to be one."""
    Section.objects.filter(subject=new).delete()
    Section.objects.filter(subject=old).update(subject=new)


@transaction.atomic
def drop_sections(subject: Subject) -> None:
    Section.objects.filter(subject=subject).delete()


def _store(host: Subject, report: Report, *, is_new: bool, now: datetime) -> dict[str, Change]:
    """Write what changed, confirm the rest. What a partial report leaves out has not changed."""
    stored = {} if is_new else _stored(host)
    changes: dict[str, Change] = {}
    confirmed = [row.pk for row in stored.values()] if report.partial else []
    new: list[Section] = []
    for name, section in report.sections.items():
        row = stored.get(name)
        if row and row.digest == section.digest:
            confirmed.append(row.pk)
            continue
        kept = registry.taker(name).kept
        change, told = Change(section.content), section.digest
        if row and report.partial:
            if not kept:
                system = "operatingsystem" in report.sections
                if not is_whole(section.entries, row.entries, with_system=system):
                    change, told = Change(section.content, whole=False), ""
            elif isinstance(section.content, dict):
                content = merged(_content(row.pk), section.content)
                change, told = Change(content), _digest(content)
        changes[name] = change
        entries = section.entries if change.whole or not row else max(row.entries, section.entries)
        new.append(
            Section(
                subject=host,
                name=name,
                digest=told,
                entries=entries,
                content=change.content if kept else None,
                changed_at=now,
                confirmed_at=now,
            )
        )
    if new:
        Section.objects.bulk_create(
            new,
            update_conflicts=True,
            unique_fields=["subject", "name"],
            update_fields=["digest", "entries", "content", "changed_at", "confirmed_at"],
        )
    if confirmed:
        Section.objects.filter(pk__in=confirmed).update(confirmed_at=now)
    return changes


class Stored(NamedTuple):
    """What has to be known of a section to see whether it is still the same."""

    pk: int
    name: str
    digest: str
    entries: int


def _stored(host: Subject) -> dict[str, Stored]:
    rows = Section.objects.filter(subject=host).values_list(*Stored._fields)
    return {row[1]: Stored(*row) for row in rows}


def _content(pk: int) -> Any:
    return Section.objects.values_list("content", flat=True).get(pk=pk)


def _digest(content: object) -> str:
    return digest(orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode())


def _path(secret: str) -> str:
    return reverse("agents:report", args=[secret])
