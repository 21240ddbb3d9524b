"""What management states itself: the attest controls of the SOP."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tertib.access.policy import tree
from tertib.audit.actions import note
from tertib.evidence import ledger, subjects
from tertib.evidence.vocabulary import ATTEST, kind
from tertib.governance.rules import holds
from tertib.lib.errors import Refused
from tertib.people.models import User
from tertib.sop import versions
from tertib.sop.format import Attest


@transaction.atomic
def attest(control: str, *, by: User, now: datetime) -> None:
    """State what an attest control asks for. Raise Refused without the role that it names."""
    sop = versions.current(now)
    found = sop.controls.get(control)
    if not isinstance(found, Attest) or not found.active:
        raise Refused(_("The SOP in force has no such statement."))
    if not holds(by.roles(now=now), found.by, tree()):
        name = sop.roles[found.by].name.words(get_language())
        raise Refused(_("Only who holds the role %(role)s states this.") % {"role": name})
    organisation = subjects.organisation()
    ledger.record(kind(ATTEST + control), organisation, occurred_at=now, actor=by.uuid)
    note("attest", organisation.uuid, actor=by.uuid, now=now, control=(None, control))
