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
                    "deleted. Copies that you keep elsewhere are yours to delete. If an older "
                    "backup is restored into this data folder, Tertib erases this person again by "
                    "itself before anybody sees a page; on another machine it needs the file "
                    "“erased” of this folder."
                )
                % {"days": KEPT.days}
            )
        )
    )
