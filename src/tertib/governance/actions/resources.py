"""What the IT asks management for, and what management decides."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tertib.audit.actions import note
from tertib.evidence import ledger, subjects
from tertib.evidence.models import Subject
from tertib.governance import deciding, matters, telling
from tertib.governance.evidence import DECIDED, REQUESTED, WITHDRAWN
from tertib.governance.models import Request
from tertib.lib.errors import Refused
from tertib.people.models import User
from tertib.sop import promises, versions

PROMISE = "mgt.decisions"


@transaction.atomic
def ask_resource(
    title: str, *, reason: str, amount: int | None, by: User, now: datetime
) -> Request:
    """Ask for something. decide_by is the SOP's promise, if it makes one."""
    try:
        decide_by = promises.due(PROMISE, start=now, zone=by.site.zone)
    except KeyError:
        decide_by = None
    request = Request.objects.create(
        title=title, reason=reason, amount=amount, asked_by=by, asked_at=now, decide_by=decide_by
    )
    label = f"{title} ({now:%Y-%m-%d})"
    subject = subjects.introduce("request", label=label, now=now, uuid=request.uuid)
    ledger.record(REQUESTED, subject, occurred_at=now, actor=by.uuid)
    note("ask_resource", request.uuid, actor=by.uuid, now=now, title=(None, title))
    matters.requested(request, now=now)
    telling.to_decide(request, now=now)
    return request


@transaction.atomic
def decide_resource(
    request: Request, *, approved: bool, because: str, by: User, now: datetime
) -> bool:
    """Approve or refuse it. False: it was decided, or taken back, already."""
    if request.asked_by_id == by.pk:
        raise Refused(_("Whoever asks does not decide: somebody else of management does."))
    role = versions.current(now).approve_by
    right = deciding.right(by, role, matter=request.uuid, asked_by=request.asked_by_id, now=now)
    if not right.may:
        deciding.refuse_deputy(by, request.asked_by_id, now=now)
        name = versions.current(now).roles[role].name.words(get_language())
        raise Refused(_("Only who holds the role %(role)s decides about this.") % {"role": name})
    if not approved and not because.strip():
        raise Refused(_("Say why it is refused: whoever asked has to understand it."))
    decision = Request.Decision.APPROVED if approved else Request.Decision.REFUSED
    open_ = Request.objects.filter(pk=request.pk, decision="")
    if not open_.update(decision=decision, decided_by=by, decided_at=now, because=because.strip()):
        return False
    request.refresh_from_db()
    ledger.record(
        DECIDED,
        Subject.objects.get(pk=request.uuid),
        occurred_at=now,
        actor=by.uuid,
        body={"decision": decision},
    )
    note(
        "decide_resource",
        request.uuid,
        actor=by.uuid,
        now=now,
        reason=because,
        decision=(None, decision),
        for_whom=right.for_whom,
    )
    matters.over(matters.REQUEST, request.uuid, by=by, now=now)
    telling.decided(request, now=now)
    return True


@transaction.atomic
def withdraw_resource(request: Request, *, by: User, now: datetime) -> bool:
    """Take back what one has asked for. False: it was decided already."""
    if request.asked_by_id != by.pk:
        raise Refused(_("Only whoever asked takes it back."))
    open_ = Request.objects.filter(pk=request.pk, decision="")
    if not open_.update(decision=Request.Decision.WITHDRAWN, decided_by=by, decided_at=now):
        return False
    subject = Subject.objects.get(pk=request.uuid)
    ledger.record(WITHDRAWN, subject, occurred_at=now, actor=by.uuid)
    matters.over(matters.REQUEST, request.uuid, by=by, now=now, done=False)
    note("withdraw_resource", request.uuid, actor=by.uuid, now=now)
    return True
