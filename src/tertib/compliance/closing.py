"""What would close the work that a lapse opened: the rule, the numbers, and the way back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from tertib.compliance import panel, words
from tertib.sop import versions
from tertib.sop.format import Control, Coverage, Deadline, Ratio, Sequence
from tertib.work.models import Item

# Who reads the item is not known here; its findings on that page lead to what they are about.
NOBODY = frozenset[str]()


def closing(work: UUID, now: datetime) -> tuple[str, dict[str, Any]] | None:
    """Offer this to the page of an item. None: it is closed, or no lapse of a control that
    still counts.
    """
    control = (
        Item.objects.filter(uuid=work, closed_at=None).values_list("control", flat=True).first()
    )
    sop = versions.current(now) if versions.law() else None
    judged = sop.controls.get(control) if sop and control else None
    if sop is None or judged is None or not judged.active:
        return None
    clause = next(one for one in sop.clauses if one.id == judged.clause)
    [told] = panel.panels([judged], sop, now=now, states=("lapsed", "no_data"), may=NOBODY)
    asked = told.conditions if isinstance(judged, Coverage | Ratio) else []
    context = {"why": told, "clause": clause, "how": _how(judged), "asked": asked, "now": now}
    return "compliance/_closing.html", context


def _how(control: Control) -> str:
    match control:
        case Deadline():
            return gettext(
                "A finding closes when what is missing is done, be it late. What can no longer be"
                " done closes when its cause and its correction are signed. The verdict stays"
                " until it has left the window of %(window)s."
            ) % {"window": words.length(control.window)}
        case Sequence():
            return gettext(
                "A finding closes when what had to come first has come, be it late, or when its"
                " cause and its correction are signed. The verdict stays until it has left the"
                " window of %(window)s."
            ) % {"window": words.length(control.window)}
        case Ratio():
            return gettext("A finding closes when its cause and its correction are signed.")
    return words.way_back(control)
