"""How long backups still know somebody who was erased."""

from django.utils.translation import gettext as _

from tertib.keep.backup import KEPT
from tertib.people import erasing
from tertib.people.erasing import Stays


def register() -> None:
    erasing.register(
        Stays(
            lambda: (
                _(
                    "Backups made so far hold the name for %(days)s more days, then they are "
                    "deleted. Copies that you keep elsewhere are yours to delete. Whoever restores "
                    "an older backup has to erase this person again."
                )
                % {"days": KEPT.days}
            )
        )
    )
