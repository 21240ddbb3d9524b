"""The past leaves out whoever has not stirred since, and says what a walk of all says."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tertib.compliance import still
from tertib.compliance.explain import explain
from tertib.compliance.inbox import Judge
from tertib.compliance.models import Sweep
from tertib.compliance.routes import routes
from tertib.compliance.tests.stored import Company, instant, law
from tertib.evidence.models import Fact
from tertib.sop import versions

pytestmark = pytest.mark.django_db
BEGIN = instant("2026-01-05T08:00:00+07:00")
THEN = instant("2026-10-24T12:00:00+07:00")
NOON = instant("2026-11-24T12:00:00+07:00")
CONTROL = "inv.hw.fresh"


def asset(n: int) -> dict[str, str]:
    return {"kind": "asset", "key": str(n)}


def seen(n: int, at: datetime, outcome: str = "ok") -> dict[str, Any]:
    line = {"fact": "inventory.observed", "subject": asset(n), "at": at.isoformat()}
    return line | {"outcome": outcome, "body": {}, "id": f"{n} {at} {outcome}"}


@pytest.fixture
def company(clock: Any, monkeypatch: Any) -> Company:
    """Twelve assets: long lapsed, about to lapse, due, fresh, never seen, seen again since."""
    monkeypatch.setattr(versions, "provisional", lambda _now: None)
    company = Company(monkeypatch, clock, law())
    clock.now = BEGIN
    for n in range(12):
        company.tell({"member": "hardware", "subject": asset(n), "from": BEGIN.isoformat()})
    ages = {0: 280, 1: 205, 2: 195, 3: 180, 4: 165, 5: 100, 6: 60, 7: 35, 8: 35, 9: 40, 10: 50}
    for n, days in ages.items():
        company.tell(seen(n, NOON - timedelta(days=days)))
    company.tell(seen(8, NOON - timedelta(days=3)))
    company.tell(seen(5, NOON - timedelta(days=3), "failed"))
    clock.now = NOON
    company.judge()
    return company


def stood(t: datetime) -> int:
    laws = versions.law()
    asked = still.candidates([CONTROL], laws, routes(laws), t)
    return len(still.rows(asked, t, waivers={}).get(CONTROL, ()))


def same(company: Company) -> None:
    now = company.clock.now
    for t in (THEN, NOON - timedelta(days=1), now - timedelta(hours=1), BEGIN + timedelta(hours=1)):
        told = explain(CONTROL, as_of=t, now=now)
        walked = explain(CONTROL, as_of=t, known_at=now, now=now)
        assert told == walked, t


def test_they_are_told_as_a_walk_tells_them(company: Company) -> None:
    assert 5 <= stood(THEN) < 11
    assert stood(NOON - timedelta(hours=1)) == 11  # all but the one never seen
    same(company)


def waive(about: int | None) -> Callable[[Company], None]:
    def tell(company: Company) -> None:
        until = (NOON + timedelta(days=20)).isoformat()
        line = {"waiver": CONTROL, "from": NOON.isoformat(), "until": until}
        company.tell(line | ({"subject": asset(about)} if about is not None else {}))

    return tell


def leave(company: Company) -> None:
    line = {"member": "hardware", "subject": asset(0), "from": BEGIN.isoformat()}
    company.tell(line | {"until": (THEN - timedelta(days=9)).isoformat()})


def retract(company: Company) -> None:
    fact = Fact.objects.get(source_id__startswith="6 ")
    company.tell({"retract": fact.source_id, "source": fact.source})


STIRS: dict[str, Callable[[Company], None]] = {
    "late evidence of then": lambda company: company.tell(seen(9, THEN - timedelta(days=1))),
    "late evidence of a hole long closed": lambda company: company.tell(
        seen(0, BEGIN + timedelta(days=1))
    ),
    "first evidence": lambda company: company.tell(seen(11, THEN - timedelta(days=1))),
    "evidence of today": lambda company: company.tell(seen(9, NOON)),
    "a retraction": retract,
    "who left": leave,
    "who came": lambda company: company.tell(
        {"member": "hardware", "subject": asset(12), "from": THEN.isoformat()}
    ),
    "a merge": lambda company: company.tell({"merge": asset(9), "into": asset(10)}),
    "an exception": waive(9),
    "an exception for all": waive(None),
}


@pytest.mark.parametrize("what", STIRS)
def test_whatever_stirs_them_before_and_after_it_is_judged(what: str, company: Company) -> None:
    STIRS[what](company)
    same(company)
    judge = Judge()
    while judge.judge_some():  # an exception for all waits as a sweep
        same(company)
    assert Sweep.objects.exists() == (what == "an exception for all")
    company.clock.now += timedelta(minutes=1)
    company.judge()
    same(company)
    company.clock.now += timedelta(days=40)  # and with what falls due unseen
    same(company)
    company.judge()
    same(company)
