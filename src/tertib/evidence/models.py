"""The ledger's tables. What is written is never changed: a correction is another row."""

from datetime import datetime
from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Exists, F, OuterRef, Q


class Subject(models.Model):
    """What facts are about. The label may change or go; the uuid never does (decision 6)."""

    uuid = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=20)  # closed list of the vocabulary
    label = models.CharField(max_length=200, blank=True)  # outside the seal: erasable
    owner = models.CharField(max_length=100)  # the source that introduced it; ours: "tertib"
    introduced_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["kind", "label"], name="evidence_subject_kind")]

    def __str__(self) -> str:
        return self.label or str(self.uuid)


class Alias(models.Model):
    """A name by which the world knows a subject, over time: a tag, a serial, an outside key.

    Not sealed and erasable, like the label.
    """

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="aliases")
    kind = models.CharField(max_length=20)  # of the subject, so that one index resolves
    name = models.CharField(max_length=200)
    folded = models.CharField(max_length=200)  # the name as `subjects.folded` writes it
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "folded"], name="evidence_alias_name")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")),
                name="evidence_alias_ends_after_it_began",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Merge(models.Model):
    """Two subjects turned out to be one (decision 34). Append-only."""

    seq = models.BigAutoField(primary_key=True)
    absorbed = models.OneToOneField(Subject, models.PROTECT, related_name="merged_into")
    survivor = models.ForeignKey(Subject, models.PROTECT, related_name="absorbed")
    actor = models.UUIDField(null=True)
    source = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(absorbed=F("survivor")), name="evidence_merge_of_two"
            )
        ]

    def __str__(self) -> str:
        return f"{self.absorbed_id} is {self.survivor_id}"


class Fact(models.Model):
    """One thing that happened to one subject. Append-only; seq is the order of arrival."""

    seq = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=60)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="facts", db_index=False)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()  # the ledger's clock: nobody else sets it
    outcome = models.CharField(max_length=20)
    body = models.JSONField()
    actor = models.UUIDField(null=True)  # None: no person did it
    source = models.CharField(max_length=100)
    source_id = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "kind", "occurred_at"], name="evidence_newest"),
            models.Index(fields=["kind", "occurred_at"], name="evidence_kind"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source", "source_id"], name="evidence_told_once")
        ]

    def __str__(self) -> str:
        return f"{self.occurred_at:%Y-%m-%d %H:%M} {self.kind}"


class Retraction(models.Model):
    """A fact that its own source takes back, known from recorded_at on. Append-only."""

    seq = models.BigAutoField(primary_key=True)
    fact = models.OneToOneField(Fact, models.PROTECT, related_name="retraction")
    actor = models.UUIDField(null=True)
    source = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"retraction of {self.fact_id}"


class MembershipQuerySet(models.QuerySet["Membership"]):
    def at(self, t: datetime) -> Self:
        """Who is in at t, as known now: of one (population, subject, began_at) the last counts."""
        same = {name: OuterRef(name) for name in ("population", "subject", "began_at")}
        later = Q(recorded_at__gt=OuterRef("recorded_at")) | Q(
            recorded_at=OuterRef("recorded_at"), seq__gt=OuterRef("seq")
        )
        return self.filter(
            Q(ended_at=None) | Q(ended_at__gt=t),
            ~Exists(Membership.objects.filter(later, **same)),
            began_at__lte=t,
        )


class Membership(models.Model):
    """A subject in a population, until, not including, ended_at. Append-only: an end is a row.

    `role:<id>` are roles of persons, every other name is a population of the SOP.
    """

    seq = models.BigAutoField(primary_key=True)
    population = models.CharField(max_length=60)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="memberships", db_index=False)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    actor = models.UUIDField(null=True)
    source = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["subject", "population"], name="evidence_member"),
            models.Index(fields=["population", "subject"], name="evidence_population"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")),
                name="evidence_ends_after_it_began",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} in {self.population}"


class Waiver(models.Model):
    """An approved exception for one control. Append-only, sealed like a fact (decision 38)."""

    seq = models.BigAutoField(primary_key=True)
    control = models.CharField(max_length=60)
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+")  # None: all
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.UUIDField(null=True)
    source = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["control", "subject"], name="evidence_waiver_control")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__gt=F("began_at")), name="evidence_waiver_lasts"
            )
        ]

    def __str__(self) -> str:
        return f"waiver of {self.control}"


class Attributes(models.Model):
    """What a domain said of a subject's attributes from began_at on: what `where:` selects on.

    Append-only; of one (subject, began_at) the last row counts. `populations` turns them into
    memberships, again for a new version of the SOP.
    """

    seq = models.BigAutoField(primary_key=True)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="described")
    values = models.JSONField()  # name: a word, or a list of words of which one is enough
    began_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "attributes"

    def __str__(self) -> str:
        return f"{self.subject_id} since {self.began_at:%Y-%m-%d}"


class Definition(models.Model):
    """A population as one version of the SOP defines it, from `since` on.

    Append-only; of one version the rows of its last definition count.
    """

    version = models.CharField(max_length=60)
    since = models.DateTimeField()
    filters = models.JSONField()  # population: [kind of subject, {attribute: [words]}]
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"populations of {self.version}"


class Inbox(models.Model):
    """What the engine has not judged yet; written with the row it names, deleted when judged.

    Never "the last id seen": rows commit out of order on PostgreSQL.
    """

    class Entry(models.TextChoices):
        FACT = "fact"
        RETRACTION = "retraction"
        MEMBERSHIP = "membership"
        WAIVER = "waiver"
        MERGE = "merge"

    entry = models.CharField(max_length=10, choices=Entry)
    seq = models.BigIntegerField()  # of that table
    # What to look again at, so that the engine needs no second read to route it:
    name = models.CharField(max_length=60)  # fact kind, population or control; merge: empty
    subject = models.UUIDField(null=True)  # None: a waiver for all
    since = models.DateTimeField()  # from when on standings may differ

    def __str__(self) -> str:
        return f"{self.entry} {self.seq}"


class Seal(models.Model):
    """A batch of entries under one Merkle root, chained to the seal before. Append-only."""

    number = models.BigIntegerField(primary_key=True)  # 1, 2, 3 … without gaps
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)  # digest of the seal before; zeros for the first
    digest = models.CharField(max_length=64, unique=True)
    entries = models.PositiveIntegerField()
    horizon = models.DateTimeField()  # every entry recorded before it is in this seal or earlier
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"seal {self.number}"


class SealEntry(models.Model):
    """One sealed row: where it is and what it was. Append-only."""

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="rows")
    place = models.PositiveIntegerField()  # leaf of the Merkle tree
    entry = models.CharField(max_length=10)  # fact, retraction, membership, waiver, merge
    seq = models.BigIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "seq"], name="evidence_sealed_once"),
            models.UniqueConstraint(fields=["seal", "place"], name="evidence_seal_place"),
        ]

    def __str__(self) -> str:
        return f"{self.entry} {self.seq} in {self.seal_id}"
