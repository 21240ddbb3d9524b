"""The board, explain, history and forecast, from what is stored and from the ledger."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tertib.compliance import board, episodes, forecast, history
from tertib.compliance.explain import explain
from tertib.compliance.models import Episode, Total
from tertib.compliance.routes import routes
from tertib.compliance.tests.stored import Company, instant, law
from tertib.lib.errors import Refused
from tertib.sop import versions

pytestmark = pytest.mark.django_db
CASES = Path(__file__).parent / "cases"
NOON = instant("2026-11-24T12:00:00+07:00")


@pytest.fixture
def hundred(clock: Any, monkeypatch: Any) -> Company:
    """100 assets: 97 seen within half a year, 2 longer ago, 1 never."""
    monkeypatch.setattr(versions, "provisional", lambda _now: None)
    case = json.loads((CASES / "freshness-97-of-100.json").read_text())
    company = Company(monkeypatch, clock, law())
    org = {"kind": "org", "key": "org"}
    company.tell({"member": "organisation", "subject": org, "from": "2026-01-01T00:00:00+07:00"})
    for line in case["lines"]:
        company.tell(line)
    clock.now = NOON
    company.judge()
    return company


def test_97_of_100_are_told_and_the_others_named(hundred: Company) -> None:
    told = explain("inv.hw.fresh", now=NOON)
    assert (told["numerator"], told["denominator"]) == (97, 100)
    assert told["counts"]["lapsed"] == 2
    assert told["counts"]["no_data"] == 1
    states = [row["state"] for row in told["subjects"]]
    assert states[:3] == ["lapsed", "lapsed", "no_data"]
    assert {"compliant", "due_soon"} >= set(states[3:])
    assert all(row["fact"]["kind"] == "inventory.observed" for row in told["subjects"][:2])
    assert told["subjects"][2]["fact"] is None
    assert len(told["work_lines"]) == 3
    shown = board.board(NOON).controls["inv.hw.fresh"]
    assert (shown.numerator, shown.denominator, shown.state) == (97, 100, "lapsed")
    assert shown.ever


def test_the_ledger_alone_says_the_same_as_what_is_stored(hundred: Company) -> None:
    stored = explain("inv.hw.fresh", now=NOON)
    slow = explain("inv.hw.fresh", as_of=NOON, known_at=NOON - timedelta(seconds=1), now=NOON)
    assert stored | {"known_at": None} == slow | {"known_at": None}


def test_a_few_of_many_rows_can_be_asked_for(hundred: Company) -> None:
    told = explain("inv.hw.fresh", now=NOON, states=("lapsed", "no_data"), limit=2)
    assert [row["state"] for row in told["subjects"]] == ["lapsed", "lapsed"]
    assert told["total"] == 3
    rest = explain("inv.hw.fresh", now=NOON, states=("lapsed", "no_data"), limit=2, offset=2)
    assert [row["state"] for row in rest["subjects"]] == ["no_data"]


def test_a_moment_that_has_not_come_is_refused(hundred: Company) -> None:
    with pytest.raises(Refused):
        explain("inv.hw.fresh", as_of=NOON + timedelta(seconds=1), now=NOON)
    with pytest.raises(Refused):
        explain("inv.hw.fresh", known_at=NOON + timedelta(seconds=1), now=NOON)
    with pytest.raises(Refused):
        explain("dev.freeze", now=NOON)


def test_what_falls_due_is_shown_before_the_tick_has_written_it(
    hundred: Company, clock: Any
) -> None:
    next_at = explain("inv.hw.fresh", now=NOON)["next_transition_at"]
    clock.now = next_at
    shown = board.board(next_at).controls["inv.hw.fresh"]
    told = explain("inv.hw.fresh", now=next_at)
    company_counts = dict(told["counts"])
    assert {k: v for k, v in shown.counts.items() if v} == company_counts
    hundred.judge()
    again = explain("inv.hw.fresh", now=next_at)
    assert again == told
    assert company_counts != dict(explain("inv.hw.fresh", as_of=NOON, now=next_at)["counts"])


def test_history_as_known_now_equals_the_ledger_at_every_instant(hundred: Company) -> None:
    for back in (0, 1, 30, 100, 200):
        t = NOON - timedelta(days=back)
        slow = board.at(t, NOON - timedelta(microseconds=1), now=NOON)
        fast = board.at(t, now=NOON)
        for control, one in fast.controls.items():
            other = slow.controls[control]
            told = (one.state, one.numerator, one.denominator, one.ever, one.alive)
            assert told == (
                other.state,
                other.numerator,
                other.denominator,
                other.ever,
                other.alive,
            ), (control, back)
        assert (fast.met, fast.counted) == (slow.met, slow.counted)


def test_episodes_made_and_episodes_walked_are_the_same(hundred: Company) -> None:
    laws = versions.law()
    until, since = NOON, laws[0].since
    before = history.timelines(laws, since, until)
    assert episodes.refresh(laws, routes(laws), NOON)
    assert history.timelines(laws, since, until) == before
    assert not episodes.refresh(laws, routes(laws), NOON)
    now = board.board(NOON)
    for control, one in now.controls.items():
        if control in before:
            assert before[control][-1].state == one.state, control
            assert one.since == before[control][-1].at, control


def test_time_in_compliance_adds_up_to_all_of_it(hundred: Company) -> None:
    found = history.time_in_compliance(["inv.hw.fresh", "inv.count"], until=NOON)
    assert set(found) == {30, 90, 365}
    for days, parts in found.items():
        whole = parts.compliant + parts.waived + parts.lapsed + parts.no_data
        assert whole == timedelta(days=days)
    year = history.time_in_compliance(["inv.hw.fresh"], until=NOON)[365]
    assert year.no_data >= timedelta(days=30)  # before the SOP was in force


def test_lines_over_time_end_as_the_board_stands(hundred: Company) -> None:
    instants = [NOON - timedelta(days=back) for back in (20, 10, 0)]
    line = history.series(["inv.hw.fresh"], instants)["inv.hw.fresh"]
    assert line[-1] == (97, 100)
    assert history.headline(instants)[-1] == board.board(NOON).met


def test_the_forecast_names_what_lapses_next(hundred: Company) -> None:
    first = forecast.coming(NOON, days=200)[0]
    assert first.control.id == "inv.hw.fresh"
    assert first.count >= 1
    assert first.labels


def test_a_refresh_with_an_earlier_clock_loses_nothing_that_a_later_one_wrote(
    hundred: Company, clock: Any
) -> None:
    """Two processes read their clocks a moment apart; the slower one writes the episodes."""
    seen = {"fact": "audit.chain_verified_ok", "at": NOON.isoformat(), "source": "s", "id": "late"}
    hundred.tell({**seen, "subject": {"kind": "org", "key": "org"}, "body": {}})
    hundred.judge()
    known, at = versions.law(), {"control": "mon.chain"}
    Episode.objects.filter(**at, at__gte=NOON).delete()
    Total.objects.filter(**at).update(changed_from=known[0].since)
    episodes.refresh(known, routes(known), NOON - timedelta(seconds=1))
    last = Episode.objects.filter(**at).order_by("-at").first()
    assert last
    assert (last.at, last.state) == (NOON, "compliant")
