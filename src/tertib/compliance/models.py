"""What the engine remembers. All of it is derived: `tertib recompute` makes it anew.

State, history and counts are as known *now*; late evidence rewrites them from its instant on. How
it looked to somebody in the past (another known_at) is computed from the ledger, never from here.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from tertib.compliance.records import State

STATES: tuple[State, ...] = ("compliant", "due_soon", "lapsed", "no_data", "waived", "pending")


class Standing(models.Model):
    """How one subject, or one item of it, stands in one control.

    A row with an empty state counts nowhere: it is the timer of a subject that is known to count
    later (a membership or a version that begins tomorrow).
    """

    control = models.CharField(max_length=60)
    subject = models.UUIDField()
    item = models.BigIntegerField(default=0)  # seq of its trigger or event; 0: the subject's own
    state = models.CharField(max_length=10, blank=True)
    bare = models.CharField(max_length=10, blank=True)  # before waivers
    since = models.DateTimeField()  # of the state
    turned_at = models.DateTimeField()  # of the last transition, be it of `bare` alone
    next_at = models.DateTimeField(null=True)  # the promise: look again then; None: never
    falls_at = models.DateTimeField(null=True)  # no longer good from then on, if nothing comes
    deciding = models.JSONField(default=list)  # seqs of the facts that decide, newest first
    decided_at = models.DateTimeField(null=True)  # occurred_at of the newest of them
    numerator = models.BigIntegerField(null=True)  # the figure shown beside: slots, seconds
    denominator = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "control", "item"], name="compliance_one_standing"
            )
        ]
        indexes = [
            models.Index(fields=["control", "state"], name="compliance_of_control"),
            models.Index(
                fields=["next_at"], condition=Q(next_at__isnull=False), name="compliance_due"
            ),
            models.Index(
                fields=["falls_at"], condition=Q(falls_at__isnull=False), name="compliance_falls"
            ),
            models.Index(
                fields=["control"], condition=Q(denominator__isnull=False), name="compliance_shares"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.control} {self.subject} {self.state}"


class Transition(models.Model):
    """One change of a standing, dated at the instant it was due, not when it was found.

    It carries the state before too, so that counts at any instant are a sum over transitions.
    """

    control = models.CharField(max_length=60)
    subject = models.UUIDField()
    item = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, blank=True)  # empty: it counts nowhere from now on
    bare = models.CharField(max_length=10, blank=True)
    was = models.CharField(max_length=10, blank=True)  # empty: it counted nowhere before
    was_bare = models.CharField(max_length=10, blank=True)
    deciding = models.BigIntegerField(null=True)  # seq of the newest fact that decided
    found_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "control", "item", "at"], name="compliance_one_transition"
            )
        ]
        indexes = [models.Index(fields=["control", "at"], name="compliance_history")]

    def __str__(self) -> str:
        return f"{self.control} {self.subject} {self.was}→{self.state} {self.at:%Y-%m-%d %H:%M}"


class Counts(models.Model):
    """Standings by (state, bare). A waiver hides lapsed or no_data, so waived stands twice."""

    FIELDS: ClassVar[tuple[str, ...]] = (
        "compliant",
        "due_soon",
        "lapsed",
        "no_data",
        "waived_lapsed",
        "waived_no_data",
        "pending",
    )

    compliant = models.BigIntegerField(default=0)
    due_soon = models.BigIntegerField(default=0)
    lapsed = models.BigIntegerField(default=0)
    no_data = models.BigIntegerField(default=0)
    waived_lapsed = models.BigIntegerField(default=0)
    waived_no_data = models.BigIntegerField(default=0)
    pending = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


class Total(Counts):
    """The counts of one control as of the last judgement, kept by adding differences."""

    control = models.CharField(max_length=60, primary_key=True)
    first_at = models.DateTimeField(null=True)  # of the first evidence ever; None: none yet
    heard_at = models.DateTimeField(null=True)  # likewise of its record, trigger or event
    changed_from = models.DateTimeField(null=True)  # episodes from here on are to be made anew

    def __str__(self) -> str:
        return self.control


class Movement(Counts):
    """By how much a control's counts changed in one day (UTC).

    Differences, not sums: late evidence then touches the days that it changes and no later one.
    The counts at the end of day d are the total less the movements of the days after d.
    """

    control = models.CharField(max_length=60)
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["control", "day"], name="compliance_one_movement")
        ]

    def __str__(self) -> str:
        return f"{self.control} {self.day}"


class Episode(models.Model):
    """The state of a whole control from `at` until its next episode (rollups follow from these).

    What time in compliance integrates. Made from transitions and counts; see `episodes`.
    """

    control = models.CharField(max_length=60)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, blank=True)  # empty: no version in force has it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["control", "at"], name="compliance_one_episode")
        ]

    def __str__(self) -> str:
        return f"{self.control} {self.state} since {self.at:%Y-%m-%d %H:%M}"


class Sweep(models.Model):
    """A control all of whose subjects are to be judged again from `since` on.

    For what concerns everybody: a new version of the SOP, a waiver for all. Worked off in batches
    in the order of the subject's uuid; deleted with the last batch.
    """

    control = models.CharField(max_length=60)
    since = models.DateTimeField()
    after = models.UUIDField(null=True)  # the last subject done; None: none yet

    def __str__(self) -> str:
        return f"{self.control} from {self.since:%Y-%m-%d %H:%M}"


class Stuck(models.Model):
    """A row of the inbox that could not be judged: logged, left, and tried again after an hour.

    No other row waits for it (decision 44).
    """

    row = models.BigIntegerField(unique=True)
    failed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"inbox {self.row}"


class Pulse(models.Model):
    """The one row that whoever writes a judgement has to move on.

    Two judges may load at the same time; the second to write finds `turn` moved and judges anew.
    So no lease has to be trusted, and a judge that was stopped for an hour can do no harm.
    """

    turn = models.BigIntegerField(default=0)
    law = models.JSONField(default=dict)  # versions and claims that what is stored follows
    ticked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"turn {self.turn}"


class Owed(models.Model):
    """A control whose standings changed since its work was compared with them (`handover`)."""

    control = models.CharField(max_length=60, primary_key=True)
    turn = models.BigIntegerField()  # of the pulse at the last change

    def __str__(self) -> str:
        return f"{self.control} since turn {self.turn}"


class Announced(models.Model):
    """In which state a clause was at the last tick: what the menu counts, and what machines were
    told of last (`announcing`).
    """

    clause = models.CharField(max_length=20, primary_key=True)
    state = models.CharField(max_length=10)
    since = models.DateTimeField()  # when it was seen first in this state

    def __str__(self) -> str:
        return f"{self.clause}: {self.state}"
