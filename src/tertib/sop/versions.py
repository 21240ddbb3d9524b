"""The versions that judge, and which is in force."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from typing import cast

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tertib.access.policy import ROLE
from tertib.evidence.models import Membership
from tertib.sop.format import InForce, Sop
from tertib.sop.models import Version
from tertib.sop.reader import read

_remembered: ContextVar[dict[str, object] | None] = ContextVar("sop_remembered", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Ask the database only once in this block which versions judge: for what only reads, a page.

    A version that another process approves meanwhile is seen by the next block.
    """
    before = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(before)


def _once[Found](name: str, find: Callable[[], Found]) -> Found:
    kept = _remembered.get()
    if kept is None:
        return find()
    if name not in kept:
        kept[name] = find()
    return cast("Found", kept[name])


def law() -> tuple[InForce, ...]:
    """Return the versions that judge or will, oldest first: one query, and what is kept of it.

    Empty before the first start.
    """
    return _once("law", _judging)


def _judging() -> tuple[InForce, ...]:
    return _law(tuple((one.pk, one.digest, one.approved_at) for one in judging()))


def judging() -> list[Version]:
    """Return the versions that judge or will, oldest first, without what is long."""
    judging = Version.objects.judging().defer("text", "source_text", "holidays")
    return _once("versions", lambda: list(judging.order_by("pk")))


def in_force(now: datetime) -> InForce:
    """Return the version that judges at that instant: before the first one, the first."""
    turns = law()
    return next((turn for turn in reversed(turns) if turn.since <= now), turns[0])


def current(now: datetime) -> Sop:
    return in_force(now).sop


def provisional(now: datetime) -> str | None:
    """Say why the version in force is only provisional. None: it is approved (decision 5)."""
    return _once("provisional", lambda: _provisional(now))


def _provisional(now: datetime) -> str | None:
    sop = current(now)
    version = next(one for one in judging() if one.name == sop.version)
    if version.approved_at:
        return None
    told = {"role": sop.roles[sop.approve_by].name.words(get_language())}
    holders = set(
        Membership.objects.at(now)
        .filter(population=ROLE + sop.approve_by)
        .values_list("subject_id", flat=True)
    )
    if not holders:
        return _("Nobody holds the role %(role)s yet, which approves it.") % told
    if holders == {version.author}:
        return _("Only its author holds the role %(role)s; somebody else must approve it.") % told
    return _("%(role)s has not approved it yet.") % told


def parents(now: datetime) -> dict[str, str | None]:
    """Return the roles of the SOP in force with their parents. Empty before the first start."""
    return {name: role.parent for name, role in current(now).roles.items()} if law() else {}


def role_names(now: datetime, language: str) -> dict[str, str]:
    """Return how the SOP in force calls its roles. Empty before the first start."""
    roles = current(now).roles if law() else {}
    return {name: role.name.words(language) for name, role in roles.items()}


@lru_cache(maxsize=4)
def _law(rows: tuple[tuple[int, str, datetime | None], ...]) -> tuple[InForce, ...]:
    versions = Version.objects.in_bulk([pk for pk, _digest, _approved in rows])
    dated = sorted(
        (since, pk) for pk, version in versions.items() if (since := version.since) is not None
    )
    turns: list[InForce] = []
    before: Version | None = None
    for since, pk in dated:
        version = versions[pk]
        only_calendars = before is not None and before.rest_digest == version.rest_digest
        carries_on = turns[-1] if only_calendars else None
        turns.append(InForce(since, _read(version.digest), carries_on))
        before = version
    return tuple(turns)


@lru_cache(maxsize=16)
def _read(digest: str) -> Sop:
    version = Version.objects.get(digest=digest)
    sop = read(version.text, version.source_text, setup={"holidays": version.holidays})
    if not isinstance(sop, Sop):
        raise ValueError(f"Version {version.name} can no longer be read: {sop[0]}")
    return sop
