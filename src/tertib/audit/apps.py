from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from tertib.audit.trail import FOR_WHOM
from tertib.ui import navigation


class AuditConfig(AppConfig):
    name = "tertib.audit"

    def ready(self) -> None:
        from tertib.audit import forms, trail

        trail.register(
            actions={"export_trail": _("Downloaded the audit trail")},
            fields={"filter": _("What of it"), FOR_WHOM: _("instead of")},
            told={"filter": forms.told},
        )
        navigation.register(
            navigation.Room(
                "audit",
                _("Audit trail"),
                icon="history",
                url="audit:trail",
                permission="audit.read",
                group="management",
                order=30,
            )
        )
