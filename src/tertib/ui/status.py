"""The words and shapes of the states (decision 21): the only place that names them."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Status:
    key: str  # class of the style sheet
    icon: str | None
    cell: str | None  # the plainer icon inside a cell of the strip
    word: str | Promise


STATES = {
    "compliant": Status("ok", icon="f-circle-check", cell="check", word=_("Compliant")),
    "due_soon": Status("warn", icon="f-clock", cell="clock", word=_("Due soon")),
    "lapsed": Status("bad", icon="f-alert-octagon", cell="x", word=_("Not compliant")),
    "no_data": Status("none", icon="circle-dashed", cell="circle-dashed", word=_("No evidence")),
    "waived": Status("waive", icon="circle-minus", cell="circle-minus", word=_("Waived")),
    "pending": Status("plain", icon=None, cell=None, word=_("Not due yet")),
    # For assets and events, never for a clause:
    "attention": Status("attn", icon="f-alert-triangle", cell=None, word=_("Needs review")),
}
WORST = ("lapsed", "no_data", "waived", "due_soon", "compliant")


def worst(states: list[str]) -> str | None:
    """Return the worst of the states of parts; None if none of them says anything."""
    return next((state for state in WORST if state in states), None)
