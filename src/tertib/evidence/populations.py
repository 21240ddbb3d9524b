"""Memberships by the SOP's `where:`: domains describe subjects, the SOP defines populations.

Only subjects of our own are evaluated. Another system's assets are members because it says so.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import batched
from uuid import UUID

from django.db import transaction

from tertib.evidence import ledger
from tertib.evidence.ledger import OURS, Stay
from tertib.evidence.models import Attributes, Definition, Membership, Subject
from tertib.evidence.rules import Filters, Interval, Since, intervals, latest
from tertib.evidence.vocabulary import attributes as selectable

AT_ONCE = 100  # subjects


@transaction.atomic
def define(version: str, since: datetime, filters: Filters) -> None:
    """Say what a version of the SOP's populations select, from `since` on.

    Memberships change at that instant, never before. Said again of a version, it is corrected.
    """
    plain = {
        name: [of, {attribute: list(words) for attribute, words in where.items()}]
        for name, (of, where) in filters.items()
    }
    before = _definitions()
    last = Definition.objects.filter(version=version).order_by("-pk").first()
    if last and last.since == since and last.filters == plain:
        return
    Definition.objects.create(version=version, since=since, filters=plain, recorded_at=ledger.now())
    after = _definitions()
    if not before or {_turn(one) for one in before} != {_turn(one) for one in after}:
        for subjects in batched(_described(_kinds(before) | _kinds(after)), AT_ONCE):
            said = Attributes.objects.filter(subject__in=subjects).order_by("seq")
            _reconcile(subjects, said, after)


@transaction.atomic
def describe(
    subject: Subject, attributes: Mapping[str, object], *, at: datetime, source: str = OURS
) -> None:
    """Say what a subject of ours is from `at` on (until it is described again), as a whole."""
    unknown = attributes.keys() - selectable(subject.kind).keys()
    if unknown:
        raise ValueError(f"No population may select a {subject.kind} on {sorted(unknown)}")
    if subject.owner != source:
        raise ValueError(f"{subject.pk} is not of {source}")
    values = {
        name: sorted(value) if isinstance(value, (set, frozenset, tuple)) else value
        for name, value in attributes.items()
    }
    history = list(Attributes.objects.filter(subject=subject).order_by("seq"))
    until_now = [(row.began_at, row.seq, row.values) for row in history if row.began_at <= at]
    if until_now and max(until_now, key=lambda row: row[:2])[2] == values:
        return
    said = Attributes(subject=subject, values=values, began_at=at, recorded_at=ledger.now())
    said.save(force_insert=True)
    _reconcile([subject], [*history, said], _definitions())


def kind_of(population: str) -> str | None:
    """Return the kind of subject of a population, as its newest version says; None: unknown."""
    for since in reversed(_definitions()):
        if population in since.value:
            return since.value[population][0]
    return None


def _definitions() -> list[Since[Filters]]:
    """Return the versions' filters, oldest first; of one version the last definition."""
    versions = {row.version: row for row in Definition.objects.order_by("pk")}
    turns = sorted(versions.values(), key=lambda row: (row.since, row.pk))
    return latest(
        (row.since, {name: (of, where) for name, (of, where) in row.filters.items()})
        for row in turns
    )


def _turn(since: Since[Filters]) -> tuple[datetime, str]:
    return since.at, repr(sorted(since.value.items()))


def _kinds(defined: Iterable[Since[Filters]]) -> set[str]:
    return {of for since in defined for of, _where in since.value.values()}


def _described(kinds: set[str]) -> Iterable[Subject]:
    found = Subject.objects.filter(kind__in=kinds, owner=OURS, merged_into=None)
    return found.filter(described__isnull=False).distinct().order_by("pk").iterator(AT_ONCE)


def _reconcile(
    subjects: Iterable[Subject], said: Iterable[Attributes], defined: list[Since[Filters]]
) -> None:
    """Record what differs between the memberships that should be and those that are."""
    of = {subject.pk: subject for subject in subjects}
    described: dict[UUID, list[tuple[datetime, dict[str, object]]]] = {}
    for row in said:
        described.setdefault(row.subject_id, []).append((row.began_at, row.values))
    recorded = _recorded(of)
    stays: list[Stay] = []
    for uuid, history in described.items():
        subject = of[uuid]
        should = intervals(subject.kind, latest(history), defined)
        ours = recorded.get(uuid, {})
        for population, began_at, ended_at in changes(ours, should):
            stays.append(Stay(population, subject, began_at, ended_at))
    for some in batched(stays, AT_ONCE, strict=False):
        ledger.record_memberships(some)


def changes(
    ours: Mapping[tuple[str, datetime], datetime | None], should: Mapping[str, list[Interval]]
) -> Iterable[tuple[str, datetime, datetime | None]]:
    """Yield what to record so that what is becomes what should be.

    A membership that should not be is made to end when it began.
    """
    wanted = {(name, began): ended for name, spans in should.items() for began, ended in spans}
    for (name, began), ended in ours.items():
        if (name, began) not in wanted and ended != began:
            yield name, began, began
    for (name, began), ended in wanted.items():
        if ours.get((name, began), began) != ended:
            yield name, began, ended


def _recorded(
    subjects: Iterable[UUID],
) -> dict[UUID, dict[tuple[str, datetime], datetime | None]]:
    """Return the last record of each membership that `where:` made; roles are not its business."""
    rows = Membership.objects.filter(subject__in=list(subjects), source=OURS)
    found: dict[UUID, dict[tuple[str, datetime], datetime | None]] = {}
    for member in rows.exclude(population__startswith="role:").order_by("recorded_at", "seq"):
        ends = found.setdefault(member.subject_id, {})
        ends[member.population, member.began_at] = member.ended_at
    return found
