from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from tertib.keep import trail
from tertib.ui import settings_pages


class KeepConfig(AppConfig):
    name = "tertib.keep"

    def ready(self) -> None:
        from tertib.keep import personal  # it needs the models

        personal.register()
        trail.register()
        settings_pages.register(
            settings_pages.Page(
                "backups",
                _("Backups"),
                icon="database-export",
                url="keep:backups",
                permission="keep.manage",
                order=70,
            )
        )
