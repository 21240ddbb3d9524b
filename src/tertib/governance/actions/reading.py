"""Acknowledging the SOP."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tertib.audit.actions import note
from tertib.evidence import ledger
from tertib.evidence.models import Subject
from tertib.governance.asking import acknowledgement, asked
from tertib.governance.evidence import ACKNOWLEDGED
from tertib.governance.models import Acknowledgement
from tertib.lib.errors import Refused
from tertib.people.models import User


def acknowledge(person: User, *, digest: str, now: datetime) -> bool:
    """Say that one has read what was shown and keeps to it. False: one has said so already.

    digest: of what was shown. Raise Refused if it is no longer what is in force.
    """
    ask = asked(now)
    if ask is None:
        raise Refused(_("There is nothing to acknowledge: management has not approved the SOP."))
    if digest != ask.version.digest:
        raise Refused(
            _("Another version has come into force since this page was opened. Read it first.")
        )
    if acknowledgement(person, ask):
        return False
    try:
        with transaction.atomic():
            Acknowledgement.objects.create(
                person=person, version=ask.version, digest=digest, at=now
            )
            ledger.record(
                ACKNOWLEDGED,
                Subject.objects.get(pk=person.uuid),
                occurred_at=now,
                actor=person.uuid,
                body={"version": ask.version.name},
            )
            note(
                "acknowledge_sop",
                person.uuid,
                actor=person.uuid,
                now=now,
                version=(None, ask.version.name),
            )
    except IntegrityError:  # pressed twice at once
        return False
    return True
