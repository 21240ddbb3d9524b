"""The worker's part: notices become lines, lines become messages, messages leave.

The main thread alone speaks to the database. Each channel has a courier, a thread that does
nothing but talk to the network: a server that hangs keeps its own courier waiting, nobody else.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings

from tertib.lib.errors import trouble
from tertib.notify import render
from tertib.notify.actions import planning, sending
from tertib.notify.channels import NO_ANSWER, Fate, Message, Outcome, Transport, hook
from tertib.notify.channels.chat import Chat
from tertib.notify.channels.hook import Hook
from tertib.notify.channels.mail import Mail, Server
from tertib.notify.channels.push import Push
from tertib.notify.models import Channel, Delivery, Line, Notice

log = logging.getLogger(__name__)

RUN = 60.0  # seconds after which a run ends, so that others in the lane have their turn
HANGS = 120.0  # seconds after which one message is given up; shorter than its lease
LOOK = 0.1  # seconds that the main thread waits for an outcome before it looks around
BREATH = 0.01  # seconds between two write transactions: people go first

type Clock = Callable[[], datetime]
type Opener = Callable[[Channel], Transport]


@dataclass
class Courier:
    """One thread, one message at a time."""

    transport: Transport
    outcomes: "queue.Queue[tuple[int, Outcome]]"
    channel: int
    inbox: "queue.Queue[Message | None]" = field(default_factory=queue.Queue)
    delivery: Delivery | None = None
    since: float = 0.0

    def start(self) -> None:
        self.thread = threading.Thread(target=self._work, daemon=True, name="courier")
        self.thread.start()

    def carry(self, delivery: Delivery, message: Message) -> None:
        self.delivery, self.since = delivery, time.monotonic()
        self.inbox.put(message)

    def _work(self) -> None:
        while message := self.inbox.get():
            try:
                outcome = self.transport.send(message)
            except Exception as error:  # one message's fault is no other's (decision 44)
                log.exception("message_not_sent", extra={"message_id": message.message_id})
                outcome = Outcome(Fate.NEVER, type(error).__name__)
            self.outcomes.put((self.channel, outcome))
        self.transport.close()


# Couriers that were given up and whose thread still hangs: their channel gets no second one.
_stuck: dict[int, threading.Thread] = {}


def there_is_work(now: datetime) -> bool:
    """A cheap look, several times a second."""
    open_ = Channel.objects.open(now)
    return (
        Notice.objects.unplanned().exists()
        or Line.objects.filter(delivery=None, go_at__lte=now, channel__in=open_).exists()
        or Delivery.objects.due(now).filter(channel__in=open_).exists()
    )


def run(
    *,
    clock: Clock,
    opener: Opener | None = None,
    hangs: float = HANGS,
    seconds: float = RUN,
) -> int:
    """Send what is due until nothing is, or time is up. Return how many messages left."""
    outcomes: queue.Queue[tuple[int, Outcome]] = queue.Queue()
    couriers: dict[int, Courier] = {}
    sent, started = 0, time.monotonic()
    try:
        while True:
            time_is_up = time.monotonic() - started > seconds
            if not time_is_up:
                _prepare(clock)
                _hand_out(couriers, outcomes, clock, opener or open_transport)
            if not any(courier.delivery for courier in couriers.values()):
                return sent
            try:
                channel, outcome = outcomes.get(timeout=LOOK)
            except queue.Empty:
                _give_up_hanging(couriers, clock, hangs)
                continue
            if courier := couriers.get(channel):
                sent += _settle(courier, outcome, clock)
    finally:
        for courier in couriers.values():
            courier.inbox.put(None)


def open_transport(channel: Channel) -> Transport:
    secret = channel.secret or ""
    allowed = settings.OUTGOING_ALLOWED
    match channel.kind:
        case Channel.Kind.MAIL:
            return Mail(Server(**channel.options, password=secret))
        case Channel.Kind.PUSH:
            return Push(secret, render.house_contact(), allowed=allowed)
        case Channel.Kind.HOOK:
            return Hook(*hook.opened(secret), allowed=allowed)
        case _:
            return Chat(secret, allowed=allowed)


def _prepare(clock: Clock) -> None:
    while planning.plan(now=clock()):
        time.sleep(BREATH)
    while planning.gather(now=clock()):
        time.sleep(BREATH)


def _hand_out(
    couriers: dict[int, Courier],
    outcomes: "queue.Queue[tuple[int, Outcome]]",
    clock: Clock,
    opener: Opener,
) -> None:
    for channel in Channel.objects.open(clock()):
        courier = couriers.get(channel.pk)
        if (courier and courier.delivery) or _still_stuck(channel.pk):
            continue
        while delivery := sending.claim(channel, now=clock()):
            message = _message(delivery, channel, clock())
            if message is None:
                continue
            if courier is None:
                try:
                    transport = opener(channel)
                except Exception as error:  # a lost key is no other channel's fault (44)
                    if trouble(error):
                        raise
                    log.exception("channel_not_opened", extra={"channel": str(channel.uuid)})
                    down = Outcome(Fate.DOWN, type(error).__name__)
                    sending.settle(delivery, down, now=clock())
                    break
                courier = couriers[channel.pk] = Courier(transport, outcomes, channel.pk)
                courier.start()
            courier.carry(delivery, message)
            break


def _message(delivery: Delivery, channel: Channel, now: datetime) -> Message | None:
    try:
        message = render.message(delivery, channel, now=now)
    except Exception as error:  # one message's fault is no other's (decision 44)
        if trouble(error):
            raise
        log.exception("message_not_made", extra={"delivery": str(delivery.uuid)})
        sending.settle(delivery, Outcome(Fate.NEVER, type(error).__name__), now=now)
        return None
    if message is None:
        sending.drop(delivery)
    return message


def _settle(courier: Courier, outcome: Outcome, clock: Clock) -> int:
    delivery, courier.delivery = courier.delivery, None
    if delivery is None:
        return 0
    kept = sending.settle(delivery, outcome, now=clock())
    return int(kept and outcome.fate is Fate.SENT)


def _give_up_hanging(couriers: dict[int, Courier], clock: Clock, hangs: float) -> None:
    for pk, courier in list(couriers.items()):
        if courier.delivery and time.monotonic() - courier.since > hangs:
            courier.transport.abort()
            hung = Outcome(Fate.DOWN, NO_ANSWER, unsure=True)
            sending.settle(courier.delivery, hung, now=clock())
            courier.inbox.put(None)
            _stuck[pk] = couriers.pop(pk).thread


def _still_stuck(channel: int) -> bool:
    thread = _stuck.get(channel)
    if thread is not None and not thread.is_alive():
        del _stuck[channel]
    return channel in _stuck
