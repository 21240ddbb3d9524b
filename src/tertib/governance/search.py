"""The pages of governance that the palette goes to."""

from django.utils.translation import gettext_lazy as _

from tertib.ui import search
from tertib.ui.search import Destination

READ = "governance.read"


def register() -> None:
    search.offer(
        Destination(_("SOP versions"), icon="versions", url="governance:versions", permission=READ),
        Destination(
            _("Acknowledgements"), icon="writing-sign", url="governance:everybody", permission=READ
        ),
        Destination(_("Waivers"), icon="circle-minus", url="governance:waivers", permission=READ),
        Destination(
            _("Ask for a waiver"),
            icon="plus",
            url="governance:ask_waiver",
            begins=True,
            permission="waiver.ask",
        ),
        Destination(_("Resources"), icon="coins", url="governance:requests", permission=READ),
        Destination(
            _("Yearly review"), icon="calendar-check", url="governance:reviews", permission=READ
        ),
    )
