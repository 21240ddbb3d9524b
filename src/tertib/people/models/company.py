"""The company, its places, and who works with whom over time."""

from datetime import datetime
from typing import Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from tertib.vault.fields import SecretField

PERSON = settings.AUTH_USER_MODEL


class Company(models.Model):
    """The one company of this installation (decision 1). A single row."""

    name = models.CharField(max_length=120, blank=True)
    started_at = models.DateTimeField()  # first start of this installation
    set_up_at = models.DateTimeField(null=True)  # the first admin was made
    is_demo = models.BooleanField(default=False)  # invented, for ever (decision 15)
    second_factor = models.BooleanField(default=False)  # whoever has a role in IT needs a code
    # The mailbox that tickets will come to; all empty: none yet.
    mail_address = models.EmailField(blank=True)
    mail_host = models.CharField(max_length=200, blank=True)  # IMAP over TLS
    mail_port = models.PositiveIntegerField(default=993)
    mail_user = models.CharField(max_length=200, blank=True)
    mail_password = SecretField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="people_one_company"),
        ]

    def __str__(self) -> str:
        return self.name or "Tertib"


class Site(models.Model):
    """A place of work. Its subject in the ledger has the same uuid."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField(max_length=80, unique=True)
    zone = models.CharField(max_length=64)  # IANA name: the SOP's windows are read in it
    ranges = models.JSONField(default=list)  # networks in CIDR form: which agents stand here

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """People who work together. Its word is what the SOP's `where: {team: …}` selects on."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    word = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80, unique=True)
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class SpanQuerySet[Row: models.Model](models.QuerySet[Row]):
    """Rows that hold from began_at until, not including, ended_at (None: still)."""

    def at(self, t: datetime) -> Self:
        return self.filter(Q(ended_at=None) | Q(ended_at__gt=t), began_at__lte=t)


class InTeam(models.Model):
    """Somebody in a team over time: in one at a time."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="times")
    person = models.ForeignKey(PERSON, models.PROTECT, related_name="times_in_team")
    lead = models.BooleanField(default=False)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = SpanQuerySet["InTeam"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_at=None), name="people_in_one_team"
            ),
            models.UniqueConstraint(
                fields=["team"], condition=Q(ended_at=None, lead=True), name="people_one_lead"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")),
                name="people_in_team_ends_after_it_began",
            ),
        ]
        indexes = [models.Index(fields=["team", "began_at"], name="people_in_team")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.team_id} since {self.began_at:%Y-%m-%d}"


class Reporting(models.Model):
    """Whose line manager somebody is, over time: one at a time, never in a circle."""

    person = models.ForeignKey(PERSON, models.PROTECT, related_name="managed")
    manager = models.ForeignKey(PERSON, models.PROTECT, related_name="manages")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = SpanQuerySet["Reporting"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_at=None), name="people_one_manager"
            ),
            models.CheckConstraint(
                condition=~Q(person=F("manager")), name="people_nobody_manages_themselves"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")),
                name="people_manager_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} reports to {self.manager_id}"


class Absence(models.Model):
    """Somebody is away; why is nobody's business here. Of one person no two overlap.

    Only who named their deputy themselves lets them decide what is theirs to decide.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    person = models.ForeignKey(PERSON, models.PROTECT, related_name="absences")
    deputy = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="stands_in")
    named_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()  # back again

    objects = SpanQuerySet["Absence"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(person=F("deputy")), name="people_nobody_is_their_own_deputy"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__gte=F("began_at")), name="people_absence_ends"
            ),
        ]
        indexes = [models.Index(fields=["ended_at"], name="people_absence_until")]

    def __str__(self) -> str:
        return f"{self.person_id} away until {self.ended_at:%Y-%m-%d %H:%M}"


class Delegation(models.Model):
    """A role that its holder lets somebody else have too, until an end.

    The role itself is a membership in the ledger that ends then; this row says whose it is.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    giver = models.ForeignKey(PERSON, models.PROTECT, related_name="delegated")
    holder = models.ForeignKey(PERSON, models.PROTECT, related_name="stands_for")
    role = models.CharField(max_length=40)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    objects = SpanQuerySet["Delegation"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(giver=F("holder")), name="people_nobody_delegates_to_themselves"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__gte=F("began_at")), name="people_delegation_ends"
            ),
        ]
        indexes = [models.Index(fields=["holder", "ended_at"], name="people_delegated")]

    def __str__(self) -> str:
        return f"{self.role} of {self.giver_id} for {self.holder_id}"
