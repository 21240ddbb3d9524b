from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from tertib.notify import directory
from tertib.ui import navigation, settings_pages


class PeopleConfig(AppConfig):
    name = "tertib.people"

    def ready(self) -> None:
        from tertib.people import addressees, search, telling  # models are ready only now

        telling.register()
        search.register()
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
        settings_pages.register(
            settings_pages.Page(
                "tokens",
                _("Keys of machines"),
                icon="key",
                url="people:tokens",
                permission="tokens.manage",
                order=50,
            )
        )
