"""The sentences of "Why?": with numbers and threshold why a control is what it is."""

from collections.abc import Iterator

from django.utils.translation import gettext, ngettext

from tertib.compliance.words import (
    Numbers,
    count,
    length,
    percent,
    promise,
    role,
    told,
    who,
)
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
    Rollup,
    Schedule,
    Sequence,
    Sop,
    Threshold,
)


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
    if not control.tolerate.count:
        return gettext("Something is open.") if n.lapsed else gettext("Nothing is open.")
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
        yield _lapsed(control, n, values, sop)
    if n.no_data and alone:
        yield gettext("%(it)s has no evidence.") % values
    elif n.no_data:
        yield (
            ngettext(
                "%(silent)s of %(all)s %(who)s has no evidence.",
                "%(silent)s of %(all)s %(who)s have no evidence.",
                n.no_data,
            )
            % values
        )
    if not n.lapsed and not n.no_data and n.denominator:
        yield _fine(control, n, values, sop)
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


def _lapsed(control: OfSubjects, n: Numbers, values: dict[str, str], sop: Sop) -> str:
    alone = n.denominator == 1
    match control:
        case Freshness():
            words = (
                gettext("%(it)s has had nothing new for longer than %(within)s.")
                if alone
                else ngettext(
                    "%(lapsed)s of %(all)s %(who)s has had nothing new for longer than %(within)s.",
                    "%(lapsed)s of %(all)s %(who)s have had nothing new for longer"
                    " than %(within)s.",
                    n.lapsed,
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
                else ngettext(
                    "%(lapsed)s of %(all)s %(who)s does not meet the conditions.",
                    "%(lapsed)s of %(all)s %(who)s do not meet the conditions.",
                    n.lapsed,
                )
            )
            return words % values
        case Threshold():
            words = (
                gettext("%(it)s was good for less than %(share)s of the last %(window)s.")
                if alone
                else ngettext(
                    "%(lapsed)s of %(all)s %(who)s was good for less than %(share)s"
                    " of the last %(window)s.",
                    "%(lapsed)s of %(all)s %(who)s were good for less than %(share)s"
                    " of the last %(window)s.",
                    n.lapsed,
                )
            )
            return words % {**values, **_measured(control)}
        case Attest():
            return gettext("%(role)s last signed it more than %(within)s ago.") % {
                "role": role(sop, control.by),
                "within": length(control.within),
            }
    raise TypeError(control)


def _fine(control: OfSubjects, n: Numbers, values: dict[str, str], sop: Sop) -> str:
    alone = n.denominator == 1
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
        yield ngettext(
            "%(lapsed)s of %(all)s cases of the last %(window)s was not done within %(within)s.",
            "%(lapsed)s of %(all)s cases of the last %(window)s were not done within %(within)s.",
            n.lapsed,
        ) % {**values, "within": promise(control)}
    elif isinstance(control, Sequence):
        yield (
            ngettext(
                "%(lapsed)s of %(all)s cases of the last %(window)s lacks a step"
                " that has to come first.",
                "%(lapsed)s of %(all)s cases of the last %(window)s lack a step"
                " that has to come first.",
                n.lapsed,
            )
            % values
        )
    else:
        yield (
            ngettext(
                "%(lapsed)s of %(all)s cases of the last %(window)s does not meet the conditions.",
                "%(lapsed)s of %(all)s cases of the last %(window)s do not meet the conditions.",
                n.lapsed,
            )
            % values
        )
    if n.pending:
        yield (
            ngettext("%(pending)s is still running.", "%(pending)s are still running.", n.pending)
            % values
        )
