"""What compliance offers to every page: its two rooms in the menu, and the provisional notice."""

from datetime import datetime
from typing import Any

from django.db.models import Value
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tertib.compliance import announcing, search
from tertib.compliance.closing import closing
from tertib.compliance.models import Announced
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
            count=navigation.Count(red, broken, permission="work.read"),
        )
    )
    notices.register("provisional", provisional)
    panels.register("work", closing)
    search.register()
    announcing.register()


def red(_person: Any, now: datetime) -> list[Any]:
    """Count the clauses that were not compliant when the engine looked last, a minute ago."""
    if not versions.law():
        return []
    counted = [clause.id for clause in versions.current(now).clauses if clause.counted]
    found = Announced.objects.filter(state="lapsed", clause__in=counted)
    return [found.values_list(Value("sop"), Value(1), Value(1))]


def broken(number: int, _bad: int) -> str:
    words = ngettext(
        "%(count)s clause is not compliant", "%(count)s clauses are not compliant", number
    )
    return words % {"count": number}


def provisional(now: datetime) -> notices.Notice | None:
    """Say that the SOP in force still waits for approval, and why (decision 5)."""
    why = versions.provisional(now) if versions.law() else None  # none: before the first start
    if not why:
        return None
    return notices.Notice(
        gettext("The SOP is provisional."), why, icon="hourglass", key="provisional"
    )
