from datetime import UTC, datetime, time
from typing import Self
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q


class VersionQuerySet(models.QuerySet["Version"]):
    def judging(self) -> Self:
        """Which judge, or will: the first, and those that are approved (decision 5)."""
        return self.filter(Q(is_first=True) | Q(approved_at__isnull=False))


class Version(models.Model):
    """An SOP as it was published: file, source and holidays stay as they were.

    Its subject in the ledger has the same uuid, from the approval on.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField(max_length=40, unique=True)  # `version` of the file
    text = models.TextField()
    source_text = models.TextField()
    holidays = models.JSONField()  # the dates, resolved when it was published
    digest = models.CharField(max_length=64, unique=True)  # of the content
    rest_digest = models.CharField(max_length=64)  # of the content without its calendar
    effective_from = models.DateField()
    zone = models.CharField(max_length=64)
    is_first = models.BooleanField()
    author = models.UUIDField(null=True)  # a person; None: Tertib
    published_at = models.DateTimeField()
    approver = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    withdrawn_by = models.UUIDField(null=True)
    withdrawn_at = models.DateTimeField(null=True)  # never to be approved; its name stays taken

    objects = VersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_first"], condition=Q(is_first=True), name="sop_one_first"
            ),
            models.CheckConstraint(
                condition=Q(approver=None, approved_at=None)
                | Q(approver__isnull=False, approved_at__isnull=False),
                name="sop_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(approver=None) | Q(author=None) | ~Q(approver=F("author")),
                name="sop_author_is_not_approver",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_by=None, withdrawn_at=None)
                | Q(withdrawn_at__isnull=False, approved_at=None, is_first=False),
                name="sop_withdrawn_never_judges",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def effective_at(self) -> datetime:
        """00:00 of effective_from in the SOP's zone."""
        return datetime.combine(self.effective_from, time(), ZoneInfo(self.zone)).astimezone(UTC)

    @property
    def since(self) -> datetime | None:
        """From when on it judges (semantics 6). None: not before somebody approves it."""
        if self.is_first:
            return self.effective_at
        return max(self.effective_at, self.approved_at) if self.approved_at else None
