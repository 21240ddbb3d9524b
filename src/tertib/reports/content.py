"""What a report says, read live from the engine: numbers, states and sentences in both languages.

No names: owners stand by uuid. The fingerprint is made of exactly this.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import override

from tertib.compliance import board as boards
from tertib.compliance import history, pages, sentences, words
from tertib.compliance.board import Board, ClauseNow, ControlNow
from tertib.compliance.records import State
from tertib.evidence.models import Fact
from tertib.governance import pages as governance
from tertib.people.models import Company
from tertib.reports import rules
from tertib.sop import versions
from tertib.sop.format import Text
from tertib.sop.models import Version
from tertib.ui.status import WORST
from tertib.work.models import Item, Line

LANGUAGES = ("id", "en")
LINE = 6  # months of the small lines
OPEN = 5  # failures that fit on one page; how many more there are is said
ORDER: tuple[State, ...] = ("lapsed", "no_data", "waived")
type Content = dict[str, Any]


@dataclass(frozen=True)
class Moment:
    month: date
    zone: ZoneInfo
    now: datetime

    @property
    def as_of(self) -> datetime:
        """Now, or the last instant of a month that is over."""
        return min(self.now, rules.last_instant(self.month, self.zone))

    def months(self, count: int) -> list[date]:
        return [rules.before(self.month, ago) for ago in range(count - 1, -1, -1)]

    def ends(self, count: int) -> list[datetime]:
        return [
            *(rules.last_instant(one, self.zone) for one in self.months(count)[:-1]),
            self.as_of,
        ]


def build(month: date, asks: Sequence[str], *, now: datetime) -> Content:
    """Return what the report of that month says, as known now."""
    zone = ZoneInfo(versions.current(now).timezone)
    moment = Moment(month, zone, now)
    over = moment.as_of < now
    board = boards.at(moment.as_of, now=now) if over else boards.board(now, since=False)
    counted = [one for one in board.clauses if one.clause.counted]
    states = [one.state for one in counted]
    return {
        "month": f"{month:%Y-%m}",
        "as_of": moment.as_of.isoformat(),
        "known_at": now.isoformat(),
        "zone": zone.key,
        "sop_version": board.sop.version,
        "provisional": board.provisional is not None,
        "met": board.met,
        "counted": board.counted,
        "states": {state: states.count(state) for state in ORDER},
        "months": _months(moment),
        "sections": _sections(board, moment),
        "open": _open(_worst(counted)[:OPEN], board, known=not over),
        "more": max(board.counted - board.met - OPEN, 0),
        "versions": _versions(moment),
        "asks": [text for text in asks if text],
        "facts": Fact.objects.filter(recorded_at__lte=now).count(),
    }


def _months(moment: Moment) -> list[tuple[str, int | None]]:
    """Return how many clauses were met at the end of each month. None: Tertib was not there, or no
    SOP was in force.
    """
    law = versions.law()
    began = max([Company.objects.get(pk=1).started_at, *(one.since for one in law[:1])])
    ends = moment.ends(rules.MONTHS)
    met = history.headline(ends)
    names = moment.months(rules.MONTHS)
    return [
        (f"{name:%Y-%m}", value if end >= began else None)
        for name, end, value in zip(names, ends, met, strict=True)
    ]


def _sections(board: Board, moment: Moment) -> list[Content]:
    chapters = [chapter for chapter in pages.chapters(board) if chapter.cells]
    measured = [pages.decisive(_decisive(chapter.clauses)) for chapter in chapters]
    lines = history.series([one.control.id for one in measured], moment.ends(LINE))
    return [
        {
            "id": chapter.section.id,
            "name": _both(chapter.name),
            "state": _decisive(chapter.clauses).state,
            "met": sum(now.met for _short, now in chapter.cells),
            "counted": len(chapter.cells),
            "measure": _both(one.control.title),
            "figure": _each(lambda one=one: pages.figure(one)),  # type: ignore[misc]
            "target": _target(one),
            "line": _line(lines[one.control.id]) if one.ever else [],
        }
        for chapter, one in zip(chapters, measured, strict=True)
    ]


def _decisive(clauses: Sequence[ClauseNow]) -> ClauseNow:
    """Return the clause that makes a chapter what it is: the worst of those that count."""
    counted = [one for one in clauses if one.clause.counted]
    return min(counted, key=lambda one: WORST.index(one.state))


def _line(line: Sequence[tuple[int, int]]) -> list[float]:
    return [round(float(Fraction(done, of)), 4) if of else 0.0 for done, of in line]


def _target(one: ControlNow) -> dict[str, str]:
    """Return the threshold; "" where all are asked for."""
    if one.control.target >= 100:
        return dict.fromkeys(LANGUAGES, "")
    return _each(lambda: words.percent(one.control.target / 100))


def _worst(counted: Sequence[ClauseNow]) -> list[ClauseNow]:
    low = [one for one in counted if not one.met]
    return sorted(low, key=lambda one: (not pages.decisive(one).ever, ORDER.index(one.state)))


def _open(low: Sequence[ClauseNow], board: Board, *, known: bool) -> list[Content]:
    """Return what is not compliant, each with whose work it is and by when.

    known: of a month that is over nobody asks whose work it is today.
    """
    decisive = [pages.decisive(one) for one in low]
    work = _work([one.control.id for one in decisive]) if known else {}
    return [
        {
            "clause": one.clause.id,
            "control": control.control.id,
            "state": one.state,
            "title": _both(one.clause.title),
            "why": _why(control, board),
            "role": _role(one, board),
            "owner": work.get(control.control.id, (None, None))[0],
            "due_by": work.get(control.control.id, (None, None))[1],
        }
        for one, control in zip(low, decisive, strict=True)
    ]


def _work(controls: Sequence[str]) -> dict[str, tuple[str | None, str]]:
    """Return owner and due time of the open work of each control."""
    items = Item.objects.open().filter(control__in=controls)
    found = list(items.values_list("control", "owner__uuid", "due_by"))
    # A lapse of something that has an item of its own is a line of that one; the most urgent tells.
    lines = Line.objects.filter(control__in=controls, closed_at=None, item__control="")
    linked = lines.order_by("-item__due_by", "-item")
    found = [*linked.values_list("control", "item__owner__uuid", "item__due_by"), *found]
    return {
        control: (str(owner) if owner else None, due_by.isoformat())
        for control, owner, due_by in found
    }


def _why(control: ControlNow, board: Board) -> dict[str, str]:
    numbers = pages.numbers(control)
    return _each(lambda: sentences.sentence(control.control, numbers, board.sop)[0])


def _role(one: ClauseNow, board: Board) -> dict[str, str]:
    return _each(lambda: words.role(board.sop, one.clause.responsible))


def _versions(moment: Moment) -> list[Content]:
    """Return the versions that came into force in the month, and how many changes weaken each."""
    begin = rules.last_instant(rules.before(moment.month), moment.zone)
    found = Version.objects.judging().filter(is_first=False).order_by("pk")
    came = [one for one in found if one.since and begin < one.since <= moment.as_of]
    return [
        {
            "name": one.name,
            "weaker": sum(change.weakens for change in governance.changes(one, moment.now)[1]),
        }
        for one in came
    ]


def _both(text: Text) -> dict[str, str]:
    return {"id": text.id, "en": text.en}


def _each(say: Callable[[], str]) -> dict[str, str]:
    """Return what is said, in each language."""
    found = {}
    for language in LANGUAGES:
        with override(language):
            found[language] = say()
    return found
