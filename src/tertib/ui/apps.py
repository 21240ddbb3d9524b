from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from tertib.ui import navigation, search, settings_pages


class UiConfig(AppConfig):
    name = "tertib.ui"

    def ready(self) -> None:
        search.register(search.PAGES)
        search.register(search.ACTIONS)
        navigation.register(
            navigation.Room(
                settings_pages.ROOM,
                _("Settings"),
                icon="settings",
                url="ui:settings",
                permission="settings.read",
                group="management",
                order=90,
            )
        )
