"""How a control stands, in words: what sentences and figures about it are made of.

Numbers come in, sentences in the language of the request come out. What a control is called, what
it counts and where its evidence comes from are the SOP's words (decision 37).
"""

from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import get_language, gettext

from tertib.lib import durations
from tertib.lib.limits import Duration
from tertib.sop.format import (
    Absence,
    Attest,
    Control,
    Coverage,
    Deadline,
    Existence,
    Freshness,
    OfItems,
    OfSubjects,
    Ratio,
    Rollup,
    Schedule,
    Sequence,
    Sop,
    Text,
    Threshold,
)
from tertib.ui import rules

GOOD = ("compliant", "due_soon")
ORG = "org"


@dataclass(frozen=True)
class Numbers:
    """What the sentences are about; counts by state, of subjects or items."""

    numerator: int
    denominator: int
    lapsed: int = 0
    no_data: int = 0
    waived: int = 0
    pending: int = 0
    due_soon: int = 0
    ever: bool = True  # any evidence, ever
    reached: bool = False
    raw: Fraction = Fraction(0)
    adjusted: Fraction = Fraction(0)
    speaking: tuple[int, int] | None = None  # of the control named by alive
    alive: bool = True
    claimed: bool = True


def told(text: Text) -> str:
    return text.en if rules.known(get_language()) == "en" else text.id


def length(duration: Duration) -> str:
    return durations.words(duration, rules.known(get_language()))


def count(value: int) -> str:
    return rules.number(value, rules.known(get_language()))


def percent(share: Fraction) -> str:
    return rules.percent(share, rules.known(get_language()))


def percents(parts: SequenceOf[int]) -> list[str]:
    return rules.percents(parts, rules.known(get_language()))


def figure(numerator: int, denominator: int) -> str:
    return f"{count(numerator)}/{count(denominator)}"


def who(control: Control, sop: Sop) -> str:
    """Return whom a control judges, as it stands inside a sentence; else the company."""
    population = control.population if isinstance(control, OfSubjects | OfItems) else None
    return inside(told(sop.populations[population].name)) if population else label(ORG)


def label(name: str) -> str:
    """Return what a subject is called: the ledger knows the organisation as org only."""
    return gettext("the company") if name == ORG else name


def named(name: str) -> str:
    """Return the same as it stands alone, and not inside a sentence."""
    return gettext("The company") if name == ORG else name


def inside(name: str) -> str:
    """Return a name as it is written inside a sentence: abbreviations keep their capitals."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def role(sop: Sop, name: str) -> str:
    return told(sop.roles[name].name) if name in sop.roles else name


def way_back(control: Control) -> str:
    """Say what makes a lapsed control compliant again."""
    match control:
        case Freshness() | Coverage() | Attest():
            return gettext("It is compliant again as soon as each of them has new, good evidence.")
        case Schedule():
            return gettext("It is compliant again as soon as the next period of each is filled.")
        case Threshold():
            return gettext("It is compliant again when the good share of the window is reached.")
        case Deadline() | Sequence() | Ratio():
            return gettext(
                "It is compliant again when these have left the window of %(window)s,"
                " or management grants an exception."
            ) % {"window": length(control.window)}
        case Existence():
            return gettext("It is compliant again as soon as enough are in force.")
        case Absence():
            return gettext("It is compliant again as soon as each of them is closed.")
        case Rollup():
            return gettext("It follows the clauses that it sums up.")
    return ""


def promise(control: Deadline) -> str:
    within = length(control.within)
    if control.clock == "business" and control.within.exact is not None:
        return gettext("%(length)s of working time") % {"length": within}
    return within
