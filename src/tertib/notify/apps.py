from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from tertib.ui import bell, navigation


class NotifyConfig(AppConfig):
    name = "tertib.notify"

    def ready(self) -> None:
        bell.register(bell.Bell(page="notify:notices", count="notify:bell"))
        navigation.register(
            navigation.Room(
                "channels",
                _("Channels"),
                icon="send",
                url="notify:channels",
                permission="company.manage",
                group="management",
                order=80,
            )
        )
