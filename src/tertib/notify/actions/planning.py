"""From notices to deliveries: who hears of it where and when, and what goes together."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import TypedDict
from urllib.parse import urlsplit
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from tertib.notify import directory, topics
from tertib.notify.directory import Addressee
from tertib.notify.models import Channel, Choice, Delivery, Device, Line, Notice, Rhythm
from tertib.notify.rules import GAP, STALE, Hours, goes_at

BATCH = 100
LINES = 500  # of one message in one transaction


class Place(TypedDict):
    channel_id: int
    person: UUID | None
    device_id: int | None


@dataclass
class Known:
    """What has to be known of the people of some notices, read before anything is written."""

    channels: list[Channel]
    people: dict[UUID, Addressee]
    home: ZoneInfo
    unwanted: set[tuple[UUID, str, str]] = field(default_factory=set)
    hours: dict[UUID, Hours] = field(default_factory=dict)
    devices: dict[UUID, list[Device]] = field(default_factory=lambda: defaultdict(list))
    # Asked once a day of the calendar, not once a notice: it may cost a query.
    working_day: Callable[[date], bool] = field(
        default_factory=lambda: cache(directory.working_day)
    )


def plan(*, now: datetime) -> int:
    """Make the lines of the oldest notices that have none yet. Return how many notices."""
    some = list(Notice.objects.unplanned().order_by("pk")[:BATCH])
    if not some:
        return 0
    known = _known({notice.person for notice in some})
    lines = {notice.pk: list(_lines(notice, known, now)) for notice in some}
    with transaction.atomic():
        still = Notice.objects.unplanned().filter(pk__in=lines).select_for_update()
        mine = list(still.values_list("pk", flat=True))
        made = _of_their_own([line for pk in mine for line in lines[pk]], now)
        Line.objects.bulk_create(made, ignore_conflicts=True)
        Notice.objects.filter(pk__in=mine).update(planned_at=now)
    return len(some)


def gather(*, now: datetime) -> int:
    """Put what goes together now into deliveries. Return how many were made.

    One per person and channel, and not soon after the last: what comes too soon is collected.
    """
    due = Line.objects.filter(
        delivery=None, go_at__lte=now, channel__in=Channel.objects.open(now)
    ).order_by()
    made = 0
    for channel, person, device in list(
        due.values_list("channel", "person", "device").distinct()[:BATCH]
    ):
        place = Place(channel_id=channel, person=person, device_id=device)
        before = Delivery.objects.filter(**place, test=False).order_by("-created_at")
        last = before.values_list("created_at", flat=True).first()
        if last and last > now - GAP:
            while pks := _some(place, now):
                Line.objects.filter(pk__in=pks, delivery=None).update(go_at=last + GAP)
            continue
        made += _collect(place, now)
    return made


def forget_stale_lines(*, now: datetime) -> int:
    """Give up what could not leave for days: in the app it stands all the same."""
    old = Line.objects.filter(delivery=None, go_at__lt=now - STALE)
    pks = list(old.values_list("pk", flat=True)[:LINES])
    return Line.objects.filter(pk__in=pks, delivery=None).delete()[0] if pks else 0


def new_delivery(
    channel_id: int,
    person: UUID | None,
    *,
    now: datetime,
    device_id: int | None = None,
    test: bool = False,
) -> Delivery:
    uuid = uuid4()
    host = urlsplit(settings.URL).hostname or "tertib.invalid"
    return Delivery(
        uuid=uuid,
        channel_id=channel_id,
        person=person,
        device_id=device_id,
        message_id=f"<{uuid}@{host}>",
        test=test,
        created_at=now,
        next_at=now,
    )


def _known(people: set[UUID]) -> Known:
    known = Known(list(Channel.objects.all()), directory.look_up(people), directory.home_zone())
    refused = Choice.objects.filter(person__in=people, wanted=False)
    known.unwanted = set(refused.values_list("person", "topic", "kind"))
    for row in Rhythm.objects.filter(person__in=people):
        known.hours[row.person] = Hours(row.digest_at, row.quiet_from, row.quiet_until)
    for device in Device.objects.filter(person__in=people):
        known.devices[device.person].append(device)
    return known


def _lines(notice: Notice, known: Known, now: datetime) -> Iterator[Line]:
    if notice.told_at < now - STALE or (notice.expires_at and notice.expires_at <= now):
        return
    required = topics.required(notice.topic)
    for channel in known.channels:
        if channel.kind in (Channel.Kind.CHAT, Channel.Kind.HOOK):
            if not notice.hidden and notice.topic in channel.options.get("topics", ()):
                once = f"{notice.topic} {notice.key}"
                machine = channel.kind == Channel.Kind.HOOK  # which never sleeps
                at = now if machine else _time(notice, Hours(), known.home, known)
                yield Line(notice=notice, channel=channel, once=once, go_at=at)
            continue
        somebody = known.people.get(notice.person)
        refused = (notice.person, notice.topic, channel.kind) in known.unwanted
        if somebody is None or (refused and not required):
            continue
        hours = known.hours.get(notice.person, Hours())
        at = _time(notice, hours, ZoneInfo(somebody.zone), known)
        if channel.kind == Channel.Kind.MAIL:
            at = now if notice.hidden else at
            yield Line(notice=notice, channel=channel, person=notice.person, go_at=at)
        elif not notice.hidden:
            for device in known.devices[notice.person]:
                yield Line(
                    notice=notice, channel=channel, person=notice.person, device=device, go_at=at
                )


def _time(notice: Notice, hours: Hours, zone: ZoneInfo, known: Known) -> datetime:
    return goes_at(
        notice.told_at,
        urgent=notice.urgent,
        hours=hours,
        zone=zone,
        working_day=known.working_day,
    )


def _of_their_own(lines: list[Line], now: datetime) -> list[Line]:
    """Give some lines a message of their own: a link that only one may know, a machine's event.

    What a machine was told already, for somebody else, is left out.
    """
    hooks = {line.channel_id for line in lines if line.channel.kind == Channel.Kind.HOOK}
    keys = {line.once for line in lines if line.channel_id in hooks}
    there = Line.objects.filter(channel__in=hooks, once__in=keys)
    known = set(there.values_list("channel", "once")) if hooks else set()
    kept = []
    for line in lines:
        hook = line.channel_id in hooks
        if hook and (line.channel_id, line.once) in known:
            continue
        known.add((line.channel_id, line.once))
        if hook or line.notice.hidden:
            line.delivery = new_delivery(line.channel_id, line.person, now=now)
            if hook:
                line.delivery.message_id = f"msg_{line.notice.uuid.hex}"
            line.delivery.save(force_insert=True)
        kept.append(line)
    return kept


def _collect(place: Place, now: datetime) -> int:
    """Make one delivery of all that is due for one place; thousands go in step by step."""
    delivery: Delivery | None = None
    while pks := _some(place, now):
        with transaction.atomic():
            free = Line.objects.filter(pk__in=pks, delivery=None).select_for_update()
            mine = list(free.values_list("pk", flat=True))
            if not mine:
                break  # another worker was quicker
            if delivery is None:
                delivery = new_delivery(now=now, **place)
                delivery.save(force_insert=True)
            Line.objects.filter(pk__in=mine).update(delivery=delivery)
    return int(delivery is not None)


def _some(place: Place, now: datetime) -> list[int]:
    due = Line.objects.filter(**place, delivery=None, go_at__lte=now)
    return list(due.order_by("pk").values_list("pk", flat=True)[:LINES])
