"""How a kind of control is computed, in plain words with the control's own numbers."""

from typing import NamedTuple

from django.utils.translation import gettext

from tertib.compliance import fields
from tertib.compliance.words import count, length, percent, promise, role, told, who
from tertib.lib.limits import Duration
from tertib.sop.format import (
    Absence,
    Attest,
    Condition,
    Control,
    Coverage,
    Deadline,
    Existence,
    Freshness,
    OfSubjects,
    Ratio,
    Rollup,
    Schedule,
    Sequence,
    Sop,
    Threshold,
)

OPERATORS = {
    "eq": "",
    "ne": "\N{NOT EQUAL TO}",
    "gte": "\N{GREATER-THAN OR EQUAL TO}",
    "lte": "\N{LESS-THAN OR EQUAL TO}",
    "gt": ">",
    "lt": "<",
}


class Asked(NamedTuple):
    """A condition: what the value is called, its name as reports give it, what is asked of it."""

    word: str
    name: str
    asked: str


def condition(condition: Condition) -> Asked:
    name = ".".join(condition.path)
    return Asked(fields.word(name), name, _asked(condition))


def _asked(condition: Condition) -> str:
    operand = condition.operand
    match condition.op:
        case "filled" if operand is True:
            return gettext("is filled in")
        case "filled":
            return gettext("is filled in: %(names)s") % {"names": _named(operand)}
        case "in":
            return gettext("is one of %(names)s") % {"names": _listed(operand)}
        case "contains":
            return gettext("holds %(names)s") % {"names": _listed(operand)}
        case "differs_from":
            return gettext("differs from: %(name)s") % {"name": fields.word(_listed(operand, "."))}
    if isinstance(operand, Duration):
        words = {
            "newer_than": gettext("is not older than %(length)s"),
            "none_or_newer_than": gettext("is empty, or not older than %(length)s"),
            "within_next": gettext("lies within the next %(length)s"),
            "in_force": gettext("is the SOP in force, or the one before for %(length)s"),
        }
        return words[condition.op] % {"length": length(operand)}
    shown = operand
    if isinstance(operand, bool):  # 0 and 1 are numbers here
        shown = gettext("yes") if operand else gettext("no")
    return f"{OPERATORS[condition.op]} {shown}".strip()


def _named(operand: object) -> str:
    names = operand if isinstance(operand, tuple) else (operand,)
    return ", ".join(fields.word(str(name)) for name in names)


def _listed(operand: object, between: str = ", ") -> str:
    return between.join(map(str, operand)) if isinstance(operand, tuple) else str(operand)


def how(control: Control, sop: Sop) -> list[str]:
    """Explain the kind in plain words, with this control's own numbers."""
    values = {"who": who(control, sop)}
    match control:
        case Freshness():
            lines = [
                gettext(
                    "Judged: %(who)s, each by its newest evidence. That is good for %(within)s;"
                    " then it has lapsed, and without any there is no evidence."
                )
                % {**values, "within": length(control.within)}
            ]
            lines += _warned(control.warn)
        case Schedule():
            lines = [
                gettext(
                    "Judged: %(who)s, by periods of the calendar (%(every)s). Each needs evidence"
                    " for the last period that is closed; a miss stays until a later one is filled."
                )
                % {**values, "every": length(control.every)}
            ]
            if control.grace:
                lines.append(
                    gettext("A period closes %(grace)s after its end.")
                    % {"grace": length(control.grace)}
                )
            lines += _warned(control.warn)
        case Coverage():
            lines = [
                gettext(
                    "Judged: %(who)s, each by its newest report. That must not be older than"
                    " %(age)s and must meet every condition."
                )
                % {**values, "age": length(control.max_age)}
            ]
        case Threshold():
            lines = [
                gettext(
                    "Judged: %(who)s, measured all the time. Each must be good for at least"
                    " %(share)s of the last %(window)s; a gap in measuring is not good."
                )
                % {
                    **values,
                    "share": percent(control.share / 100),
                    "window": length(control.window),
                }
            ]
        case Attest():
            lines = [
                gettext("%(role)s signs at least every %(within)s: “%(statement)s”")
                % {
                    "role": role(sop, control.by),
                    "within": length(control.within),
                    "statement": told(control.statement),
                },
                *_warned(control.warn),
            ]
        case Deadline():
            lines = [
                gettext(
                    "Every case of the last %(window)s counts: it must be done within %(within)s."
                    " Being late stays, even if it is done afterwards."
                )
                % {"window": length(control.window), "within": promise(control)}
            ]
            if control.pause:
                lines.append(gettext("The clock stands while one waits for the requester."))
        case Sequence():
            lines = [
                gettext(
                    "Every case of the last %(window)s counts: the steps that the SOP asks for"
                    " must have come before it."
                )
                % {"window": length(control.window)}
            ]
        case Ratio():
            lines = [
                gettext("Every case of the last %(window)s counts and must meet the conditions.")
                % {"window": length(control.window)}
            ]
        case Existence():
            lines = [
                gettext("At least %(least)s must be in force.") % {"least": count(control.min)}
            ]
        case Absence():
            lines = [
                gettext("None may be open for %(length)s or longer.")
                % {"length": length(control.tolerate)}
                if control.tolerate.count
                else gettext("None may be open.")
            ]
        case Rollup():
            lines = [
                gettext("It sums up the clauses %(clauses)s and takes the worst of their states.")
                % {"clauses": ", ".join(control.of)}
            ]
        case _:
            raise TypeError(control)
    if isinstance(control, OfSubjects) and control.settle:
        lines.append(
            gettext("Whoever is new is not judged for the first %(settle)s.")
            % {"settle": length(control.settle)}
        )
    if control.alive:
        lines.append(
            gettext("Silence counts as good only while %(share)s of “%(title)s” report.")
            % {
                "share": percent(control.alive_share / 100),
                "title": told(sop.controls[control.alive].title),
            }
        )
    return lines


def _warned(warn: Duration | None) -> list[str]:
    if not warn:
        return []
    return [gettext("The last %(warn)s before that are due soon.") % {"warn": length(warn)}]
