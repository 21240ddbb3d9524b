from typing import Self

from django.db import models
from django.db.models import F, Q

from tertib.evidence.models import Subject
from tertib.inventory import hardware
from tertib.people.models import Site, User


class AssetQuerySet(models.QuerySet["Asset"]):
    def present(self) -> Self:
        """Leave out what turned out to be another asset."""
        return self.filter(merged_into=None)


class Asset(models.Model):
    """An entry of the register. What agents told of it stands in their sections."""

    class Type(models.TextChoices):
        DESKTOP = "desktop"
        LAPTOP = "laptop"
        SERVER = "server"
        PRINTER = "printer"
        NETWORK = "network"
        UPS = "ups"
        PHONE = "phone"
        OTHER = "other"

    class Status(models.TextChoices):
        IN_USE = "in_use"
        IN_STOCK = "in_stock"
        IN_REPAIR = "in_repair"
        RETIRED = "retired"

    subject = models.OneToOneField(Subject, models.PROTECT, related_name="+")
    tag = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200, blank=True)  # what it calls itself
    serial = models.CharField(max_length=100, blank=True)
    type = models.CharField(max_length=10, choices=Type)
    status = models.CharField(max_length=10, choices=Status, default=Status.IN_USE)
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="+")
    place = models.CharField(max_length=100, blank=True)  # floor, room: never in a fact
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    unit = models.CharField(max_length=40, blank=True)  # a role of the SOP that owns it instead
    maker = models.CharField(max_length=100, blank=True)
    model = models.CharField(max_length=100, blank=True)
    system = models.CharField(max_length=200, blank=True)
    system_version = models.CharField(max_length=100, blank=True)
    titles = models.PositiveIntegerField(default=0)  # of the installed software
    to_review = models.BooleanField(default=False)  # something was assumed that nobody confirmed
    first_seen_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    whole_at = models.DateTimeField(null=True)  # the last report that was not partial
    report_digest = models.CharField(max_length=64, blank=True)  # of the last report
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    objects = AssetQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["-seen_at", "-id"],
                condition=Q(merged_into=None),
                name="inventory_asset_newest",
            ),
            models.Index(fields=["serial"], name="inventory_asset_serial"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(owner=None) | Q(unit=""), name="inventory_one_owner"
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")),
                name="inventory_not_into_itself",
            ),
            models.CheckConstraint(condition=~Q(tag=""), name="inventory_has_a_tag"),
        ]

    def __str__(self) -> str:
        return self.tag

    @property
    def made(self) -> str:
        return hardware.made(self.maker, self.model)


class Counter(models.Model):
    """The last number of a sequence (decision 8). Its row is held until the number is used."""

    prefix = models.CharField(max_length=3, primary_key=True)
    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.prefix}-{self.last}"


class Identifier(models.Model):
    """What an asset is recognised by. An ended one is remembered, so that its return is noticed."""

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="identifiers")
    kind = models.CharField(max_length=10)  # uuid, serial, deviceid, agent, mac
    value = models.CharField(max_length=200)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["value", "kind"], name="inventory_recognise")]
        constraints = [
            models.UniqueConstraint(
                fields=["asset", "kind", "value"], name="inventory_identifier_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.asset_id}"


class Question(models.Model):
    """Are these two one machine? Only a person can say."""

    class Answer(models.TextChoices):
        SAME = "same"
        DIFFERENT = "different"

    new = models.ForeignKey(Asset, models.PROTECT, related_name="+")  # made by the report
    old = models.ForeignKey(Asset, models.PROTECT, related_name="+")  # what it may be
    reason = models.CharField(max_length=10)  # one of rules.Reason
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(answer=""), name="inventory_asked")
        ]
        constraints = [
            models.UniqueConstraint(fields=["new", "old"], name="inventory_asked_once"),
            models.CheckConstraint(condition=~Q(new=F("old")), name="inventory_asks_about_two"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None)
                | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="inventory_answered_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.new_id} = {self.old_id}?"


class Title(models.Model):
    """A piece of software, once for all machines."""

    key = models.CharField(max_length=32, unique=True)  # of source, name and publisher
    source = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=200)
    publisher = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return self.name


class Release(models.Model):
    """A version of a title for an architecture, once for all machines."""

    key = models.CharField(max_length=32, unique=True)  # of the title's key, version, arch
    title = models.ForeignKey(Title, models.PROTECT, related_name="releases")
    version = models.CharField(max_length=100, blank=True)
    arch = models.CharField(max_length=20, blank=True)
    raw_name = models.CharField(max_length=250)  # as the first report spelled it

    def __str__(self) -> str:
        return f"{self.title_id} {self.version}"


class Installed(models.Model):
    """A release on a machine. Narrow: there are a thousand for each."""

    pk = models.CompositePrimaryKey("asset_id", "release_id")
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="+", db_index=False)
    release = models.ForeignKey(Release, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.release_id} on {self.asset_id}"
