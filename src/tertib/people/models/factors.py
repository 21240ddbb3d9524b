"""What people prove besides their password."""

from django.db import models

from tertib.people.models.persons import User
from tertib.vault.fields import SecretField


class CodeKey(models.Model):
    """The key from which a person's app makes six digits every half a minute (RFC 6238)."""

    person = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    secret = SecretField(null=True, bound_to="person_id")  # None: lost with the keyring
    made_at = models.DateTimeField()
    last_step = models.BigIntegerField(default=0)  # of the last code that was taken: none twice

    def __str__(self) -> str:
        return f"codes of {self.person_id}"


class RecoveryCode(models.Model):
    """A code for whoever lost the app: works once, kept as a hash."""

    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "digest"], name="people_recovery_once"),
        ]

    def __str__(self) -> str:
        return f"recovery of {self.person_id}"
