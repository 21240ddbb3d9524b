"""Waivers: asked for by one, granted by another, with an end that is never far."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tertib.audit.actions import note
from tertib.evidence import ledger
from tertib.evidence.models import Subject
from tertib.governance import deciding, matters, telling
from tertib.governance.models import Waiver
from tertib.governance.rules import end_of, latest_day
from tertib.lib import durations
from tertib.lib.errors import Refused
from tertib.people.models import User
from tertib.sop import versions
from tertib.sop.format import Control, Rollup, Sop
from tertib.ui.rules import calendar_day, known


@transaction.atomic
def ask_waiver(
    control: str,
    *,
    subject: Subject | None,
    reason: str,
    last_day: date | None,
    by: User,
    now: datetime,
    renews: Waiver | None = None,
) -> Waiver:
    """Ask that a control be waived: for one subject, or as a whole.

    Raise Refused without a reason, without an end, or with one that is too far.
    """
    sop = versions.current(now)
    found = _control(sop, control)
    if not reason.strip():
        raise Refused(_("Say why: whoever grants it has to understand it."))
    begin = renews.ended_at if renews and renews.ended_at and renews.ended_at > now else now
    last_day = _end(sop, last_day, begin, now)
    same = Waiver.objects.filter(control=control, subject=subject)
    if same.waiting().exists():
        raise Refused(_("Just this waiver has been asked for already and waits for a decision."))
    if renews is None and same.in_force(now).exists():
        raise Refused(_("Just this is waived already: renew that waiver instead."))
    waiver = Waiver.objects.create(
        control=control,
        clause=found.clause,
        subject=subject,
        reason=reason.strip(),
        last_day=last_day,
        renews=renews,
        asked_by=by,
        asked_at=now,
    )
    note(
        "ask_waiver",
        waiver.uuid,
        actor=by.uuid,
        now=now,
        reason=reason,
        control=(None, control),
        last_day=(None, last_day),
    )
    matters.waiver_asked(waiver, now=now)
    telling.waiver_asked(waiver, now=now)
    return waiver


@transaction.atomic
def renew_waiver(
    old: Waiver, *, reason: str, last_day: date | None, by: User, now: datetime
) -> Waiver:
    """Ask that a waiver go on after its end, as often as the SOP allows."""
    if old.decision != Waiver.Decision.GRANTED:
        raise Refused(_("Only a waiver that was granted is renewed."))
    sop = versions.current(now)
    before, at = 0, old
    while at.renews is not None:
        before, at = before + 1, at.renews
    if before >= sop.waiver_renewals or old.renewals.filter(decision="granted").exists():
        raise Refused(
            _("It was renewed already as often as the SOP allows. Mend the cause instead.")
        )
    return ask_waiver(
        old.control,
        subject=old.subject,
        reason=reason,
        last_day=last_day,
        by=by,
        now=now,
        renews=old,
    )


@transaction.atomic
def grant_waiver(waiver: Waiver, *, by: User, now: datetime) -> bool:
    """Grant it: from now on, or from the end of the one that it renews. False: it was decided.

    Raise Refused for whoever asked, and without the role that the SOP names.
    """
    sop = versions.current(now)
    right = _may_decide(sop, waiver, by, now)
    _control(sop, waiver.control)
    before = waiver.renews.ended_at if waiver.renews else None
    begin = before if before and before > now else now
    _end(sop, waiver.last_day, begin, now)
    end = end_of(waiver.last_day, ZoneInfo(sop.timezone))
    open_ = Waiver.objects.select_for_update().filter(pk=waiver.pk, decision="")
    if not open_.exists():
        return False
    entry = ledger.waive(
        waiver.control, waiver.subject, began_at=begin, ended_at=end, actor=by.uuid
    )
    done = open_.update(
        decision=Waiver.Decision.GRANTED,
        decided_by=by,
        decided_at=now,
        began_at=begin,
        ended_at=end,
        entry=entry,
    )
    assert done  # noqa: S101 the row is held since it was read
    waiver.refresh_from_db()
    told, whom = (None, end), right.for_whom
    note("grant_waiver", waiver.uuid, actor=by.uuid, now=now, for_whom=whom, until=told)
    matters.looked_at(now=now, by=by)
    matters.over(matters.WAIVER, waiver.uuid, by=by, now=now)
    telling.waiver_decided(waiver, now=now)
    return True


@transaction.atomic
def refuse_waiver(waiver: Waiver, *, because: str, by: User, now: datetime) -> bool:
    """Refuse it, with a reason. False: it was decided already."""
    if not because.strip():
        raise Refused(_("Say why it is refused: whoever asked has to understand it."))
    right = _may_decide(versions.current(now), waiver, by, now)
    if not Waiver.objects.filter(pk=waiver.pk, decision="").update(
        decision=Waiver.Decision.REFUSED, decided_by=by, decided_at=now, because=because.strip()
    ):
        return False
    waiver.refresh_from_db()
    note(
        "refuse_waiver",
        waiver.uuid,
        actor=by.uuid,
        now=now,
        reason=because,
        for_whom=right.for_whom,
    )
    matters.over(matters.WAIVER, waiver.uuid, by=by, now=now)
    telling.waiver_decided(waiver, now=now)
    return True


@transaction.atomic
def withdraw_waiver(waiver: Waiver, *, by: User, now: datetime) -> bool:
    """Take back what one has asked for. False: it was decided already."""
    if waiver.asked_by_id != by.pk:
        raise Refused(_("Only whoever asked takes it back."))
    if not Waiver.objects.filter(pk=waiver.pk, decision="").update(
        decision=Waiver.Decision.WITHDRAWN, decided_by=by, decided_at=now
    ):
        return False
    matters.over(matters.WAIVER, waiver.uuid, by=by, now=now, done=False)
    note("withdraw_waiver", waiver.uuid, actor=by.uuid, now=now)
    return True


@transaction.atomic
def review_waiver(waiver: Waiver, *, finding: str, by: User, now: datetime) -> bool:
    """Say what became of a waiver that ran out. False: somebody has looked at it already."""
    right = _may_decide(versions.current(now), waiver, by, now, control=matters.EXPIRED)
    if waiver.ended_at is None or waiver.ended_at > now:
        raise Refused(_("It has not run out yet."))
    if not finding.strip():
        raise Refused(_("Say what became of it."))
    if not Waiver.objects.filter(pk=waiver.pk, reviewed_at=None).update(
        reviewed_by=by, reviewed_at=now, finding=finding.strip()
    ):
        return False
    note(
        "review_waiver",
        waiver.uuid,
        actor=by.uuid,
        now=now,
        reason=finding,
        for_whom=right.for_whom,
    )
    matters.looked_at(now=now, by=by)
    return True


def _may_decide(
    sop: Sop, waiver: Waiver, by: User, now: datetime, *, control: str = ""
) -> deciding.Right:
    if waiver.asked_by_id == by.pk:
        raise Refused(_("Whoever asks for a waiver does not decide about it: somebody else does."))
    matter = None if control else waiver.uuid
    right = deciding.right(
        by,
        sop.waiver_approver,
        matter=matter,
        control=control,
        asked_by=waiver.asked_by_id,
        now=now,
    )
    if not right.may:
        deciding.refuse_deputy(by, waiver.asked_by_id, now=now)
        name = sop.roles[sop.waiver_approver].name.words(get_language())
        raise Refused(_("Only who holds the role %(role)s grants waivers.") % {"role": name})
    return right


def _control(sop: Sop, control: str) -> Control:
    found = sop.controls.get(control)
    if found is None or not found.active:
        raise Refused(_("The SOP in force counts no control %(name)s.") % {"name": control})
    if isinstance(found, Rollup):
        raise Refused(_("This control sums up other clauses: ask for a waiver there."))
    return found


def _end(sop: Sop, last_day: date | None, begin: datetime, now: datetime) -> date:
    """Return the last day if it may be one: there is one, it is to come, and it is not too far."""
    zone, language = ZoneInfo(sop.timezone), known(get_language())
    longest = durations.words(sop.waiver_max, language)
    latest = latest_day(begin, sop.waiver_max, zone=zone, calendar=sop.calendar)
    told = {"longest": longest, "day": calendar_day(latest, language)}
    if last_day is None:
        raise Refused(_("A waiver needs an end: %(longest)s at most, so until %(day)s.") % told)
    if last_day > latest:
        raise Refused(_("A waiver lasts %(longest)s at most: choose an end until %(day)s.") % told)
    if last_day < max(now, begin).astimezone(zone).date():
        raise Refused(_("This end has passed already."))
    return last_day
