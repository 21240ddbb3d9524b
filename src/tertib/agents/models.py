from typing import Self

from django.db import models
from django.db.models import Q

from tertib.evidence.models import Subject
from tertib.people.models import Site
from tertib.vault.fields import SecretField


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def valid(self) -> Self:
        return self.filter(revoked_at=None)


class Enrolment(models.Model):
    """A site's permission to report, and nothing else (decision 18). It ends by being revoked."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)  # what is compared
    # So that the address can be shown again. None: lost with its keyring.
    secret = SecretField(null=True, bound_to="digest")
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["site"], condition=Q(revoked_at=None), name="agents_valid")]

    def __str__(self) -> str:
        return f"enrolment {self.pk} of {self.site_id}"


class Section(models.Model):
    """A part of a host's report as it was last told. Equal content is only confirmed again."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)  # empty: added to in pieces, so compare with nothing
    entries = models.PositiveIntegerField()
    content = models.JSONField(null=True)  # None: the room that takes it keeps it in its own form
    changed_at = models.DateTimeField()
    confirmed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "name"], name="agents_section_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.subject_id}"
