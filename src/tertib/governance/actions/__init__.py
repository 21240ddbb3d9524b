"""The only code of this room that writes."""

from tertib.governance.actions.attesting import attest
from tertib.governance.actions.calendars import (
    ask_for_years,
    confirm_year,
    may_confirm,
    propose_calendar,
)
from tertib.governance.actions.reading import acknowledge
from tertib.governance.actions.resources import ask_resource, decide_resource, withdraw_resource
from tertib.governance.actions.reviews import (
    add_action,
    add_point,
    begin_review,
    drop_action,
    drop_point,
    finish_action,
    set_participants,
    sign_review,
    unfinished,
)
from tertib.governance.actions.versions import (
    approve_version,
    may_approve,
    publish_version,
    withdraw_version,
)
from tertib.governance.actions.waivers import (
    ask_waiver,
    grant_waiver,
    refuse_waiver,
    renew_waiver,
    review_waiver,
    withdraw_waiver,
)

__all__ = [
    "acknowledge",
    "add_action",
    "add_point",
    "approve_version",
    "ask_for_years",
    "ask_resource",
    "ask_waiver",
    "attest",
    "begin_review",
    "confirm_year",
    "decide_resource",
    "drop_action",
    "drop_point",
    "finish_action",
    "grant_waiver",
    "may_approve",
    "may_confirm",
    "propose_calendar",
    "publish_version",
    "refuse_waiver",
    "renew_waiver",
    "review_waiver",
    "set_participants",
    "sign_review",
    "unfinished",
    "withdraw_resource",
    "withdraw_version",
    "withdraw_waiver",
]
