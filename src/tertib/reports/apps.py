from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from tertib.ui import navigation


class ReportsConfig(AppConfig):
    name = "tertib.reports"

    def ready(self) -> None:
        from tertib.evidence import attached
        from tertib.reports import panels, personal, trail, verifying

        attached.register(verifying.faults)
        panels.register()
        trail.register()
        personal.register()
        navigation.register(
            navigation.Room(
                "reports",
                _("Reports"),
                icon="report",
                url="reports:reports",
                permission="report.read",
                group="management",
                order=20,
            )
        )
