from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from tertib.notify import directory
from tertib.ui import navigation


class PeopleConfig(AppConfig):
    name = "tertib.people"

    def ready(self) -> None:
        from tertib.people import addressees, telling  # models are ready only now

        telling.register()
        directory.register(addressees.look_up, addressees.home_zone)
        navigation.register(
            navigation.Room(
                "people",
                _("People"),
                icon="users",
                url="people:people",
                permission="people.read",
                group="people",
                order=10,
            )
        )
