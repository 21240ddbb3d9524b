"""What compliance offers to every page: its two rooms in the menu, and the provisional notice."""

from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tertib.compliance import announcing, search
from tertib.compliance.closing import closing
from tertib.sop import versions
from tertib.ui import navigation, notices, panels


def register() -> None:
    navigation.register(
        navigation.Room(
            "home",
            _("Home"),
            icon="home",
            url="compliance:home",
            permission="sop.read",
            order=1,
            letter="b",
        )
    )
    navigation.register(
        navigation.Room(
            "sop",
            "SOP",
            icon="file-text",
            url="compliance:sop",
            permission="sop.read",
            order=2,
            letter="s",
        )
    )
    notices.register("provisional", provisional)
    panels.register("work", closing)
    search.register()
    announcing.register()


def provisional(now: datetime) -> notices.Notice | None:
    """Say that the SOP in force still waits for approval, and why (decision 5)."""
    why = versions.provisional(now) if versions.law() else None  # none: before the first start
    return notices.Notice(gettext("Provisional."), why, icon="hourglass") if why else None
