"""Passkeys: a way in that no page elsewhere can ask for, and nobody can tell by heart."""

from uuid import uuid4

from django.db import models

from tertib.people.models.persons import User


class Passkey(models.Model):
    """The public half of a key that a person's device or password store keeps to itself."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    credential = models.TextField(unique=True)  # how the device knows it again, base64url
    public_key = models.TextField()  # COSE, base64url
    sign_count = models.BigIntegerField(default=0)  # of its last use; some devices count nothing
    name = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person"], name="people_passkey_person")]

    def __str__(self) -> str:
        return f"{self.name} of {self.person_id}"


class SpentChallenge(models.Model):
    """A challenge that was answered: none is taken twice. Kept until it would be too old anyway."""

    digest = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="people_spent_at")]

    def __str__(self) -> str:
        return f"challenge answered at {self.at:%Y-%m-%d %H:%M}"
