from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class InventoryConfig(AppConfig):
    name = "tertib.inventory"

    def ready(self) -> None:
        from tertib.inventory import personal, places, search, sections, trail
        from tertib.ui import links, navigation
        from tertib.work import places as work

        sections.register()
        search.register()
        trail.register()
        personal.register()
        work.register("asset", places.sites_of)
        links.describe("asset", search.told)
        links.offer("evidence", search.begin)
        links.register(
            "asset", lambda alias: reverse("inventory:asset", args=[alias]), "inventory.read"
        )
        navigation.register(
            navigation.Room(
                "assets",
                _("Assets"),
                icon="device-laptop",
                url="inventory:assets",
                permission="inventory.read",
                group="infrastructure",
                order=10,
                letter="a",
            )
        )
