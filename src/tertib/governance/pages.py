"""What the pages show, read from the tables and arranged."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tertib.access.policy import tree
from tertib.evidence.models import Fact
from tertib.evidence.vocabulary import ATTEST
from tertib.governance.models import Action, Request, Review, Waiver
from tertib.governance.rules import holds
from tertib.people.models import User
from tertib.sop import versions
from tertib.sop.diff import Change, diff
from tertib.sop.format import Attest, Clause, Sop
from tertib.sop.models import Version
from tertib.sop.reader import read
from tertib.ui.rules import calendar_day, known

ROOM = "decisions"  # of the menu
NOTHING = "\N{EN DASH}"
WORDS: dict[str, str | Promise] = {
    "": _("Waits for a decision"),
    "granted": _("Granted"),
    "approved": _("Approved"),
    "refused": _("Refused"),
    "withdrawn": _("Withdrawn"),
}
AGENDA: tuple[str | Promise, ...] = (  # what a yearly review looks at, proposed to who begins one
    _("What was not compliant in the past year, and why"),
    _("Waivers that were granted, and whether they are still needed"),
    _("Technology that has changed or is about to"),
    _("What the company needs that the SOP does not say yet"),
    _("Actions of the review before"),
)


@dataclass(frozen=True)
class Waiting:
    """Something that somebody has to decide: what, since when, by when, and where."""

    what: str | Promise
    title: str
    who: str
    since: datetime
    due_by: datetime | None
    url: str
    icon: str


@dataclass(frozen=True)
class Statement:
    """What management states itself, and when it did so last."""

    control: Attest
    clause: Clause
    last: Fact | None
    mine: bool  # whether who looks holds the role


type Rows = Callable[[], QuerySet[Any]]
_others: list[Rows] = []


def also(rows: Rows) -> None:
    """Count what waits for a signature in a room above, too."""
    _others.append(rows)


def count(now: datetime) -> tuple[int, bool]:
    """Return how much waits for a decision, and whether anything is overdue. One query, of the
    few rows that wait.
    """
    first, *rest = rows(now)
    found = list(first.union(*rest, all=True))
    return len(found), any(overdue for _room, _one, overdue in found)


def rows(now: datetime) -> list[QuerySet[Any, Any]]:
    """Return the few rows that wait for a decision: (room of the menu, 1, whether overdue)."""
    late = Case(When(decide_by__lte=now, then=Value(1)), default=Value(0))
    rest: list[QuerySet[Any]] = [
        _open_versions(),
        Waiver.objects.waiting(),
        Waiver.objects.to_review(now),
        Review.objects.filter(signed_at=None),
        *(others() for others in _others),
    ]
    requests = Request.objects.filter(decision="")
    room, one = Value(ROOM), Value(1)
    return [
        requests.values_list(room, one, late),
        *(others.values_list(room, one, Value(0)) for others in rest),
    ]


def waiting(now: datetime) -> list[Waiting]:
    """Return what waits for a decision, the most urgent first."""
    found = [*_versions(), *_waivers(now), *_requests(), *_reviews()]
    return sorted(found, key=lambda one: (one.due_by is None, one.due_by or one.since))


def _open_versions() -> QuerySet[Version]:
    return Version.objects.filter(approved_at=None, withdrawn_at=None).defer("text", "source_text")


def _versions() -> Iterator[Waiting]:
    for version in _open_versions():
        yield Waiting(
            _("SOP version to approve"),
            gettext("Version %(name)s") % {"name": version.name},
            author(version, people([version.author])),
            version.published_at,
            None,
            reverse("governance:version", args=[version.uuid]),
            icon="file-text",
        )


def _waivers(now: datetime) -> Iterator[Waiting]:
    for waiver in Waiver.objects.waiting().select_related("asked_by", "subject"):
        yield Waiting(
            _("Waiver asked for"),
            title(waiver, versions.current(now)),
            waiver.asked_by.full_name,
            waiver.asked_at,
            None,
            reverse("governance:waiver", args=[waiver.uuid]),
            icon="circle-minus",
        )
    for waiver in Waiver.objects.to_review(now).select_related("asked_by", "subject"):
        yield Waiting(
            _("Waiver that ran out, to review"),
            title(waiver, versions.current(now)),
            waiver.asked_by.full_name,
            waiver.ended_at or now,
            waiver.ended_at,
            reverse("governance:waiver", args=[waiver.uuid]),
            icon="circle-minus",
        )


def _requests() -> Iterator[Waiting]:
    for request in Request.objects.filter(decision="").select_related("asked_by"):
        yield Waiting(
            _("Resource asked for"),
            request.title,
            request.asked_by.full_name,
            request.asked_at,
            request.decide_by,
            reverse("governance:request", args=[request.uuid]),
            icon="coins",
        )


def _reviews() -> Iterator[Waiting]:
    for review in Review.objects.filter(signed_at=None).select_related("written_by"):
        yield Waiting(
            _("Yearly review to sign"),
            gettext("Review of %(day)s")
            % {"day": calendar_day(review.held_on, known(get_language()))},
            review.written_by.full_name,
            review.written_at,
            None,
            reverse("governance:review", args=[review.uuid]),
            icon="list-check",
        )


def statements(person: User, now: datetime) -> list[Statement]:
    """Return the attest controls of the SOP in force."""
    sop, held, parents = versions.current(now), person.roles(now=now), tree()
    found = [
        (control, clause)
        for clause in sop.clauses
        for control in clause.active
        if isinstance(control, Attest)
    ]
    facts = Fact.objects.filter(kind__in=[ATTEST + control.id for control, _clause in found])
    last = {fact.kind: fact for fact in facts.order_by("occurred_at")} if found else {}
    return [
        Statement(control, clause, last.get(ATTEST + control.id), holds(held, control.by, parents))
        for control, clause in found
    ]


def title(waiver: Waiver, sop: Sop) -> str:
    """Return what is waived: the control's title, and for whom."""
    control = sop.controls.get(waiver.control)
    name = control.title.words(get_language()) if control else waiver.control
    return f"{name}: {waiver.subject.label}" if waiver.subject else name


def people(uuids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    wanted = {uuid for uuid in uuids if uuid}
    return dict(User.objects.filter(uuid__in=wanted).values_list("uuid", "full_name"))


def author(version: Version, names: Mapping[UUID | None, str]) -> str:
    """Return who wrote it: Tertib itself wrote the one that ships."""
    return names.get(version.author, NOTHING) if version.author else "Tertib"


def sop_of(version: Version) -> Sop:
    found = read(version.text, version.source_text, setup={"holidays": version.holidays})
    if not isinstance(found, Sop):
        raise ValueError(f"Version {version.name} can no longer be read: {found[0]}")
    return found


def before(version: Version, now: datetime) -> Version | None:
    """Return the version that it follows, or would follow now. None: it is the first."""
    law = versions.law()
    names = [turn.sop.version for turn in law]
    if version.name in names:
        place = names.index(version.name)
        return Version.objects.get(name=names[place - 1]) if place else None
    return Version.objects.get(name=versions.in_force(now).sop.version)


@dataclass(frozen=True)
class Changed:
    """A change of a version as its page tells it: of which clause and control, in words."""

    code: str
    title: str
    sentence: str
    weakens: bool


def changes(version: Version, now: datetime) -> tuple[Version | None, list[Changed]]:
    """Return what changes with a version, in the order of the document, and against which one."""
    old = before(version, now)
    if old is None:
        return None, []
    sops = sop_of(version), sop_of(old)
    return old, [_changed(change, sops) for change in diff(sops[1], sops[0])]


def _changed(change: Change, sops: Sequence[Sop]) -> Changed:
    """Name the control or the clause as the newest version that has it does."""
    language, where = get_language(), change.where
    controls = (sop.controls.get(where) for sop in sops)
    clauses = (one for sop in sops for one in sop.clauses if one.id == where)
    if control := next(filter(None, controls), None):
        code, title = control.clause, control.title.words(language)
    elif clause := next(clauses, None):
        code, title = clause.id, clause.title.words(language)
    else:
        code, title = "SOP", next(filter(None, (_named(sop, where) for sop in sops)), where)
    return Changed(code, title, change.sentence, change.weakens)


def _named(sop: Sop, where: str) -> str:
    """Return how a version calls what is no clause and no control; "": it has none such."""
    part, _dot, name = where.partition(".")
    if part == "sop":
        return sop.title.words(get_language())
    if part == "escalation":
        lapses = [one.lapse for one in sop.controls.values()]
        count = sum(one is not None and one.escalation == name for one in lapses)
        if not count:
            return gettext("Escalation that no control uses") if name in sop.escalation else ""
        words = ngettext(
            "Escalation of %(count)s control", "Escalation of %(count)s controls", count
        )
        return words % {"count": count}
    known = sop.roles.get(name) if part == "roles" else sop.populations.get(name)
    return known.name.words(get_language()) if known else ""


def standing(version: Version, now: datetime) -> str:
    """Return a word for where a version stands: waiting, withdrawn, in_force, to_come or past."""
    if version.withdrawn_at:
        return "withdrawn"
    if version.since is None or (version.is_first and version.approved_at is None):
        current = versions.in_force(now).sop.version
        return "provisional" if version.name == current else "waiting"
    if version.since > now:
        return "to_come"
    return "in_force" if version.name == versions.in_force(now).sop.version else "past"


def became(waiver: Waiver, now: datetime) -> str | Promise:
    """Return what became of a waiver: one that was granted may have run out since."""
    granted = waiver.decision == Waiver.Decision.GRANTED
    if granted and waiver.ended_at and waiver.ended_at <= now:
        return _("Ran out")
    return WORDS[waiver.decision]


def open_actions() -> QuerySet[Action]:
    signed = Action.objects.filter(Q(done_at=None), review__signed_at__isnull=False)
    return signed.select_related("owner", "review").order_by("due_on", "pk")
