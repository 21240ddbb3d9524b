"""What waits for a decision or has to be done, as work: with an owner, a due time and a ladder.

The actions of this room open and close it with the thing itself. What begins because time passes
(a waiver that ran out, a review that falls due) the minute's job finds here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language, gettext

from tertib.evidence.models import Subject
from tertib.governance import pages
from tertib.governance.models import Action, Request, Review, Waiver
from tertib.governance.rules import end_of
from tertib.lib import limits
from tertib.people.models import Site, User
from tertib.sop import promises, versions
from tertib.sop.format import Freshness
from tertib.sop.models import Version
from tertib.ui.rules import calendar_day, known
from tertib.work import actions as work
from tertib.work import kept_open
from tertib.work.models import Item

REQUEST, VERSION, ACTION, WAIVER = "request", "version", "action", "waiver"
DECISIONS, ACTIONS = "mgt.decisions", "eva.actions"  # whose ladder an overdue one climbs
EXPIRED, YEARLY = "mgt.waivers", "eva.yearly"  # the controls that look at these once a time is over
ACKNOWLEDGED = "usr.ack"  # that of everybody's acknowledgement
SOME = 100  # in one run


# --- With the thing itself -----------------------------------------------------------------------


def requested(request: Request, *, now: datetime) -> bool:
    """Open what management has to decide. False: the SOP promises no decision, or it is open."""
    if request.decide_by is None:
        return False
    matter = work.Matter(
        kind=REQUEST,
        uuid=request.uuid,
        title=lambda: gettext("Decide about: %(title)s") % {"title": request.title},
        due_by=request.decide_by,
        site=request.asked_by.site,
        role=versions.current(now).approve_by,
        but=request.asked_by,
        control=DECISIONS,
        subject=Subject.objects.get(pk=request.uuid),
    )
    return work.open_matter(matter, by=request.asked_by, now=now, tell=False)


def waiver_asked(waiver: Waiver, *, now: datetime) -> bool:
    """Open what somebody else has to decide: on the last day that was asked for at the latest."""
    sop = versions.current(now)

    def title() -> str:
        return gettext("Decide about the waiver of %(what)s") % {"what": pages.title(waiver, sop)}

    matter = work.Matter(
        kind=WAIVER,
        uuid=waiver.uuid,
        title=title,
        due_by=_decided_by(waiver, now),
        site=waiver.asked_by.site,
        role=sop.waiver_approver,
        but=waiver.asked_by,
        control=DECISIONS,
    )
    return work.open_matter(matter, by=waiver.asked_by, now=now, tell=False)


def published(version: Version, *, now: datetime) -> bool:
    """Open what management has to approve before it can come into force. The first one judges
    already: an empty installation opens no work (decision 10).
    """
    if version.is_first or version.approved_at or version.withdrawn_at:
        return False
    sop = versions.current(now)
    author = User.objects.filter(uuid=version.author).first() if version.author else None
    site = author.site if author else Site.objects.order_by("pk").first()
    if site is None:  # nobody works here yet
        return False
    begins = version.effective_at
    matter = work.Matter(
        kind=VERSION,
        uuid=version.uuid,
        title=lambda: gettext("Approve version %(name)s of the SOP") % {"name": version.name},
        due_by=begins if begins > now else end_of(version.effective_from, ZoneInfo(version.zone)),
        site=site,
        role=sop.approve_by,
        but=author,
        look=Item.Look.REVIEW,
    )
    return work.open_matter(matter, by=author, now=now)


def agreed(action: Action, *, now: datetime) -> bool:
    """Open what somebody has to do by a day."""
    zone = ZoneInfo(versions.current(now).timezone)
    matter = work.Matter(
        kind=ACTION,
        uuid=action.uuid,
        title=lambda: action.text,
        due_by=end_of(action.due_on, zone),
        site=action.owner.site,
        owner=action.owner,
        control=ACTIONS,
        subject=Subject.objects.get(pk=action.uuid),
    )
    return work.open_matter(matter, by=None, now=now, tell=False)


def over(kind: str, uuid: UUID, *, by: User, now: datetime, done: bool = True) -> bool:
    """End the work of what was decided, done or (not done) taken back."""
    return work.close_matter(kind, uuid, by=by, now=now, done=done)


def ended(version: Version, *, now: datetime) -> bool:
    """End the work of a version that was approved or withdrawn."""
    who = User.objects.filter(uuid__in=[version.approver, version.withdrawn_by]).first()
    done = version.approved_at is not None
    return work.close_matter(VERSION, version.uuid, by=who, now=now, done=done)


def looked_at(*, by: User, now: datetime) -> bool:
    """End the review of waivers that ran out, once no other waits for it."""
    if Waiver.objects.to_review(now).exists():
        return False
    return work.end_ahead(EXPIRED, by=by, now=now)


def held(*, by: User, now: datetime) -> bool:
    """End the work of a yearly review that was due and is signed."""
    return work.end_ahead(YEARLY, by=by, now=now)


# --- For the page of the item --------------------------------------------------------------------


@dataclass(frozen=True)
class Way:
    """Where something is decided or done."""

    title: str
    text: str
    url: str


def ways(item: Item, now: datetime) -> list[Way]:
    """Return on which pages that is decided which an item is about."""
    if item.control == EXPIRED:
        ran_out = Waiver.objects.to_review(now).select_related("asked_by", "subject")
        return [_way_to_waiver(one) for one in ran_out.order_by("ended_at")]
    if item.control == YEARLY:
        url = reverse("governance:reviews")
        return [Way(gettext("Yearly reviews"), gettext("Write it down there and sign it."), url)]
    if item.control == ACKNOWLEDGED:
        url = reverse("governance:acknowledge")
        return [Way(gettext("Acknowledgement"), gettext("Read the SOP and acknowledge it"), url)]
    if item.matter_uuid is None:
        return []
    found: Way | None = None
    match item.matter:
        case "request":
            asked = Request.objects.select_related("asked_by").get(uuid=item.matter_uuid)
            url = reverse("governance:request", args=[asked.uuid])
            found = Way(asked.title, _asked_by(asked.asked_by), url)
        case "waiver":
            waiver = Waiver.objects.select_related("asked_by", "subject").get(uuid=item.matter_uuid)
            found = _way_to_waiver(waiver)
        case "version":
            version = Version.objects.defer("text", "source_text").get(uuid=item.matter_uuid)
            url = reverse("governance:version", args=[version.uuid])
            title = gettext("Version %(name)s") % {"name": version.name}
            found = Way(title, gettext("With all that it changes, its weakenings first."), url)
        case "calendar":
            url = reverse("governance:calendar")
            text = gettext("Holidays and hours, year by year, and the button that confirms them.")
            found = Way(gettext("Hours and holidays"), text, url)
        case "action":
            action = Action.objects.select_related("review").get(uuid=item.matter_uuid)
            held = calendar_day(action.review.held_on, known(get_language()))
            url = reverse("governance:review", args=[action.review.uuid])
            found = Way(gettext("Yearly review of %(day)s") % {"day": held}, action.text, url)
    return [found] if found else []


def _asked_by(person: User) -> str:
    return gettext("Asked for by %(name)s") % {"name": person.full_name}


def _way_to_waiver(waiver: Waiver) -> Way:
    title = pages.title(waiver, versions.in_force(waiver.asked_at).sop)
    return Way(title, _asked_by(waiver.asked_by), reverse("governance:waiver", args=[waiver.uuid]))


def register() -> None:
    """What good evidence does not end: a waiver that ran out is looked at, whatever became good."""
    kept_open.register(EXPIRED, lambda now: Waiver.objects.to_review(now).exists())


# --- Because time passes -------------------------------------------------------------------------


def settle(*, now: datetime) -> int:
    """Open and close what time, or another door, began and ended. Return how many items."""
    if not versions.law():
        return 0
    moved = sum(_open_missing(now)) + sum(_close_past(now))
    return moved + _look_at_expired(now) + _look_at_year(now)


def _open_missing(now: datetime) -> Iterator[bool]:
    """What waits and has no work yet: of an older Tertib, or published by another door."""
    known = Item.objects.exclude(matter="").values("matter_uuid")
    for request in Request.objects.filter(decision="").exclude(uuid__in=known)[:SOME]:
        yield requested(request, now=now)
    for waiver in Waiver.objects.waiting().exclude(uuid__in=known)[:SOME]:
        yield waiver_asked(waiver, now=now)
    waiting = Version.objects.filter(approved_at=None, withdrawn_at=None, is_first=False)
    for version in waiting.exclude(uuid__in=known)[:SOME]:
        yield published(version, now=now)
    signed = Action.objects.filter(done_at=None, review__signed_at__isnull=False)
    for action in signed.exclude(uuid__in=known)[:SOME]:
        yield agreed(action, now=now)


def _close_past(now: datetime) -> Iterator[bool]:
    """Versions that were approved or withdrawn by another door."""
    asked = Item.objects.open().filter(matter=VERSION).values("matter_uuid")
    over = Q(approved_at__isnull=False) | Q(withdrawn_at__isnull=False)
    for version in Version.objects.filter(over, uuid__in=asked)[:SOME]:
        yield ended(version, now=now)


@transaction.atomic
def _look_at_expired(now: datetime) -> bool:
    """A waiver that ran out unrenewed is reviewed: its control's item opens at once, line or no."""
    if not Waiver.objects.to_review(now).exists():
        return work.end_ahead(EXPIRED, by=None, now=now)
    if EXPIRED not in versions.current(now).controls:
        return False
    zone = Site.objects.order_by("pk")[0].zone
    return work.look_ahead(
        EXPIRED, due_by=promises.work_due(EXPIRED, start=now, zone=zone), now=now
    )


@transaction.atomic
def _look_at_year(now: datetime) -> bool:
    """A yearly review that falls due soon is somebody's before it is late."""
    sop = versions.current(now)
    control = sop.controls.get(YEARLY)
    last = Review.objects.filter(signed_at__lte=now).order_by("-signed_at").first()
    if not isinstance(control, Freshness) or last is None or last.signed_at is None:
        return False  # never held: a step of the set-up, no work
    until = promises.lasts_until(YEARLY, last.signed_at)
    warn = control.warn
    if until is None or warn is None:
        return False
    if now < limits.back(until, warn, zone=ZoneInfo(sop.timezone)):
        return work.end_ahead(YEARLY, by=None, now=now)
    # Once it has lapsed, the engine's line is in it, or opens it.
    return now < until and work.look_ahead(YEARLY, due_by=until, now=now)


def _decided_by(waiver: Waiver, now: datetime) -> datetime:
    """Return until when a waiver is decided: as other decisions, or by the end that it asks for."""
    end = end_of(waiver.last_day, ZoneInfo(versions.current(now).timezone))
    try:
        promised = promises.due(DECISIONS, start=waiver.asked_at, zone=waiver.asked_by.site.zone)
    except KeyError:
        return end
    return min(end, promised)
