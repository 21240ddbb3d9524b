"""Monthly reports as they were issued: the figures of that moment, and who signed them."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from tertib.people.models import User


class Report(models.Model):
    """One month's report. Its fingerprint is the digest of the content; facts hold it, too.

    content has no names: people stand beside it and in it by uuid, so that a person can be
    erased without touching what was signed (decision 7). What management is asked for is text.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    month = models.DateField()  # its first day
    content = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)  # issued anew before anybody signed
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month"], condition=Q(replaced_at=None), name="reports_one_per_month"
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None, signed_at=None)
                | Q(signed_by__isnull=False, signed_at__isnull=False, replaced_at=None)
                & ~Q(signed_by=F("issued_by")),
                name="reports_signed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"report of {self.month:%Y-%m}"
