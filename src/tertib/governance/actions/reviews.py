"""The yearly review: written by one, signed by another, its actions done by their owners."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tertib.audit.actions import note
from tertib.evidence import ledger, subjects
from tertib.evidence.models import Subject
from tertib.governance import deciding, matters, telling
from tertib.governance.evidence import ACTION_AGREED, ACTION_DONE, REVIEW_SIGNED
from tertib.governance.models import Action, Point, Review
from tertib.governance.rules import latest_day
from tertib.lib.errors import Refused
from tertib.people.models import User
from tertib.sop import versions
from tertib.sop.format import Deadline
from tertib.ui.rules import calendar_day, known

ACTIONS = "eva.actions"  # the control that says how long an action may take


@transaction.atomic
def begin_review(held_on: date, *, agenda: Iterable[str], by: User, now: datetime) -> Review:
    """Begin to write down a review; who writes takes part in it."""
    zone = ZoneInfo(versions.current(now).timezone)
    if held_on > now.astimezone(zone).date():
        raise Refused(_("A review is written down on the day it is held, or later."))
    review = Review.objects.create(held_on=held_on, written_by=by, written_at=now)
    review.participants.add(by)
    Point.objects.bulk_create(
        Point(review=review, kind=Point.Kind.AGENDA, text=text) for text in agenda
    )
    note("begin_review", review.uuid, actor=by.uuid, now=now, held_on=(None, held_on))
    return review


@transaction.atomic
def add_point(review: Review, kind: str, text: str, *, by: User, now: datetime) -> Point:
    _still_open(review)
    point = Point.objects.create(review=review, kind=kind, text=text)
    note("add_point", review.uuid, actor=by.uuid, now=now, kind=(None, kind))
    return point


@transaction.atomic
def drop_point(point: Point, *, by: User, now: datetime) -> None:
    _still_open(point.review)
    Point.objects.filter(pk=point.pk).delete()
    note("drop_point", point.review.uuid, actor=by.uuid, now=now, kind=(point.kind, None))


@transaction.atomic
def set_participants(review: Review, people: Iterable[User], *, by: User, now: datetime) -> None:
    _still_open(review)
    review.participants.set(people)
    note("set_participants", review.uuid, actor=by.uuid, now=now)


@transaction.atomic
def add_action(
    review: Review, text: str, *, owner: User, due_on: date, by: User, now: datetime
) -> Action:
    """Agree on something that somebody does by a day, within what the SOP allows."""
    _still_open(review)
    sop = versions.current(now)
    zone, control = ZoneInfo(sop.timezone), sop.controls.get(ACTIONS)
    if due_on < now.astimezone(zone).date():
        raise Refused(_("The due day has passed already."))
    if isinstance(control, Deadline):
        last = latest_day(now, control.within, zone=zone, calendar=sop.calendar)
        if due_on > last:
            raise Refused(
                _("An action is done by %(day)s at the latest: the SOP allows no longer.")
                % {"day": calendar_day(last, known(get_language()))}
            )
    action = Action.objects.create(review=review, text=text, owner=owner, due_on=due_on)
    note("add_action", review.uuid, actor=by.uuid, now=now, owner=(None, owner.uuid))
    return action


@transaction.atomic
def drop_action(action: Action, *, by: User, now: datetime) -> None:
    _still_open(action.review)
    Action.objects.filter(pk=action.pk).delete()
    note("drop_action", action.review.uuid, actor=by.uuid, now=now)


def unfinished(kinds: Collection[str], people: int) -> str:
    """Say what a review with such points, held by so many, lacks to be signed. "": nothing."""
    if not {Point.Kind.AGENDA, Point.Kind.DECISION} <= set(kinds):
        return _("A review has an agenda and at least one decision before it is signed.")
    if people < 2:
        return _("A review is held by two people at least: add who took part.")
    return ""


@transaction.atomic
def sign_review(review: Review, *, by: User, now: datetime) -> bool:
    """Sign it: from now on it is evidence, and its actions run. False: it was signed already.

    Raise Refused without an agenda, a decision and two people, or for whoever wrote it.
    """
    sop = versions.current(now)
    if review.written_by_id == by.pk:
        raise Refused(_("Whoever wrote a review does not sign it."))
    author, role = review.written_by_id, sop.approve_by
    right = deciding.right(by, role, control=matters.YEARLY, asked_by=author, now=now)
    if not right.may:
        deciding.refuse_deputy(by, author, now=now)
        name = sop.roles[role].name.words(get_language())
        raise Refused(_("Only who holds the role %(role)s signs a review.") % {"role": name})
    kinds = review.points.values_list("kind", flat=True)
    if lacks := unfinished(kinds, review.participants.count()):
        raise Refused(lacks)
    if not Review.objects.filter(pk=review.pk, signed_at=None).update(signed_by=by, signed_at=now):
        return False
    ledger.record(REVIEW_SIGNED, subjects.organisation(), occurred_at=now, actor=by.uuid)
    for action in review.actions.select_related("owner__site").order_by("pk"):
        label = f"{action.text} ({review.held_on})"
        subject = subjects.introduce("action", label=label, now=now, uuid=action.uuid)
        ledger.record(ACTION_AGREED, subject, occurred_at=now, actor=by.uuid)
        matters.agreed(action, now=now)
        telling.agreed(action, now=now)
    note("sign_review", review.uuid, actor=by.uuid, now=now, for_whom=right.for_whom)
    matters.held(by=by, now=now)
    review.refresh_from_db()
    return True


@transaction.atomic
def finish_action(action: Action, *, by: User, now: datetime) -> bool:
    """Say that an agreed action is done: its owner, or who wrote the review. False: it was."""
    if action.review.signed_at is None:
        raise Refused(_("The review is not signed yet, so its actions have not begun."))
    if by.pk not in (action.owner_id, action.review.written_by_id):
        raise Refused(_("Only its owner, or who wrote the review, says that it is done."))
    if not Action.objects.filter(pk=action.pk, done_at=None).update(done_by=by, done_at=now):
        return False
    subject = Subject.objects.get(pk=action.uuid)
    ledger.record(ACTION_DONE, subject, occurred_at=now, actor=by.uuid)
    matters.over(matters.ACTION, action.uuid, by=by, now=now)
    note("finish_action", action.uuid, actor=by.uuid, now=now)
    return True


def _still_open(review: Review) -> None:
    """Raise Refused once it is signed; hold the row until the commit, so that nobody signs now."""
    if not Review.objects.select_for_update().filter(pk=review.pk, signed_at=None).exists():
        raise Refused(_("This review is signed: what was agreed stays as it is."))
