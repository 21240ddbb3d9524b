"""The outbox: what people are told, over which channels, and what became of it.

People are uuids here; who they are, the directory knows.
"""

from datetime import datetime, time
from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tertib.vault.fields import SecretField


def why(error: str) -> str:
    """Say in the language of the page what went wrong; in brackets what the other side said."""
    said, bracket, detail = error.partition(" (")
    return f"{gettext(said)}{bracket}{detail}" if said else ""


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unplanned(self) -> Self:
        return self.filter(planned_at=None)

    def shown(self) -> Self:
        """What stands in the app: a notice with a secret goes by mail alone."""
        return self.filter(hidden=False)


class Notice(models.Model):
    """Something that one person is told: written in the transaction in which it became true."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    person = models.UUIDField()
    topic = models.CharField(max_length=60)
    key = models.CharField(max_length=200)  # told twice under the same, it is one notice
    data = models.JSONField(default=dict)
    url = models.CharField(max_length=500, blank=True)  # a path of this house
    secret = SecretField(null=True, bound_to="uuid")  # a one-time link's path; gone once sent
    hidden = models.BooleanField(default=False)
    urgent = models.BooleanField(default=False)
    told_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)  # after that it is of no use
    planned_at = models.DateTimeField(null=True)  # its lines were made
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "topic", "key"], name="notify_told_once"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(planned_at=None), name="notify_unplanned"),
            models.Index(
                fields=["person"], condition=Q(read_at=None, hidden=False), name="notify_unread"
            ),
            models.Index(fields=["person", "-id"], name="notify_of_person"),
            models.Index(fields=["read_at"], name="notify_read"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.uuid}"


class ChannelQuerySet(models.QuerySet["Channel"]):
    def open(self, now: datetime) -> Self:
        """Channels that may be tried now: not paused, not waiting after a failure."""
        return self.filter(Q(resume_at=None) | Q(resume_at__lte=now), paused_at=None)


class Channel(models.Model):
    """A way out of the house, and how it fares."""

    class Kind(models.TextChoices):
        MAIL = "mail", _("E-mail")
        PUSH = "push", _("Push to the browser")
        CHAT = "chat", _("Chat")
        HOOK = "hook", _("Webhook")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=4, choices=Kind)
    name = models.CharField(max_length=80)
    options = models.JSONField(default=dict)  # of a kind: server and sender; topics and language
    # The password of the mail server, the key that signs pushes, the address of a chat or hook.
    secret = SecretField(null=True, bound_to="uuid")
    paused_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)  # the last time that it worked
    failing_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    error = models.CharField(max_length=300, blank=True)  # the last one, without secrets
    error_at = models.DateTimeField(null=True)
    resume_at = models.DateTimeField(null=True)  # not tried before

    objects = ChannelQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(kind__in=["mail", "push"]), name="notify_one_of_a_kind"
            ),
            models.UniqueConstraint(fields=["name"], name="notify_channel_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def called(self) -> str:
        """What there is one of is called by what it is, in the reader's language."""
        alone = self.kind in (self.Kind.MAIL, self.Kind.PUSH)
        return self.get_kind_display() if alone else self.name

    @property
    def why(self) -> str:
        return why(self.error)


class Device(models.Model):
    """A browser that somebody lets pushes come to (a push subscription of RFC 8030)."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    person = models.UUIDField(db_index=True)
    digest = models.CharField(max_length=64, unique=True)  # of the endpoint
    endpoint = SecretField(null=True, bound_to="uuid")  # who knows it can write to the browser
    key = models.CharField(max_length=100)  # p256dh
    auth = SecretField(null=True, bound_to="uuid")
    label = models.CharField(max_length=80)
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.label


class Choice(models.Model):
    """Whether somebody wants a topic on a kind of channel. No row: yes."""

    person = models.UUIDField()
    topic = models.CharField(max_length=60)
    kind = models.CharField(max_length=4, choices=Channel.Kind)
    wanted = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "topic", "kind"], name="notify_one_choice")
        ]

    def __str__(self) -> str:
        return f"{self.topic} on {self.kind}: {self.wanted}"


class Rhythm(models.Model):
    """When somebody wants to hear of things. No row: as rules.Hours has it."""

    person = models.UUIDField(primary_key=True)
    digest_at = models.TimeField(default=time(7, 30))
    quiet_from = models.TimeField(default=time(21))
    quiet_until = models.TimeField(default=time(6))

    def __str__(self) -> str:
        return f"digest at {self.digest_at:%H:%M}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> Self:
        """What may be tried now, also what a worker that is gone had in its hands."""
        waiting = Q(state=Delivery.State.WAITING, next_at__lte=now)
        left = Q(state=Delivery.State.SENDING, leased_until__lte=now)
        return self.filter(waiting | left)


class Delivery(models.Model):
    """One message on one channel to one place. Its Message-ID never changes (decision 27)."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits")
        SENDING = "sending", _("Is being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Could not be sent")
        DROPPED = "dropped", _("No longer needed")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="deliveries")
    person = models.UUIDField(null=True)  # None: a chat that many read
    device = models.ForeignKey(Device, models.CASCADE, null=True, related_name="+")
    message_id = models.CharField(max_length=200)
    test = models.BooleanField(default=False)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # How often nobody knows whether it left: a worker died, a server vanished before its answer.
    unsure = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(leased_until__isnull=False),
                name="notify_sending_is_leased",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="notify_sent_has_a_time"
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "next_at"], condition=Q(state="waiting"), name="notify_waiting"
            ),
            models.Index(
                fields=["leased_until"], condition=Q(state="sending"), name="notify_sending"
            ),
            models.Index(fields=["channel", "person", "-created_at"], name="notify_last_to"),
            models.Index(fields=["created_at"], name="notify_delivery_age"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.state}"

    @property
    def why(self) -> str:
        return why(self.error)


class Line(models.Model):
    """One notice that shall go over one channel; lines that go together are one delivery."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="lines")
    channel = models.ForeignKey(Channel, models.CASCADE, related_name="lines")
    person = models.UUIDField(null=True)
    device = models.ForeignKey(Device, models.CASCADE, null=True, related_name="+")
    once = models.CharField(max_length=300, null=True)  # noqa: DJ001 in a chat many read it once
    go_at = models.DateTimeField()
    delivery = models.ForeignKey(Delivery, models.CASCADE, null=True, related_name="lines")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "once"], name="notify_once_in_a_chat"),
            models.UniqueConstraint(
                fields=["notice", "channel"], condition=Q(device=None), name="notify_one_line"
            ),
            models.UniqueConstraint(
                fields=["notice", "channel", "device"],
                condition=Q(device__isnull=False),
                name="notify_one_line_a_device",
            ),
        ]
        indexes = [
            models.Index(fields=["go_at"], condition=Q(delivery=None), name="notify_line_waits"),
        ]

    def __str__(self) -> str:
        return f"line of {self.notice_id}"
