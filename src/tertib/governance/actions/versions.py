"""Versions of the SOP: published, approved and withdrawn together with the work of deciding."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from tertib.governance import deciding, matters
from tertib.people.models import User, uuid_of
from tertib.sop import actions as sop
from tertib.sop import versions
from tertib.sop.models import Version
from tertib.sop.reader import SourceText


def publish_version(
    text: str | bytes, source_text: SourceText, *, author: UUID | None, now: datetime
) -> Version:
    """Publish a file as `sop.actions.publish` does; approving it becomes somebody's work.

    Two transactions, as reading a file takes long: what is killed in between, the minute's job
    makes up for.
    """
    version = sop.publish(text, source_text, author=author, now=now)
    matters.published(version, now=now)
    return version


@transaction.atomic
def approve_version(version: Version, *, by: UUID, now: datetime) -> bool:
    """Approve it: with the role, or for somebody who is away and has it (`deciding`)."""
    person = User.objects.get(uuid=by)
    right = may_approve(version, person, now=now)
    if not right.may:
        deciding.refuse_deputy(person, _author(version), now=now)
    if not sop.approve(version, by=by, now=now, instead_of=uuid_of(right.instead_of)):
        return False
    matters.ended(version, now=now)
    return True


def may_approve(version: Version, person: User, *, now: datetime) -> deciding.Right:
    """Return whether that person approves a version, and for whom; `sop.approve` asks once more."""
    author = _author(version)
    role = versions.current(now).approve_by
    return deciding.right(person, role, matter=version.uuid, asked_by=author, now=now)


@transaction.atomic
def withdraw_version(version: Version, *, by: UUID, now: datetime) -> bool:
    if not sop.withdraw(version, by=by, now=now):
        return False
    version.refresh_from_db()
    matters.ended(version, now=now)
    return True


def _author(version: Version) -> int | None:
    found = User.objects.filter(uuid=version.author) if version.author else User.objects.none()
    return found.values_list("pk", flat=True).first()
