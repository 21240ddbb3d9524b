"""How the audit trail calls what is done with the addresses that agents report to."""

from django.utils.translation import gettext_lazy as _

from tertib.audit import trail


def register() -> None:
    trail.register(
        actions={
            "enrol": _("Made an address for agents"),
            "revoke_enrolment": _("Ended an address for agents"),
        }
    )
