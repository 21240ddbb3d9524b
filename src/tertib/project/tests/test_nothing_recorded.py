"""A fresh installation in which nobody records anything, with its worker at work, for a year."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from conftest import Clock, OwnDatabase
from tertib.compliance.kinds import begins
from tertib.evidence.vocabulary import claimed
from tertib.jobs.schedule import scheduled
from tertib.project.tests import installation
from tertib.project.tests.installation import Installation
from tertib.sop import versions

LANGUAGES = ("id", "en")
YEAR = (0, 1, 31, 333)  # days from one look at it to the next


@pytest.fixture
def house(
    own_database: OwnDatabase, clock: Clock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Installation:
    """Its first admin has come by the link, which ends by the wall clock."""
    clock.now = timezone.now()
    house = installation.start(clock, tmp_path, capsys)
    house.become_admin()
    clock.move(minutes=1)
    return house


def full(told: list[dict[str, Any]]) -> set[str]:
    return {one["control"] for one in told if one["raw"][0] == one["raw"][1]}


def may_be_full(house: Installation) -> set[str]:
    """The chain of seals speaks by itself, and with it what lives on it and could be told."""
    controls = versions.current(house.clock.now).controls.values()
    living = {one.id for one in controls if one.alive == "mon.chain" and begins(one) in claimed()}
    assert "mgt.waivers" in living
    return {"mon.chain", *living}


def test_nothing_is_met_and_no_work_opens_not_even_a_year_later(house: Installation) -> None:
    done: set[str] = set()
    for days in YEAR:
        house.clock.move(days=days)
        done |= {*house.run_jobs()}
        house.clock.move(minutes=1)  # it was off for so long: a minute later it has settled
        done |= {*house.run_jobs()}
        told = house.explain("--all")
        assert [one["control"] for one in told if one["work_lines"]] == [], house.clock.now
        assert full(told) == may_be_full(house), house.clock.now
    assert done >= {"judge", *(name.rpartition(".")[2] for name in scheduled)}
    assert "0 /30 klausul patuh" in house.page("/")
    assert "0 of 30 clauses compliant." in house.page("/sop", "en")


def test_each_clause_says_what_to_do(house: Installation) -> None:
    house.tick()
    counted = [one for one in versions.current(house.clock.now).clauses if one.counted]
    assert len(counted) == 30
    for clause in counted:
        pages = {language: house.page(f"/sop/{clause.id}", language) for language in LANGUAGES}
        for control in clause.active:
            steps = control.comes_from
            assert steps, control.id
            assert steps.id != steps.en, control.id
            for language in LANGUAGES:
                told = steps.words(language)
                assert len(told.split()) > 3, control.id
                assert told in pages[language], control.id
