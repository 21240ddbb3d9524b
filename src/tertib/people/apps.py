from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from tertib.notify import directory
from tertib.ui import links, navigation, settings_pages


class PeopleConfig(AppConfig):
    name = "tertib.people"

    def ready(self) -> None:
        from tertib.people import addressees, personal, search, telling, trail  # needs models

        telling.register()
        search.register()
        links.offer("evidence", search.begin)
        trail.register()
        personal.register()
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
                "company",
                _("Company"),
                icon="building-community",
                url="people:company",
                permission="company.manage",
                order=10,
            )
        )
        settings_pages.register(
            settings_pages.Page(
                "sign_in",
                _("Signing in"),
                icon="login-2",
                url="people:set_provider",
                permission="company.manage",
                order=25,
            )
        )
        settings_pages.register(
            settings_pages.Page(
                "directory",
                _("Directory"),
                icon="address-book",
                url="people:directory",
                permission="company.manage",
                order=26,
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
