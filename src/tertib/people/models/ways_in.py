"""The company's own ways in: a provider that says who somebody is, a directory of its people."""

from django.db import models
from django.db.models import Q

from tertib.people.models.persons import User
from tertib.vault.fields import SecretField


class Provider(models.Model):
    """Who else may say who somebody is (OpenID Connect). No row: nobody."""

    name = models.CharField(max_length=40)  # as the button on the sign-in page calls it
    issuer = models.CharField(max_length=300)
    client_id = models.CharField(max_length=200)
    client_secret = SecretField(null=True)
    claim = models.CharField(max_length=60, default="email")  # which says the person's address
    verified = models.CharField(max_length=60, default="email_verified")  # says that it is theirs
    admits = models.BooleanField(default=False)  # whoever is unknown here becomes a person

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="people_one_provider")]

    def __str__(self) -> str:
        return self.name


class Identity(models.Model):
    """Who somebody is at a provider: from the first sign-in on, whatever their address becomes."""

    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="people_identity_once"),
            models.UniqueConstraint(fields=["person", "issuer"], name="people_one_identity"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.issuer}"


class Directory(models.Model):
    """The directory that the people are read from each day (LDAP). No row: none."""

    class Security(models.TextChoices):
        TLS = "tls"
        STARTTLS = "starttls"

    host = models.CharField(max_length=200)
    port = models.PositiveIntegerField(default=636)
    security = models.CharField(max_length=8, choices=Security, default=Security.TLS)
    authority = models.TextField(blank=True)  # PEM; empty: those that this machine trusts
    bind_dn = models.CharField(max_length=300, blank=True)
    bind_password = SecretField(null=True)
    base = models.CharField(max_length=300)
    filter = models.CharField(max_length=500)
    # The attributes that say what; empty: the directory does not say it.
    key = models.CharField(max_length=60)  # stays the same whatever else changes
    name = models.CharField(max_length=60)
    email = models.CharField(max_length=60)
    team = models.CharField(max_length=60, blank=True)
    site = models.CharField(max_length=60, blank=True)
    daily = models.BooleanField(default=False)
    looked_at = models.DateTimeField(null=True)
    outcome = models.JSONField(default=dict)  # of the last look: counts, or "trouble"

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="people_one_directory")]

    def __str__(self) -> str:
        return self.host


class DirectoryEntry(models.Model):
    """Somebody who was seen in the directory: who was not, does not leave by missing from it."""

    person = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    key = models.CharField(max_length=200, unique=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person_id} is {self.key}"
