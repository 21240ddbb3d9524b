"""How a control stands, in words: the sentence of "Why?" and the account of "How it is computed".

Numbers come in, sentences in the language of the request come out. What a control is called, what
it counts and where its evidence comes from are the SOP's words (decision 37).
"""

from collections.abc import Iterator
from collections.abc import Sequence as SequenceOf
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import get_language, gettext, ngettext

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


def inside(name: str) -> str:
    """Return a name as it is written inside a sentence: abbreviations keep their capitals."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def role(sop: Sop, name: str) -> str:
    return told(sop.roles[name].name) if name in sop.roles else name


def sentence(control: Control, numbers: Numbers, sop: Sop) -> list[str]:
    """Say with numbers and threshold why it is what it is; the first sentence is the answer."""
    if not numbers.ever:
        return [*_silent(numbers), *_where_from(control)]
    lines = list(_verdict(control, numbers, sop))
    if not numbers.alive:  # of a lapsed control it is a remark, of any other the answer
        lines.insert(len(lines) if numbers.lapsed else 0, _not_alive(control, numbers, sop))
    if not numbers.reached and control.target < 100 and numbers.denominator:
        lines.append(
            gettext("The company's threshold is %(target)s; it is %(share)s.")
            % {"target": percent(control.target / 100), "share": percent(numbers.raw)}
        )
    if numbers.waived:
        lines.append(
            ngettext(
                "%(count)s exception is granted and counts against the score.",
                "%(count)s exceptions are granted and count against the score.",
                numbers.waived,
            )
            % {"count": count(numbers.waived)}
        )
    return lines


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


def _silent(numbers: Numbers) -> list[str]:
    lines = [gettext("There was never any evidence.")]
    if not numbers.claimed:
        lines.append(gettext("No part of Tertib records it yet."))
    return lines


def _where_from(control: Control) -> list[str]:
    return [told(control.comes_from)] if control.comes_from else []


def _not_alive(control: Control, numbers: Numbers, sop: Sop) -> str:
    if not numbers.claimed:
        return gettext("Nobody could have told: no part of Tertib records it yet.")
    named = sop.controls[control.alive or ""]
    speaking, asked = numbers.speaking or (0, 0)
    if not asked:
        return gettext("Silence proves nothing here: “%(title)s” has nobody yet who reports.") % {
            "title": told(named.title)
        }
    return gettext(
        "Silence proves nothing here: of “%(title)s” only %(speaking)s of %(asked)s report,"
        " and %(needed)s are needed."
    ) % {
        "title": told(named.title),
        "speaking": count(speaking),
        "asked": count(asked),
        "needed": percent(control.alive_share / 100),
    }


def _verdict(control: Control, n: Numbers, sop: Sop) -> Iterator[str]:
    values = {
        "all": count(n.denominator),
        "lapsed": count(n.lapsed),
        "silent": count(n.no_data),
        "pending": count(n.pending),
        "who": who(control, sop),
    }
    match control:
        case Rollup():
            yield gettext("%(good)s of %(all)s clauses that it sums up are compliant.") % {
                **values,
                "good": count(n.numerator),
            }
        case Existence():
            yield ngettext(
                "%(good)s is in force; at least %(least)s is needed.",
                "%(good)s are in force; at least %(least)s are needed.",
                control.min,
            ) % {"good": count(n.numerator), "least": count(control.min)}
        case Absence():
            yield _absence(control, n)
        case OfSubjects():
            yield from _subjects(control, n, values, sop)
        case OfItems():
            yield from _items(control, n, values)


def _absence(control: Absence, n: Numbers) -> str:
    allowed = length(control.tolerate)
    if n.lapsed:
        return gettext("Something has been open for longer than %(allowed)s.") % {
            "allowed": allowed
        }
    return gettext("None has been open for longer than %(allowed)s.") % {"allowed": allowed}


def _subjects(control: OfSubjects, n: Numbers, values: dict[str, str], sop: Sop) -> Iterator[str]:
    if not n.denominator and not n.pending:
        if control.population:
            yield gettext("There is nothing to judge yet: no %(who)s.") % values
        else:
            yield gettext("There is nothing to judge yet.")
        return
    alone = n.denominator == 1
    if alone:  # nobody counts to one: the company, or the only one there is
        values = {**values, "it": _the_one(control, values)}
    if n.lapsed:
        yield _lapsed(control, values, sop, alone=alone)
    if n.no_data:
        yield (
            gettext("%(it)s has no evidence.")
            if alone
            else gettext("%(silent)s of %(all)s %(who)s have no evidence.")
        ) % values
    if not n.lapsed and not n.no_data and n.denominator:
        yield _fine(control, values, sop, alone=alone)
    if n.due_soon and not alone:
        yield ngettext(
            "%(soon)s of them falls due soon.", "%(soon)s of them fall due soon.", n.due_soon
        ) % {"soon": count(n.due_soon)}
    elif n.due_soon:
        yield gettext("It falls due soon.")
    if n.pending and not n.denominator and not control.population:
        yield gettext("It is not judged yet: it has just begun.")
    elif n.pending:
        yield (
            ngettext(
                "%(pending)s new one is not judged yet.",
                "%(pending)s new ones are not judged yet.",
                n.pending,
            )
            % values
        )


def _the_one(control: OfSubjects, values: dict[str, str]) -> str:
    if not control.population:
        return gettext("The company")
    return gettext("The only one (%(who)s)") % values


def _lapsed(control: OfSubjects, values: dict[str, str], sop: Sop, *, alone: bool) -> str:
    match control:
        case Freshness():
            words = (
                gettext("%(it)s has had nothing new for longer than %(within)s.")
                if alone
                else gettext(
                    "%(lapsed)s of %(all)s %(who)s have had nothing new for longer than %(within)s."
                )
            )
            return words % {**values, "within": length(control.within)}
        case Schedule():
            words = (
                gettext("%(it)s missed the last period (%(every)s).")
                if alone
                else gettext("%(lapsed)s of %(all)s %(who)s missed the last period (%(every)s).")
            )
            return words % {**values, "every": length(control.every)}
        case Coverage():
            words = (
                gettext("%(it)s does not meet the conditions.")
                if alone
                else gettext("%(lapsed)s of %(all)s %(who)s do not meet the conditions.")
            )
            return words % values
        case Threshold():
            words = (
                gettext("%(it)s was good for less than %(share)s of the last %(window)s.")
                if alone
                else gettext(
                    "%(lapsed)s of %(all)s %(who)s were good for less than %(share)s"
                    " of the last %(window)s."
                )
            )
            return words % {**values, **_measured(control)}
        case Attest():
            return gettext("%(role)s last signed it more than %(within)s ago.") % {
                "role": role(sop, control.by),
                "within": length(control.within),
            }
    raise TypeError(control)


def _fine(control: OfSubjects, values: dict[str, str], sop: Sop, *, alone: bool) -> str:
    match control:
        case Freshness():
            words = (
                gettext("%(it)s has evidence from the last %(within)s.")
                if alone
                else gettext("All %(all)s %(who)s have evidence from the last %(within)s.")
            )
            return words % {**values, "within": length(control.within)}
        case Schedule():
            words = (
                gettext("%(it)s filled the last period (%(every)s).")
                if alone
                else gettext("All %(all)s %(who)s filled the last period (%(every)s).")
            )
            return words % {**values, "every": length(control.every)}
        case Coverage():
            words = (
                gettext("%(it)s meets the conditions.")
                if alone
                else gettext("All %(all)s %(who)s meet the conditions.")
            )
            return words % values
        case Threshold():
            words = (
                gettext("%(it)s was good for at least %(share)s of the last %(window)s.")
                if alone
                else gettext(
                    "All %(all)s %(who)s were good for at least %(share)s of the last %(window)s."
                )
            )
            return words % {**values, **_measured(control)}
        case Attest():
            return gettext("%(role)s signed it within the last %(within)s.") % {
                "role": role(sop, control.by),
                "within": length(control.within),
            }
    raise TypeError(control)


def _measured(control: Threshold) -> dict[str, str]:
    return {"share": percent(control.share / 100), "window": length(control.window)}


def _items(control: OfItems, n: Numbers, values: dict[str, str]) -> Iterator[str]:
    values = {**values, "window": length(control.window)}
    if not n.denominator:
        yield gettext("There was no case in the last %(window)s.") % values
    elif not n.lapsed and n.denominator == 1:
        yield gettext("The one case of the last %(window)s was as it should be.") % values
    elif not n.lapsed:
        yield gettext("All %(all)s cases of the last %(window)s were as they should be.") % values
    elif isinstance(control, Deadline):
        yield gettext(
            "%(lapsed)s of %(all)s cases of the last %(window)s were not done within %(within)s."
        ) % {**values, "within": promise(control)}
    elif isinstance(control, Sequence):
        yield (
            gettext(
                "%(lapsed)s of %(all)s cases of the last %(window)s lack a step"
                " that has to come first."
            )
            % values
        )
    else:
        yield (
            gettext(
                "%(lapsed)s of %(all)s cases of the last %(window)s do not meet the conditions."
            )
            % values
        )
    if n.pending:
        yield gettext("%(pending)s are still running.") % values


def promise(control: Deadline) -> str:
    within = length(control.within)
    if control.clock == "business" and control.within.exact is not None:
        return gettext("%(length)s of working time") % {"length": within}
    return within
