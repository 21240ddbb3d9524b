"""The pages of notify that the palette goes to."""

from django.utils.translation import gettext_lazy as _

from tertib.ui import search
from tertib.ui.search import Destination

OWN = "account.own"


def register() -> None:
    search.offer(
        Destination(_("Notices"), icon="bell", url="notify:notices", permission=OWN),
        Destination(
            _("How you are told"), icon="adjustments", url="notify:choices", permission=OWN
        ),
    )
