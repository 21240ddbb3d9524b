"""How the audit trail calls what is done with backups."""

from django.utils.translation import gettext_lazy as _

from tertib.audit import trail


def register() -> None:
    trail.register(
        actions={
            "ask_for_backup": _("Asked for a backup"),
            "check_backup": _("Asked to read a backup back"),
        },
        fields={"file": _("File")},
    )
