"""What the register of assets holds of a person."""

from django.utils.translation import gettext_lazy as _

from tertib.inventory.models import Asset
from tertib.people import erasing
from tertib.people.erasing import Part, Texts


def register() -> None:
    erasing.register(
        Part(
            _("Assets in this person's hands"),
            lambda one: Asset.objects.filter(owner=one).count(),
            why=_("Give them to somebody else: until then they belong to the number."),
        ),
        Texts(Asset, ("name", "place")),
    )
