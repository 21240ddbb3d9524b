"""Ways in: keys of machines, links that work once, tries that failed."""

from uuid import uuid4

from django.db import models
from django.db.models import Q

from tertib.evidence.ledger import OURS
from tertib.people.models.persons import User


class ApiToken(models.Model):
    """A machine's key, kept as a hash: the secret itself was shown once."""

    uuid = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=40, unique=True)  # the source of the facts it brings
    digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=200)  # names with spaces between
    kinds = models.JSONField(null=True)  # of the facts it may bring; None: of every kind
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()  # now or earlier: revoked
    last_used_at = models.DateTimeField(null=True)  # to the minute

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=OURS), name="people_no_machine_is_tertib")
        ]

    def __str__(self) -> str:
        return self.name


class OneTimeLink(models.Model):
    """A way in that works once: the first admin's (no user), a person's new password, or in."""

    digest = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    signs_in = models.BooleanField(default=False)  # without a new password

    def __str__(self) -> str:
        return f"one-time link until {self.expires_at:%Y-%m-%d %H:%M}"


class Attempt(models.Model):
    """A try to sign in that has not succeeded, by whom and from where; kept as hashes, briefly."""

    account = models.CharField(max_length=64)
    address = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["account", "at"], name="people_attempt_account"),
            models.Index(fields=["address", "at"], name="people_attempt_address"),
            models.Index(fields=["at"], name="people_attempt_at"),
        ]

    def __str__(self) -> str:
        return f"attempt at {self.at:%Y-%m-%d %H:%M}"
