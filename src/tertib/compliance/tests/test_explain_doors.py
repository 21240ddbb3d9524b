"""The same explanation on the command line and through the API."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tertib.cli.main import main
from tertib.compliance import actions
from tertib.compliance.models import Standing, Transition
from tertib.evidence import ledger
from tertib.people.actions import add_person, first_start, issue_token
from tertib.people.models import Site
from tertib.sop.actions import publish_shipped

pytestmark = pytest.mark.django_db
FAR = datetime(2999, 1, 1, tzinfo=UTC)


@pytest.fixture
def empty(clock: Any) -> Any:
    """An installation as `up` leaves it: the shipped SOP, and nothing recorded."""
    publish_shipped(clock.now)
    first_start(clock.now)
    actions.judge()
    actions.tick(clock.now)
    return clock


def said(capsys: Any, *words: str) -> Any:
    code = main(["explain", *words])
    return code, capsys.readouterr().out


def test_nothing_recorded_opens_no_work_not_even_a_year_later(empty: Any, capsys: Any) -> None:
    for days in (0, 365):
        empty.move(days=days)
        actions.tick(empty.now)
        code, out = said(capsys, "--all", "--json")
        told = json.loads(out)
        assert code == 0
        assert len(told) > 70
        assert [one["control"] for one in told if one["work_lines"]] == []
        good = {one["control"] for one in told if one["state"] in ("compliant", "due_soon")}
        assert good == set()


def test_the_command_line_speaks_in_words_and_refuses_plainly(empty: Any, capsys: Any) -> None:
    code, out = said(capsys, "inv.hw.fresh")
    assert code == 0
    assert out.startswith("inv.hw.fresh")
    assert "0/0" in out
    assert main(["explain", "no.such"]) == 1
    assert main(["explain", "inv.hw.fresh", "--as-of", "2099-01-01T00:00:00Z"]) == 1
    assert main(["explain", "inv.hw.fresh", "--as-of", "yesterday"]) == 1


def test_recompute_says_whether_it_is_equal_and_repairs_if_asked(empty: Any, capsys: Any) -> None:
    assert main(["recompute"]) == 0
    Transition.objects.filter(control="desk.channels").delete()
    Standing.objects.filter(control="desk.channels").update(state="compliant")
    assert main(["recompute"]) == 1
    assert "desk.channels" in capsys.readouterr().out
    main(["recompute", "--repair"])
    assert main(["recompute"]) == 0


def test_a_machine_with_the_scope_reads_the_same_object(empty: Any, client: Client) -> None:
    site = Site.objects.get()
    boss = add_person(
        full_name="Ani",
        email="ani@example.test",
        site=site,
        role="admin",
        by=None,
        now=ledger.now(),
    )

    def read(scope: str, **asked: str) -> Any:
        secret = issue_token(
            name=f"{scope}{len(asked)}", scope=scope, expires_at=FAR, by=boss, now=ledger.now()
        )
        door = "/api/v1/controls/inv.hw.fresh/explain"
        return client.get(door, asked, headers={"Authorization": f"Bearer {secret}"})

    assert client.get("/api/v1/controls/inv.hw.fresh/explain").status_code == 401
    assert read("facts.write").status_code == 403
    told = read("compliance.read").json()
    assert (told["control"], told["state"], told["subjects"]) == ("inv.hw.fresh", "no_data", [])
    later = (empty.now + timedelta(days=1)).isoformat()
    assert read("compliance.read", as_of=later).status_code == 422
