"""What management decides and people sign: acknowledgements, waivers, resources, reviews."""

from datetime import datetime
from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from tertib.evidence import models as evidence
from tertib.people.models import User
from tertib.sop.models import Version


class Acknowledgement(models.Model):
    """Somebody has read a version of the SOP and will keep to it."""

    person = models.ForeignKey(User, models.PROTECT, related_name="acknowledged")
    version = models.ForeignKey(Version, models.PROTECT, related_name="acknowledged")
    digest = models.CharField(max_length=64)  # of what was shown
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "person"], name="governance_read_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} read {self.version_id}"


class WaiverQuerySet(models.QuerySet["Waiver"]):
    def waiting(self) -> Self:
        return self.filter(decision="")

    def in_force(self, now: datetime) -> Self:
        return self.filter(decision="granted", began_at__lte=now, ended_at__gt=now)

    def to_review(self, now: datetime) -> Self:
        """Those that ran out, were not renewed, and that nobody has looked at since."""
        renewed = Waiver.objects.filter(decision="granted", renews__isnull=False).values("renews")
        ended = self.filter(decision="granted", ended_at__lte=now, reviewed_at=None)
        return ended.exclude(pk__in=renewed)


class Waiver(models.Model):
    """A waiver as it was asked for and decided; granted, it is an entry of the ledger, too."""

    class Decision(models.TextChoices):
        GRANTED = "granted"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    control = models.CharField(max_length=60)
    clause = models.CharField(max_length=20)
    subject = models.ForeignKey(evidence.Subject, models.PROTECT, null=True, related_name="+")
    reason = models.TextField()
    last_day = models.DateField()  # of the SOP's zone
    renews = models.ForeignKey("self", models.PROTECT, null=True, related_name="renewals")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decision = models.CharField(max_length=9, choices=Decision, blank=True)  # "": not yet
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    because = models.TextField(blank=True)  # why it was refused
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    entry = models.OneToOneField(evidence.Waiver, models.PROTECT, null=True, related_name="+")
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    finding = models.TextField(blank=True)  # what the review found when it had run out

    objects = WaiverQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["decision", "ended_at"], name="governance_waived")]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None)
                | ~Q(decision="") & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="governance_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(decision="granted")
                | Q(entry__isnull=False, ended_at__gt=F("began_at")) & ~Q(decided_by=F("asked_by")),
                name="governance_waived_by_another",
            ),
            models.UniqueConstraint(
                fields=["renews"], condition=Q(decision="granted"), name="governance_renewed_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.control} until {self.last_day}"


class Request(models.Model):
    """Something the IT needs from management: people, money, things, a decision."""

    class Decision(models.TextChoices):
        APPROVED = "approved"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    title = models.CharField(max_length=120)
    reason = models.TextField()
    amount = models.PositiveBigIntegerField(null=True)  # rupiah
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decide_by = models.DateTimeField(null=True)  # the SOP's promise; None: it promises none
    decision = models.CharField(max_length=9, choices=Decision, blank=True)  # "": not yet
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    because = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["decision", "decide_by"], name="governance_asked")]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None)
                | ~Q(decision="") & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="governance_request_decided",
            ),
            models.CheckConstraint(
                condition=Q(decision__in=("", "withdrawn")) | ~Q(decided_by=F("asked_by")),
                name="governance_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Review(models.Model):
    """The yearly review of the SOP. Once signed, only its actions still change."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    held_on = models.DateField()
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    participants = models.ManyToManyField(User, related_name="+")
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_by=None, signed_at=None)
                | Q(signed_by__isnull=False, signed_at__isnull=False)
                & ~Q(signed_by=F("written_by")),
                name="governance_review_signed_by_another",
            )
        ]

    def __str__(self) -> str:
        return f"review of {self.held_on}"


class Point(models.Model):
    """A line of the agenda, or a decision that was taken."""

    class Kind(models.TextChoices):
        AGENDA = "agenda"
        DECISION = "decision"

    review = models.ForeignKey(Review, models.CASCADE, related_name="points")
    kind = models.CharField(max_length=8, choices=Kind)
    text = models.CharField(max_length=300)

    def __str__(self) -> str:
        return self.text


class Action(models.Model):
    """What a review agreed on: somebody's, by a day. Its subject in the ledger has this uuid."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    review = models.ForeignKey(Review, models.CASCADE, related_name="actions")
    text = models.CharField(max_length=300)
    owner = models.ForeignKey(User, models.PROTECT, related_name="+")
    due_on = models.DateField()
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_on"], condition=Q(done_at=None), name="governance_to_do")
        ]

    def __str__(self) -> str:
        return self.text


class ConfirmedYear(models.Model):
    """Somebody looked at the holidays and hours of a year, and said that they are right.

    It holds for just this calendar: when a version changes what it says of the year, the digest
    is another one, and the year is to be confirmed again.
    """

    year = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "digest"], name="governance_year_once")
        ]

    def __str__(self) -> str:
        return f"{self.year} by {self.by_id}"
