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
    tally: str | Promise = ""  # after a number: 3 due soon, which are compliant still


STATES = {
    "compliant": Status(
        "ok", icon="f-circle-check", cell="check", word=_("Compliant"), tally=_("compliant")
    ),
    "due_soon": Status(
        "warn", icon="f-clock", cell="clock", word=_("Due soon"), tally=_("compliant, due soon")
    ),
    "lapsed": Status(
        "bad", icon="f-alert-octagon", cell="x", word=_("Not compliant"), tally=_("not compliant")
    ),
    "no_data": Status(
        "none",
        icon="circle-dashed",
        cell="circle-dashed",
        word=_("No evidence"),
        tally=_("without evidence"),
    ),
    "waived": Status(
        "waive", icon="circle-minus", cell="circle-minus", word=_("Waived"), tally=_("waived")
    ),
    "pending": Status("plain", icon=None, cell=None, word=_("Not due yet"), tally=_("not due yet")),
    # For assets and events, never for a clause:
    "attention": Status("attn", icon="f-alert-triangle", cell=None, word=_("Needs review")),
}
WORST = ("lapsed", "no_data", "waived", "due_soon", "compliant")


def worst(states: list[str]) -> str | None:
    """Return the worst of the states of parts; None if none of them says anything."""
    return next((state for state in WORST if state in states), None)
