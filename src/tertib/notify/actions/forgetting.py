"""What leaves the outbox: what is old, and what belongs to somebody who is erased."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from tertib.notify.actions.planning import forget_stale_lines
from tertib.notify.models import Choice, Delivery, Device, Line, Notice, Rhythm
from tertib.notify.rules import KEPT

BATCH = 200


def forget(*, now: datetime) -> int:
    """Delete a few rows that nobody needs. Return how many."""
    gone = forget_stale_lines(now=now)
    old = Q(read_at__lt=now - KEPT) | Q(told_at__lt=now - 2 * KEPT) | Q(expires_at__lt=now)
    for model, rows in (
        (Delivery, Delivery.objects.filter(created_at__lt=now - KEPT)),
        (Notice, Notice.objects.filter(old)),
    ):
        pks = list(rows.values_list("pk", flat=True)[:BATCH])
        if pks:
            gone += model._default_manager.filter(pk__in=pks).delete()[0]
    return gone


@transaction.atomic
def erase(person: UUID) -> int:
    """Delete all that the outbox holds of a person. Return how many rows."""
    gone = 0
    for rows in (
        Line.objects.filter(Q(person=person) | Q(notice__person=person)),
        Delivery.objects.filter(person=person),
        Notice.objects.filter(person=person),
        Device.objects.filter(person=person),
        Choice.objects.filter(person=person),
        Rhythm.objects.filter(person=person),
    ):
        gone += rows.delete()[0]
    return gone
