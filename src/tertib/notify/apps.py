from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from tertib.notify import search
from tertib.ui import bell, settings_pages


class NotifyConfig(AppConfig):
    name = "tertib.notify"

    def ready(self) -> None:
        from tertib.notify import panels, trail  # they need the models

        panels.register()
        trail.register()
        search.register()
        bell.register(bell.Bell(page="notify:notices", count="notify:bell"))
        for page in (
            settings_pages.Page(
                "mail",
                _("E-mail"),
                icon="mail",
                url="notify:mail",
                permission="company.manage",
                order=30,
            ),
            settings_pages.Page(
                "channels",
                _("Channels"),
                icon="send",
                url="notify:channels",
                permission="company.manage",
                order=40,
            ),
        ):
            settings_pages.register(page)
