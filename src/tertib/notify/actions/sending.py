"""What becomes of deliveries. Each step is one small transaction; the network is in none."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from tertib.notify.channels import Fate, Outcome
from tertib.notify.models import Channel, Delivery, Device, Notice
from tertib.notify.rules import LEASE, STALE, busy_pause, down_pause

log = logging.getLogger(__name__)

SEEN_WORKING = timedelta(minutes=1)  # how exactly a channel's last success is known


def claim(channel: Channel, *, now: datetime) -> Delivery | None:
    """Take what a channel sends next; what failed before waits for what did not.

    A worker that died in the middle leaves its delivery leased: it comes again, with the same
    Message-ID, and is counted as one that may have left twice (decision 27).
    """
    due = Delivery.objects.due(now).filter(channel=channel)
    for found in due.order_by("attempts", "next_at", "pk")[:5]:
        left = found.state == Delivery.State.SENDING
        mine = due.filter(pk=found.pk, attempts=found.attempts, state=found.state).update(
            state=Delivery.State.SENDING,
            leased_until=now + LEASE,
            attempts=F("attempts") + 1,
            unsure=F("unsure") + int(left),
        )
        if mine:
            if left:
                log.warning("delivery_taken_over", extra={"delivery": str(found.uuid)})
            return Delivery.objects.select_related("device").get(pk=found.pk)
    return None


@transaction.atomic
def settle(delivery: Delivery, outcome: Outcome, *, now: datetime) -> bool:
    """Keep what came out. False: somebody else took it over meanwhile."""
    state, at = Delivery.State.WAITING, now
    if outcome.fate is Fate.SENT:
        state = Delivery.State.SENT
    elif outcome.fate in (Fate.NEVER, Fate.GONE) or delivery.created_at < now - STALE:
        state = Delivery.State.FAILED
    elif outcome.fate is Fate.LATER or outcome.unsure:
        at = now + busy_pause(delivery.attempts)
    mine = Delivery.objects.filter(
        pk=delivery.pk, state=Delivery.State.SENDING, attempts=delivery.attempts
    )
    if not mine.update(
        state=state,
        next_at=at,
        leased_until=None,
        sent_at=now if state == Delivery.State.SENT else None,
        error=outcome.error[:300],
        unsure=F("unsure") + int(outcome.unsure),
    ):
        return False
    log.info(
        "delivery_tried",
        extra={"delivery": str(delivery.uuid), "fate": outcome.fate.value, "why": outcome.error},
    )
    _note(delivery.channel_id, outcome, now)
    if outcome.fate is Fate.GONE and delivery.device_id:
        Device.objects.filter(pk=delivery.device_id).delete()
    elif state in (Delivery.State.SENT, Delivery.State.FAILED):
        forget_secrets(delivery)
    return True


def drop(delivery: Delivery) -> None:
    """Send nothing: nobody needs it any more."""
    mine = Delivery.objects.filter(pk=delivery.pk, attempts=delivery.attempts)
    mine.update(state=Delivery.State.DROPPED, leased_until=None)
    forget_secrets(delivery)


def forget_secrets(delivery: Delivery) -> None:
    Notice.objects.filter(lines__delivery=delivery, secret__isnull=False).update(secret=None)


def _note(channel_id: int, outcome: Outcome, now: datetime) -> None:
    """Let the settings page see how a channel fares, and leave one alone that is down."""
    channel = Channel.objects.filter(pk=channel_id)
    if outcome.fate is Fate.SENT:
        well = {"failing_since": None, "failures": 0, "resume_at": None, "sent_at": now}
        fresh = channel.filter(failing_since=None, sent_at__gt=now - SEEN_WORKING)
        if not fresh.exists():
            channel.update(**well)
    elif outcome.fate in (Fate.DOWN, Fate.LATER):
        channel.update(error=outcome.error[:300], error_at=now, failures=F("failures") + 1)
        channel.filter(failing_since=None).update(failing_since=now)
        if outcome.fate is Fate.DOWN:
            failures = channel.values_list("failures", flat=True).get()
            channel.update(resume_at=now + down_pause(failures))
