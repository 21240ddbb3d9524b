from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from tertib.ui import navigation


class AuditConfig(AppConfig):
    name = "tertib.audit"

    def ready(self) -> None:
        from tertib.audit import trail

        trail.register(actions={"export_trail": _("Downloaded the audit trail")})
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
