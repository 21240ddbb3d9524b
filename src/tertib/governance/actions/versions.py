"""Versions of the SOP: published, approved and withdrawn together with the work of deciding."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from tertib.governance import matters
from tertib.sop import actions as sop
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
    if not sop.approve(version, by=by, now=now):
        return False
    matters.ended(version, now=now)
    return True


@transaction.atomic
def withdraw_version(version: Version, *, by: UUID, now: datetime) -> bool:
    if not sop.withdraw(version, by=by, now=now):
        return False
    version.refresh_from_db()
    matters.ended(version, now=now)
    return True
