"""A report's content as the page and the PDF show it, in the language of whoever reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, gettext, ngettext

from tertib.governance.deciding import decided_for
from tertib.people.models import Company, User
from tertib.reports import rules
from tertib.reports.models import Report
from tertib.reports.rules import Bar
from tertib.ui.rules import (
    MONTHS,
    SHORT_MONTHS,
    calendar_day,
    known,
    last_day,
    number,
    points,
    stamp,
)

COLOURS = {
    "compliant": "#2a9157",
    "due_soon": "#c07a00",
    "lapsed": "#cf3429",
    "no_data": "#85837c",
    "waived": "#6474b4",
}


@dataclass(frozen=True)
class Section:
    id: str
    name: str
    state: str
    figure: str  # 4/4
    measure: str
    result: str
    target: str  # "": all
    line: str  # points of the small line; "": none
    end: tuple[float, float] | None
    colour: str  # of its state, on paper


@dataclass(frozen=True)
class Open:
    clause: str
    title: str
    state: str
    why: str
    owner: str
    due: str  # the day; "": there is no work of it


@dataclass(frozen=True)
class Sheet:
    company: str
    month: str
    at: str
    lead: list[str]
    met: int
    counted: int
    before: str  # how it was in the two months before
    bars: list[tuple[Bar, str]]  # with the month's short name
    chart: str  # the chart in words
    sections: list[Section]
    open: list[Open]
    more: int
    versions: list[str]
    asks: list[str]
    issuer: str
    signer: str
    signed_for: str  # who was away, if a deputy signed
    signed: str  # when
    facts: int
    fingerprint: str
    draft: bool
    demo: bool  # all of it is invented


def of(content: Mapping[str, Any], report: Report | None) -> Sheet:
    """Return what is shown; report None: it is a draft, nobody has issued it yet."""
    language = known(get_language())
    zone = ZoneInfo(content["zone"])
    signed_at = report.signed_at if report else None
    months = [(name, value) for name, value in content["months"]]
    bars = rules.bars(months, content["counted"])
    names = SHORT_MONTHS[language].split()
    company = Company.objects.get(pk=1)
    return Sheet(
        company=str(company),
        month=month_name(content["month"], language),
        at=stamp(datetime.fromisoformat(content["as_of"]), zone, language),
        lead=_lead(content),
        met=content["met"],
        counted=content["counted"],
        before=_before(bars, language),
        bars=[(bar, names[bar.month - 1]) for bar in bars],
        chart=_chart(bars, names),
        sections=[_section(one, language) for one in content["sections"]],
        open=_open(content["open"], zone, language),
        more=content["more"],
        versions=[_version(one) for one in content["versions"]],
        asks=content["asks"],
        issuer=report.issued_by.full_name if report else "",
        signer=report.signed_by.full_name if report and report.signed_by else "",
        signed_for=decided_for(report.uuid, "sign_report") if report and signed_at else "",
        signed=stamp(signed_at, zone, language) if signed_at else "",
        facts=content["facts"],
        fingerprint=rules.grouped(report.fingerprint) if report else "",
        draft=report is None,
        demo=company.is_demo,
    )


def month_name(name: str, language: str) -> str:
    year, month = name.split("-")
    return f"{MONTHS[language].split()[int(month) - 1]} {year}"


def _lead(content: Mapping[str, Any]) -> list[str]:
    """Say in a few sentences how it stands; a report begins with the answer."""
    states, told = content["states"], {"met": content["met"], "counted": content["counted"]}
    lines = [gettext("%(met)s of %(counted)s clauses of the SOP are kept.") % told]
    if count := states["lapsed"]:
        said = ngettext("%(count)s clause is broken.", "%(count)s clauses are broken.", count)
        lines.append(said % {"count": count})
    if count := states["no_data"]:
        said = ngettext("%(count)s has no evidence yet.", "%(count)s have no evidence yet.", count)
        lines.append(said % {"count": count})
    if count := states["waived"]:
        said = ngettext("%(count)s is waived.", "%(count)s are waived.", count)
        lines.append(said % {"count": count})
    if content["met"] == content["counted"]:
        lines.append(gettext("Nothing lowers the score."))
    if content["provisional"]:
        lines.append(gettext("The SOP is provisional: management has not approved it."))
    return lines


def _before(bars: list[Bar], language: str) -> str:
    """Return the two months before: Oktober 28, September 28."""
    earlier = [bar for bar in bars if not bar.last][-2:][::-1]
    months = MONTHS[language].split()
    return ", ".join(f"{months[bar.month - 1]} {number(bar.value, language)}" for bar in earlier)


def _chart(bars: list[Bar], names: list[str]) -> str:
    values = ", ".join(f"{names[bar.month - 1]} {bar.value}" for bar in bars)
    return gettext("Clauses compliant by month: %(values)s") % {"values": values}


def _section(one: Mapping[str, Any], language: str) -> Section:
    line = points(one["line"], width=64, height=18) if one["line"] else []
    return Section(
        one["id"],
        one["name"][language],
        one["state"],
        f"{one['met']}/{one['counted']}",
        one["measure"][language],
        one["figure"][language],
        one["target"][language],
        " ".join(f"{x},{y}" for x, y in line),
        line[-1] if line else None,
        COLOURS[one["state"]],
    )


def _open(rows: Sequence[Mapping[str, Any]], zone: ZoneInfo, language: str) -> list[Open]:
    """Return the failures; owners by the name that they have now, erased ones by their role."""
    owners = User.objects.filter(uuid__in=[one["owner"] for one in rows if one["owner"]])
    names = {str(uuid): name for uuid, name in owners.values_list("uuid", "full_name")}
    return [
        Open(
            one["clause"],
            one["title"][language],
            one["state"],
            one["why"][language],
            names.get(one["owner"] or "") or one["role"][language],
            _due(one["due_by"], zone, language),
        )
        for one in rows
    ]


def _due(due_by: str | None, zone: ZoneInfo, language: str) -> str:
    """Return the day that work is due; one at midnight is due on the day that ends with it."""
    if not due_by:
        return ""
    return calendar_day(last_day(datetime.fromisoformat(due_by), zone), language)


def _version(one: Mapping[str, Any]) -> str:
    weaker = one["weaker"]
    if not weaker:
        return gettext("Version %(name)s of the SOP came into force; nothing is weaker.") % one
    return ngettext(
        "Version %(name)s of the SOP came into force; %(weaker)s change weakens it.",
        "Version %(name)s of the SOP came into force; %(weaker)s changes weaken it.",
        weaker,
    ) % dict(one)
