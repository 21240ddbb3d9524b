"""Issuing and signing the monthly report. The only code of this room that writes."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tertib.audit.actions import note
from tertib.evidence import ledger, subjects
from tertib.governance import deciding
from tertib.governance.evidence import REPORT_ISSUED, REPORT_SIGNED
from tertib.lib import limits
from tertib.lib.errors import Refused
from tertib.people.models import User
from tertib.reports import rules, telling
from tertib.reports.content import build
from tertib.reports.models import Report
from tertib.sop import versions
from tertib.sop.format import Schedule
from tertib.work import actions as work

SIGNED = "mgt.report_signed"  # the control whose work signing is


def zone(now: datetime) -> ZoneInfo:
    return ZoneInfo(versions.current(now).timezone)


def open_months(now: datetime) -> tuple[date, date]:
    """Return the months whose report may be issued now: this one, and the one before."""
    today = now.astimezone(zone(now)).date()
    this = rules.first_of(today)
    return this, rules.before(this)


def issue(
    month: date, asks: Sequence[str], *, instead_of: UUID | None, by: User, now: datetime
) -> Report:
    """Issue the month's report with the figures of now, or anew while nobody has signed it.

    instead_of: the report that whoever presses has seen. Raise Refused if there is another by
    now, or if it is signed, or for a month that is no longer, or not yet, reported on.
    """
    if month not in open_months(now):
        raise Refused(_("A report is issued in its month or in the one after."))
    content = build(month, asks, now=now)  # reads a lot, so before the transaction
    digest = rules.fingerprint(content)
    try:
        with transaction.atomic():
            return _issue(month, content, digest, instead_of, by, now)
    except IntegrityError:
        _refuse_another(Report.objects.get(month=month, replaced_at=None))
        raise


def _issue(
    month: date,
    content: dict[str, object],
    digest: str,
    instead_of: UUID | None,
    by: User,
    now: datetime,
) -> Report:
    before = Report.objects.filter(month=month, replaced_at=None)
    if instead_of is None:
        if another := before.first():
            _refuse_another(another)
    elif not before.filter(uuid=instead_of, signed_at=None).update(replaced_at=now):
        _refuse_another(before.get())
    report = Report.objects.create(
        month=month, content=content, fingerprint=digest, issued_by=by, issued_at=now
    )
    body = {"for": month.isoformat(), "fingerprint": digest}
    ledger.record(REPORT_ISSUED, subjects.organisation(), occurred_at=now, actor=by.uuid, body=body)
    note("issue_report", report.uuid, actor=by.uuid, now=now, month=(None, month))
    telling.issued(report, now=now)
    if due_by := _sign_by(month, now):
        work.look_ahead(SIGNED, due_by=due_by, now=now)
    return report


def _sign_by(month: date, now: datetime) -> datetime | None:
    """Return until when the SOP in force wants it signed. None: it does not, or that is over and
    the engine has opened the work.
    """
    sop = versions.current(now)
    control, zone = sop.controls.get(SIGNED), ZoneInfo(sop.timezone)
    if not isinstance(control, Schedule) or control.grace is None:
        return None
    end = limits.midnight(rules.before(month, -1), zone)
    due_by = limits.forward(end, control.grace, zone=zone)
    return due_by if due_by > now else None


def _refuse_another(report: Report) -> None:
    told = {"name": report.issued_by.full_name}
    if report.signed_by:
        raise Refused(_("This report is signed already: it stays as it is."))
    raise Refused(_("%(name)s has just issued this report. Look at it first.") % told)


def may_sign(report: Report, person: User, *, now: datetime) -> deciding.Right:
    """Return whether that person signs a report, and for whom."""
    role, issuer = versions.current(now).approve_by, report.issued_by_id
    return deciding.right(person, role, control=SIGNED, asked_by=issuer, now=now)


@transaction.atomic
def sign(report: Report, *, by: User, now: datetime) -> bool:
    """Sign it for management. False: it was signed, or issued anew, meanwhile."""
    sop = versions.current(now)
    if report.issued_by_id == by.pk:
        raise Refused(_("Whoever issued a report does not sign it."))
    right = may_sign(report, by, now=now)
    if not right.may:
        deciding.refuse_deputy(by, report.issued_by_id, now=now)
        name = sop.roles[sop.approve_by].name.words(get_language())
        raise Refused(_("Only who holds the role %(role)s signs a report.") % {"role": name})
    open_ = Report.objects.filter(pk=report.pk, signed_at=None, replaced_at=None)
    if not open_.update(signed_by=by, signed_at=now):
        return False
    report.refresh_from_db()
    body = {"for": report.month.isoformat(), "fingerprint": report.fingerprint}
    ledger.record(REPORT_SIGNED, subjects.organisation(), occurred_at=now, actor=by.uuid, body=body)
    told, whom = (None, report.month), right.for_whom
    note("sign_report", report.uuid, actor=by.uuid, now=now, for_whom=whom, month=told)
    if not Report.objects.filter(signed_at=None, replaced_at=None).exists():
        work.end_ahead(SIGNED, by=by, now=now)
    return True
