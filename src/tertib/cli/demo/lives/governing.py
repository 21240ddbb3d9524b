"""What the head of IT and management decide between them: SOP, waivers, means, reports, review."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from tertib.cli.demo import company
from tertib.cli.demo.lives import script
from tertib.cli.demo.lives.cast import Act, Cast
from tertib.cli.demo.told import DAY, HOME, REPORTS_SINCE
from tertib.compliance.models import Standing
from tertib.evidence.models import Subject
from tertib.governance import calendars
from tertib.governance.actions.attesting import attest
from tertib.governance.actions.calendars import confirm_year
from tertib.governance.actions.reading import acknowledge
from tertib.governance.actions.resources import ask_resource, decide_resource
from tertib.governance.actions.reviews import (
    add_action,
    add_point,
    begin_review,
    finish_action,
    set_participants,
    sign_review,
)
from tertib.governance.actions.versions import publish_version
from tertib.governance.actions.waivers import (
    ask_waiver,
    grant_waiver,
    refuse_waiver,
    review_waiver,
)
from tertib.governance.models import Request, Review, Waiver
from tertib.people.models import User
from tertib.reports import actions as reports
from tertib.reports.models import Report
from tertib.sop import versions
from tertib.sop.actions import SHIPPED, SOURCE, approve
from tertib.sop.models import Version

APPROVED_BEFORE = 33 * DAY  # since when the SOP is management's, so that the engine measures itself
MISSING = (19, 37)  # of the people: they have not read the SOP
# What the head of IT wants changed: two things stricter, one weaker.
CHANGES = (
    ("void: [person.left], within: 30 days, clock: always", "30 days", "45 days"),
    ("evidence: network.scan_done, within: 1 days", "1 days", "12 hours"),
    ("until: [person.access_closed], early: 30 days, within: 1 workdays", "1 workdays", "4 hours"),
)


def governing(cast: Cast) -> Iterator[Act]:
    yield from _sop(cast)
    yield from _review(cast)
    yield from _waivers(cast)
    yield from _means(cast)
    yield from _reports(cast)


# --- The SOP -------------------------------------------------------------------------------------


def _sop(cast: Cast) -> Iterator[Act]:
    approved = cast.last - APPROVED_BEFORE
    yield Act(approved, partial(_approve, cast))
    yield Act(approved + DAY, partial(_confirm_calendar, cast))
    everybody = [*cast.it, *cast.management, *cast.people]
    everybody += User.objects.filter(email=company.email(company.AUDITOR))
    for number, person in enumerate(everybody):
        if number not in MISSING:
            at = approved + timedelta(hours=1, minutes=47 * number)
            yield Act(at, partial(_acknowledge, cast, person))
    yield Act(cast.workday(25, 10), partial(_newcomers_acknowledge, cast))
    yield Act(cast.workday(2, 14, 20), partial(_propose, cast))


def _approve(cast: Cast) -> None:
    version = Version.objects.get()
    approve(version, by=cast.management[0].uuid, now=cast.now)
    attest("obj.benefit_review", by=cast.management[0], now=cast.now)


def _confirm_calendar(cast: Cast) -> None:
    """This year's; the next one is asked for, and waits."""
    year = cast.last.astimezone(HOME).year
    digest = calendars.digest(versions.current(cast.now).calendar, year)
    confirm_year(year, digest, by=cast.head, now=cast.now)


def _acknowledge(cast: Cast, person: User) -> None:
    person.refresh_from_db()
    if person.is_active:
        acknowledge(person, digest=Version.objects.earliest("pk").digest, now=cast.now)


def _newcomers_acknowledge(cast: Cast) -> None:
    for name, _department, _place in company.JOINED[:2]:
        _acknowledge(cast, User.objects.get(email=company.email(name)))


def _propose(cast: Cast) -> None:
    """Upload a version with a weakening, in force from the first day of the month after next."""
    text = SHIPPED.read_text()
    for sentence, old, new in CHANGES:
        text = _put(text, sentence, sentence.replace(old, new))
    begins = (cast.now.astimezone(HOME).date().replace(day=1) + 62 * DAY).replace(day=1)
    text = _put(text, "version: 1.0.0", "version: 1.1.0")
    text = _put(text, "effective_from: 2026-01-01", f"effective_from: {begins}")
    publish_version(text, SOURCE.read_text(), author=cast.head.uuid, now=cast.now)


def _put(text: str, old: str, new: str) -> str:
    before, found, after = text.partition(old)
    if not found or old in after:
        raise AssertionError(f"not once in the shipped SOP: {old}")
    return before + new + after


# --- The yearly review ---------------------------------------------------------------------------


def _review(cast: Cast) -> Iterator[Act]:
    held = cast.last - 70 * DAY
    yield Act(held, partial(_hold, cast))
    yield Act(held + DAY, partial(_sign, cast))


def _hold(cast: Cast) -> None:
    now, head = cast.now, cast.head
    agenda = ("Hasil pemantauan dua belas bulan", "Klausul yang sering tidak patuh", "Anggaran")
    review = begin_review(now.astimezone(HOME).date(), agenda=agenda, by=head, now=now)
    set_participants(review, [head, *cast.management], by=head, now=now)
    add_point(review, "decision", "Uji pemulihan dilakukan tiap triwulan", by=head, now=now)
    for text, owner, days in (
        ("Pasang tautan cadangan di Jayapura", cast.it[3], 60),
        ("Tinjau ulang daftar perangkat di gudang", cast.it[2], 80),
    ):
        due_on = (now + days * DAY).astimezone(HOME).date()
        add_action(review, text, owner=owner, due_on=due_on, by=head, now=now)


def _sign(cast: Cast) -> None:
    review = Review.objects.get()
    sign_review(review, by=cast.management[0], now=cast.now)
    action = review.actions.order_by("pk")[0]
    finish_action(action, by=cast.head, now=cast.now)


# --- Waivers -------------------------------------------------------------------------------------


def _waivers(cast: Cast) -> Iterator[Act]:
    """One that ran out and was looked at, one in force, one refused, one that waits."""
    hendra, ratna = cast.management
    for before, control, reason, days, by in script.WAIVERS:
        yield Act(cast.workday(before, 10, 15), partial(_ask, cast, control, reason, days, by))
    yield Act(cast.workday(54, 15), partial(_grant, cast, "sec.firewall", hendra))
    yield Act(cast.workday(20, 9), partial(_look_back, cast, "sec.firewall", ratna))
    yield Act(cast.workday(16, 13, 30), partial(_grant, cast, "inv.sw.licensed", ratna))
    yield Act(cast.workday(8, 11), partial(_refuse, cast, "mnt.monthly", hendra))


def _ask(cast: Cast, control: str, reason: str, days: int, by: int) -> None:
    last_day = (cast.now + days * DAY).astimezone(HOME).date()
    subject = None if control == "net.up" else _subject(control)
    ask_waiver(
        control, subject=subject, reason=reason, last_day=last_day, by=cast.it[by], now=cast.now
    )


def _subject(control: str) -> Subject:
    """Return what has lapsed there, by its name; else the first that is judged."""
    judged = Standing.objects.filter(control=control).exclude(state="")
    named = Subject.objects.filter(pk__in=judged.values("subject")).order_by("label")
    return named.filter(pk__in=judged.filter(state="lapsed").values("subject")).first() or named[0]


def _waiting(control: str) -> Waiver:
    return Waiver.objects.waiting().get(control=control)


def _grant(cast: Cast, control: str, by: User) -> None:
    grant_waiver(_waiting(control), by=by, now=cast.now)


def _refuse(cast: Cast, control: str, by: User) -> None:
    refuse_waiver(_waiting(control), because=script.REFUSED, by=by, now=cast.now)


def _look_back(cast: Cast, control: str, by: User) -> None:
    waiver = Waiver.objects.to_review(cast.now).get(control=control)
    review_waiver(waiver, finding=script.FOUND, by=by, now=cast.now)


# --- Means ---------------------------------------------------------------------------------------


def _means(cast: Cast) -> Iterator[Act]:
    for before, by, title, reason, amount, decided, because in script.REQUESTS:
        ask = partial(_ask_for, cast, by, title, reason, amount)
        yield Act(cast.workday(before, 10, 30), ask)
        if decided is not None:
            answer = partial(_answer, cast, title, because)
            yield Act(cast.workday(decided, 14), answer)


def _ask_for(cast: Cast, by: int, title: str, reason: str, amount: int) -> None:
    ask_resource(title, reason=reason, amount=amount, by=cast.it[by], now=cast.now)


def _answer(cast: Cast, title: str, because: str) -> None:
    request, approved = Request.objects.get(title=title), not because
    by, now = cast.management[0], cast.now
    decide_resource(request, approved=approved, because=because, by=by, now=now)


# --- Monthly reports -----------------------------------------------------------------------------


def _reports(cast: Cast) -> Iterator[Act]:
    """The third of each month, on the month before; signed a working day or more later."""
    today, month = cast.last.astimezone(HOME).date(), cast.first.astimezone(HOME).date()
    while (following := (month.replace(day=1) + 32 * DAY).replace(day=1)) <= today:
        fifth = datetime(following.year, following.month, 5, 10, tzinfo=HOME)
        if fifth > cast.last - REPORTS_SINCE:
            ago = (today - following).days - 2
            yield Act(cast.workday(ago, 11), partial(_issue, cast, month.replace(day=1)))
            yield Act(cast.workday(ago - 3, 9, 30), partial(_sign_report, cast))
        month = following


def _issue(cast: Cast, month: date) -> None:
    cast.settle()
    reports.issue(month, script.ASKED, instead_of=None, by=cast.head, now=cast.now)


def _sign_report(cast: Cast) -> None:
    for report in Report.objects.filter(signed_at=None, replaced_at=None):
        reports.sign(report, by=cast.management[0], now=cast.now)
