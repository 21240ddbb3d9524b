"""Where everybody has reported again since, the past is judged once at its instant, and says what a
walk of all says: of a company in which everything happens at random, in every field."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from tertib.compliance import actions, writing
from tertib.compliance.explain import explain
from tertib.compliance.inbox import Judge
from tertib.compliance.ledgerwise import Known, Loader
from tertib.compliance.recompute import recompute
from tertib.compliance.routes import routes
from tertib.compliance.tests.stored import Company, instant, law
from tertib.evidence.models import Fact, Inbox
from tertib.lib.errors import Refused
from tertib.sop import versions
from tertib.sop.format import InForce

pytestmark = pytest.mark.django_db

CONTROL = "inv.hw.fresh"
BEGIN = instant("2026-10-01T00:00:00+07:00")
SECOND = "2026-10-23"  # from when on the second version holds, where there is one
DAYS = 40
ASSETS = 7
DAY = timedelta(days=1)


def laws(within: int, then: int | None) -> tuple[InForce, ...]:
    """Return a law in which hardware has to be seen every few days, and since SECOND otherwise."""

    def first(text: str) -> str:
        return _short(text, within)

    def second(text: str) -> str:
        return _short(text, then or within)

    found = law({"versions": [["v1", "2026-01-01"]]}, first)
    return found + law({"versions": [["v2", SECOND]]}, second) if then else found


def _short(text: str, days: int) -> str:
    before, line, after = text.partition("id: inv.hw.fresh,")
    assert line
    after = after.replace("within: 6 months", f"within: {days} days", 1)
    return before + line + after.replace("warn: 30 days", "warn: 1 days, settle: 2 days", 1)


def asset(n: int) -> dict[str, str]:
    return {"kind": "asset", "key": str(n)}


def seen(n: int, at: datetime, id_: str, **more: Any) -> dict[str, Any]:
    line = {"fact": "inventory.observed", "subject": asset(n), "at": at.isoformat()}
    return line | {"body": {}, "id": id_} | more


class Chance:
    """Lines of what happens to a few assets in some weeks, each at the instant it is recorded."""

    def __init__(self, seed: int) -> None:
        self.any = Random(seed)  # noqa: S311 no secret
        self.told: list[tuple[datetime, dict[str, Any]]] = []

    def moment(self) -> datetime:
        at = BEGIN + timedelta(minutes=self.any.randrange(DAYS * 24 * 60))
        return at + timedelta(microseconds=self.any.choice([0, 0, 1, 250_000]))

    def lines(self) -> list[tuple[datetime, dict[str, Any]]]:
        for n in range(ASSETS):
            self.member(n)
            self.reports(n)
        for sort in (self.waiver, self.end, self.merge):
            if self.any.random() < 0.4:
                sort()
        for _ in range(self.any.randrange(3)):
            self.retract()
        return sorted(self.told, key=lambda one: one[0])

    def member(self, n: int) -> None:
        began = self.any.choice([BEGIN - 99 * DAY, BEGIN, self.moment()])
        line = {"member": "hardware", "subject": asset(n), "from": began.isoformat()}
        self.told.append((self.any.choice([BEGIN, max(began, BEGIN), self.moment()]), line))

    def reports(self, n: int) -> None:
        often = self.any.choice([0.0, 0.3, 0.9, 1.0])
        hour = timedelta(minutes=self.any.randrange(24 * 60))
        for day in range(DAYS):
            if self.any.random() >= often:
                continue
            at = BEGIN + day * DAY + hour
            late = self.any.choice([0, 0, 0, 0, 1, 3000, 20_000])
            outcome = self.any.choice(["ok", "ok", "ok", "ok", "failed"])
            heard = min(at + timedelta(minutes=late), BEGIN + DAYS * DAY)
            self.told.append((heard, seen(n, at, f"{n}.{day}", outcome=outcome)))
            if self.any.random() < 0.1:  # another source saw it in the same instant
                other = self.any.choice(["Zebra", "agent", "\u00e9"])
                self.told.append((heard, seen(n, at, f"{n}.{day}", source=other)))

    def waiver(self) -> None:
        begin = self.moment()
        until = begin + timedelta(hours=self.any.randrange(1, 600))
        line: dict[str, Any] = {"waiver": CONTROL, "from": begin.isoformat()}
        line |= {"until": until.isoformat()}
        if self.any.random() < 0.7:
            line["subject"] = asset(self.any.randrange(ASSETS))
        self.told.append((self.moment(), line))

    def end(self) -> None:
        """Somebody leaves; perhaps comes again, perhaps never left."""
        n, left = self.any.randrange(ASSETS), self.moment()
        heard, line = next(one for one in self.told if one[1].get("subject") == asset(n))
        if datetime.fromisoformat(line["from"]) >= left:
            left = datetime.fromisoformat(line["from"])  # it never was
        self.told.append((max(heard, self.moment()), line | {"until": left.isoformat()}))
        if self.any.random() < 0.5:
            again = {"from": (left + 3 * DAY).isoformat()}
            self.told.append((max(heard, self.moment()), line | again))
        if self.any.random() < 0.3:
            self.told.append((BEGIN + DAYS * DAY, line))

    def merge(self) -> None:
        one, other = self.any.sample(range(ASSETS), 2)
        self.told.append((self.moment(), {"merge": asset(one), "into": asset(other)}))

    def retract(self) -> None:
        self.told.append((self.moment(), {"retract": self.any.random(), "source": "case"}))


def tell(company: Company, line: dict[str, Any]) -> None:
    if "retract" in line:
        known = list(Fact.objects.filter(source="case").order_by("seq"))
        if not known:
            return
        line = line | {"retract": known[int(line["retract"] * len(known))].source_id}
    try:
        company.tell(line)
    except Refused:
        assert "merge" in line


def same(company: Company, moments: list[datetime]) -> None:
    now = company.clock.now
    for t in moments:
        if t < now:
            told = explain(CONTROL, as_of=t, now=now)
            assert told == explain(CONTROL, as_of=t, known_at=now, now=now), t


@given(seed=st.integers(0, 1_000_000), within=st.integers(1, 9), then=st.sampled_from([None, 2, 6]))
@settings(
    max_examples=6,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_judged_once_it_is_as_walked(
    seed: int, within: int, then: int | None, clock: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(writing, "PAUSE", 0)
    monkeypatch.setattr(versions, "provisional", lambda _now: None)
    with transaction.atomic():
        company = Company(monkeypatch, clock, laws(within, then))
        chance = Chance(seed)
        lines = chance.lines()
        some = chance.any.choice([3, 17, 60])
        waits = chance.any.choice([0, 2, 30])
        for number, (heard, line) in enumerate(lines, 1):
            clock.now = max(clock.now, heard)
            tell(company, line)
            if number % some == 0:
                company.judge()
            if number in (len(lines) // 2, len(lines) - waits):
                same(company, [chance.moment() for _ in range(3)])  # while something waits
        same(company, [chance.moment() for _ in range(4)])
        clock.now = max(clock.now, BEGIN + DAYS * DAY) + timedelta(minutes=1)
        asked = [chance.moment() for _ in range(6)] + [instant(f"{SECOND}T00:00:00+07:00")]
        asked += [datetime.fromisoformat(line["at"]) for _, line in lines[-3:] if "at" in line]
        same(company, asked)  # with what falls due unseen
        judge = Judge()
        while judge.judge_some():
            same(company, asked[:2])
        company.judge()
        same(company, asked)
        actions.tick(clock.now)
        actions.judge()
        assert not Inbox.objects.exists()
        assert (report := recompute()).equal, report.differences
        same(company, asked)
        transaction.set_rollback(True)


@pytest.fixture
def daily(clock: Any, monkeypatch: Any) -> Company:
    """Nine assets that report every day, a tenth that left, an eleventh that came, all since."""
    monkeypatch.setattr(writing, "PAUSE", 0)
    monkeypatch.setattr(versions, "provisional", lambda _now: None)
    company = Company(monkeypatch, clock, laws(5, 6))
    clock.now = BEGIN
    for n in range(11):
        begins = BEGIN - 9 * DAY if n < 10 else BEGIN + 30 * DAY
        line = {"member": "hardware", "subject": asset(n), "from": begins.isoformat()}
        company.tell(line)
    for day in range(DAYS):
        clock.now = BEGIN + day * DAY + timedelta(hours=9)
        for n in range(11):
            company.tell(seen(n, clock.now - timedelta(minutes=n), f"{n}.{day}"))
        company.judge()
    gone = {"member": "hardware", "subject": asset(9), "from": (BEGIN - 9 * DAY).isoformat()}
    company.tell(gone | {"until": clock.now.isoformat()})
    company.judge()
    return company


def walked(t: datetime) -> int:
    of = versions.law()
    loader = Loader([CONTROL], Known(t, None, of, routes(of)))
    return len(list(loader.slices()))


def test_nobody_is_walked_who_has_but_reported_since(daily: Company) -> None:
    moments = [BEGIN + n * DAY + timedelta(hours=n) for n in (0, 2, 10, 22, 29, 31, 38)]
    for t in moments:
        assert walked(t) == 0
    same(daily, moments)
    told = explain(CONTROL, as_of=moments[2], now=daily.clock.now)
    assert (told["state"], told["total"], told["ever"]) == ("compliant", 10, True)
    daily.tell(seen(3, daily.clock.now, "of today"))  # what waits, but is of later, stirs nobody
    assert walked(moments[2]) == 0
    daily.tell(seen(4, moments[2] - DAY, "of long ago"))
    assert walked(moments[2]) == 1
    same(daily, moments)


def test_it_takes_as_few_questions_however_many_there_are(
    daily: Company, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    explain(CONTROL, as_of=BEGIN + 10 * DAY, now=daily.clock.now)
    with django_assert_max_num_queries(13):
        explain(CONTROL, as_of=BEGIN + 10 * DAY, now=daily.clock.now)


def test_the_first_evidence_may_be_a_failed_one(daily: Company) -> None:
    before = BEGIN - 5 * DAY
    assert not explain(CONTROL, as_of=before, now=daily.clock.now)["ever"]
    same(daily, [before])
    daily.tell(seen(2, before - DAY, "failed", outcome="failed"))
    daily.judge()
    assert walked(before) == 0
    assert explain(CONTROL, as_of=before, now=daily.clock.now)["ever"]
    same(daily, [before])
