"""Somebody's work: what it is, whose, until when, to whom it climbs, and what happened to it."""

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Self
from uuid import UUID, uuid4

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, When
from django.db.models.lookups import In

from tertib.evidence.models import Subject
from tertib.people.models import Site, User

OPEN = Q(closed_at=None)


class Counter(models.Model):
    """The last number given out, per prefix (decision 8)."""

    prefix = models.CharField(max_length=3, primary_key=True)
    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.prefix}-{self.last}"


@models.BigAutoField.register_lookup
class Among(In):
    """`pk__among`: one of these rows, found first, then looked up each by its key.

    For `IN` PostgreSQL reads the whole table as soon as they are one in a hundred.
    """

    lookup_name = "among"

    def get_rhs_op(self, connection: BaseDatabaseWrapper, rhs: str) -> str:
        if connection.vendor == "postgresql":
            return f"= ANY (ARRAY{rhs})"
        return super().get_rhs_op(connection, rhs)


class ItemQuerySet(models.QuerySet["Item"]):
    def open(self) -> Self:
        return self.filter(OPEN)

    def of(self, person: User | UUID) -> Self:
        """What is that person's: owned, raised to them, or with an open line that is theirs."""
        key, who = ("", person) if isinstance(person, User) else ("__uuid", person)
        owned = Item.objects.open().filter(**{f"owner{key}": who}).values("pk")
        raised = Item.objects.open().filter(**{f"raised_to{key}": who}).values("pk")
        lines = Line.objects.filter(**{f"person{key}": who}, closed_at=None).values("item_id")
        return self.open().filter(pk__among=owned.union(raised, lines))

    def counting(self, person: User | UUID) -> Self:
        """With `theirs`: of an item that is not that person's, how many open lines are."""
        key, who = ("", person) if isinstance(person, User) else ("__uuid", person)
        roles = ("owner", "lent_by", "raised_to")
        whole = reduce(or_, (Q(**{f"{role}{key}": who}) for role in roles))
        lines = Line.objects.filter(**{f"person{key}": who}, item=OuterRef("pk"), closed_at=None)
        counted = lines.order_by().values("item").annotate(n=Count("pk")).values("n")
        return self.annotate(theirs=Case(When(whole, then=None), default=Subquery(counted)))

    def awake(self, now: datetime) -> Self:
        return self.filter(Q(snoozed_until=None) | Q(snoozed_until__lte=now))


class Item(models.Model):
    """One piece of work with an owner, a due instant and a ladder.

    Of one control a single one is open: it has a line per lapsed subject or item (semantics 7).
    A domain's thing (a ticket, a maintenance order) has exactly one and points here (decision 9).
    """

    class Look(models.TextChoices):
        TASK = "task"
        TICKET = "ticket"
        INCIDENT = "incident"
        WORK_ORDER = "work_order"
        REVIEW = "review"
        ESCALATION = "escalation"
        TRAINING = "training"
        CAMPAIGN = "campaign"

    class Why(models.TextChoices):
        """Why it is the owner's."""

        HOLDER = "holder"  # of the role
        DEPUTY = "deputy"  # of who is away
        MANAGER = "manager"  # of who is away, whose deputy is away too
        HEAD = "head"  # the next of the ladder: nobody holds the role, or all are away
        NOBODY = "nobody"  # there is no such person either
        GIVEN = "given"  # by somebody

    class End(models.TextChoices):
        EVIDENCE = "evidence"  # all of its lines closed
        DONE = "done"  # somebody did it
        CANCELLED = "cancelled"

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    prefix = models.CharField(max_length=3, default="TGS")
    number = models.PositiveBigIntegerField()
    look = models.CharField(max_length=10, choices=Look)
    control = models.CharField(max_length=60, blank=True)  # whose lapse it is; "": work of its own
    # What it is about, where that has a page of its own and is decided there: a request, a version.
    matter = models.CharField(max_length=12, blank=True)
    matter_uuid = models.UUIDField(null=True)
    clause = models.CharField(max_length=20, blank=True)
    title_id = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    text = models.TextField(blank=True)  # what somebody wrote who opened it
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")  # its zone is the ladder's
    role = models.CharField(max_length=40, blank=True)  # of the SOP: the team that it is for
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=8, choices=Why)
    instead_of = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    lent_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    lent_until = models.DateTimeField(null=True)  # goes back to lent_by then
    lent_away = models.BooleanField(default=False)  # because lent_by is away: back when they are
    raised_to = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    raised_role = models.CharField(max_length=40, blank=True)
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    began_at = models.DateTimeField()  # of its promise: the lapse, when Tertib could know of it
    opened_at = models.DateTimeField()
    due_by = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    lines_open = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    closed_because = models.CharField(max_length=9, choices=End, blank=True)
    version = models.PositiveIntegerField(default=1)  # one more with each change: whose undo is it

    objects = ItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["prefix", "number"], name="work_number"),
            models.UniqueConstraint(
                fields=["control"], condition=OPEN & ~Q(control=""), name="work_one_per_control"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_because="")
                | Q(closed_at__isnull=False) & ~Q(closed_because=""),
                name="work_closed_says_why",
            ),
            models.UniqueConstraint(
                fields=["matter", "matter_uuid"],
                condition=~Q(matter=""),
                name="work_one_per_matter",
            ),
            models.CheckConstraint(
                condition=Q(matter="", matter_uuid=None)
                | ~Q(matter="") & Q(matter_uuid__isnull=False),
                name="work_matter_is_named",
            ),
            models.CheckConstraint(
                condition=Q(lent_by=None, lent_until=None)
                | Q(lent_by__isnull=False, lent_until__isnull=False),
                name="work_lent_until_when",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "due_by", "id"], condition=OPEN, name="work_owner"),
            models.Index(fields=["raised_to"], condition=OPEN, name="work_raised"),
            models.Index(fields=["role", "due_by", "id"], condition=OPEN, name="work_role"),
            models.Index(fields=["due_by", "id"], condition=OPEN, name="work_due"),
            models.Index(
                fields=["lent_until"],
                condition=Q(closed_at=None, lent_until__isnull=False),
                name="work_lent",
            ),
            models.Index(fields=["subject"], condition=OPEN, name="work_subject"),
            models.Index(fields=["control", "-opened_at"], name="work_control"),
            models.Index(
                fields=["-closed_at", "-id"],
                condition=Q(closed_at__isnull=False),
                name="work_closed",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"{self.prefix}-{self.number}"

    @property
    def ends_by_itself(self) -> bool:
        """Whether evidence, or a decision on a page of its own, closes it: nobody by hand."""
        return bool(self.control or self.lines_open or self.matter)

    @property
    def decides(self) -> bool:
        """Whether it asks for a decision that a holder of its role takes, or their deputy."""
        return bool(self.matter and self.role)

    def title(self, language: str) -> str:
        return self.title_en if language == "en" else self.title_id


class Line(models.Model):
    """One subject, or one item of it, that lapsed: why the work is open.

    Its key is (control, subject, trigger, began_at), as first detected: whoever finds it again
    finds this row.
    """

    class End(models.TextChoices):
        EVIDENCE = "evidence"  # it is as it should be
        WAIVED = "waived"
        GONE = "gone"  # it counts nowhere any more
        LATE = "late"  # what was missing was done late
        CORRECTED = "corrected"  # cause and correction are signed

    item = models.ForeignKey(Item, models.PROTECT, related_name="lines")
    control = models.CharField(max_length=60)
    subject = models.UUIDField()
    trigger = models.BigIntegerField(default=0)  # seq of the fact that began it; 0: the subject's
    began_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # who has to act
    closed_at = models.DateTimeField(null=True)
    because = models.CharField(max_length=9, choices=End, blank=True)
    cause = models.CharField(max_length=500, blank=True)
    correction = models.CharField(max_length=500, blank=True)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["control", "subject", "trigger", "began_at"], name="work_line_key"
            ),
            models.UniqueConstraint(
                fields=["control", "subject", "trigger"], condition=OPEN, name="work_one_open_line"
            ),
        ]
        indexes = [
            models.Index(fields=["item", "closed_at", "began_at"], name="work_lines"),
            models.Index(fields=["person"], condition=OPEN, name="work_line_person"),
        ]

    def __str__(self) -> str:
        return f"{self.control} {self.subject} since {self.began_at:%Y-%m-%d %H:%M}"


class Step(models.Model):
    """What is to happen to an item at an instant: it climbs, is overdue, somebody is reminded."""

    class Kind(models.TextChoices):
        CLIMB = "climb"
        DUE = "due"
        REMIND = "remind"

    class Outcome(models.TextChoices):
        TAKEN = "taken"
        SKIPPED = "skipped"  # the work was done before

    item = models.ForeignKey(Item, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=6, choices=Kind)
    at = models.DateTimeField()
    control = models.CharField(max_length=60, blank=True)  # whose ladder it is
    role = models.CharField(max_length=40, blank=True)  # to whom it climbs
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # own reminder
    outcome = models.CharField(max_length=7, choices=Outcome, blank=True)  # "": to come
    found_at = models.DateTimeField(null=True)  # when it was taken; much later than at: found late

    class Meta:
        indexes = [
            # Read every minute; stays small however old the table.
            models.Index(fields=["at", "id"], condition=Q(outcome=""), name="work_to_come"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "control", "role"],
                condition=Q(kind="climb"),
                name="work_climbs_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class Event(models.Model):
    """What happened to an item, dated when it was due or done, and when it was seen."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="events")
    act = models.CharField(max_length=12)
    at = models.DateTimeField()
    found_at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # None: by itself
    told = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        indexes = [models.Index(fields=["item", "at"], name="work_history")]
        constraints = [
            models.CheckConstraint(condition=Q(found_at__gte=F("at")), name="work_seen_after")
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.at:%Y-%m-%d %H:%M}"


class Comment(models.Model):
    item = models.ForeignKey(Item, models.PROTECT, related_name="comments")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()

    def __str__(self) -> str:
        return f"{self.item_id} {self.at:%Y-%m-%d %H:%M}"


class Attachment(models.Model):
    """A stored file by its content: the same one twice is kept once (`files`)."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="attachments")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=100)  # media type
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.name


class Batch(models.Model):
    """One change of several items by one person, with what it takes to undo it."""

    uuid = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    act = models.CharField(max_length=12)
    before = models.JSONField(encoder=DjangoJSONEncoder)  # [[item, version after, {field: old}]]
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.act} {self.at:%Y-%m-%d %H:%M}"


class View(models.Model):
    """A view of the queue that somebody kept under a name: the query of its address."""

    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "name"], name="work_view_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Feed(models.Model):
    """The key of a person's calendar feed, kept as a hash: the address was shown once."""

    person = models.OneToOneField(User, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"feed of {self.person_id}"
