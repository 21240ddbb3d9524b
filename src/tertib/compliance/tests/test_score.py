"""From counts to controls, clauses and the headline."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, cast

import pytest

from tertib.compliance import score
from tertib.compliance.records import State
from tertib.compliance.score import ClauseScore, Tally
from tertib.compliance.tests import stream_laws
from tertib.lib.durations import parse
from tertib.sop import format as sop

NOBODY = Tally({}, {})


def tally(**counts: int) -> Tally:
    found = cast(Mapping[State, int], counts)
    return Tally(found, found)


def freshness(**given: Any) -> sop.Freshness:
    return sop.Freshness(
        **stream_laws.common("f", population="p", settle=None, **given),
        evidence="seen",
        level=None,
        topics=(),
        within=parse("1 days"),
        warn=None,
    )


def absence(**given: Any) -> sop.Absence:
    return sop.Absence(
        **stream_laws.common("a", **given), record="record", tolerate=parse("1 days")
    )


@pytest.mark.parametrize(
    ("counts", "target", "state", "raw"),
    [
        ({"compliant": 3}, 100, "compliant", Fraction(1)),
        ({"compliant": 2, "due_soon": 1}, 100, "due_soon", Fraction(1)),
        ({"compliant": 19, "lapsed": 1}, 95, "compliant", Fraction(19, 20)),
        ({"compliant": 18, "due_soon": 1, "no_data": 1}, 95, "due_soon", Fraction(19, 20)),
        ({"compliant": 94, "lapsed": 1, "no_data": 5}, 95, "lapsed", Fraction(94, 100)),
        ({"compliant": 1, "no_data": 1, "waived": 1}, 100, "no_data", Fraction(1, 3)),
        ({"compliant": 1, "waived": 1}, 100, "waived", Fraction(1, 2)),
        ({"pending": 4}, 100, "no_data", Fraction(0)),
        ({"compliant": 2, "pending": 4}, 100, "compliant", Fraction(1)),
        ({}, 100, "no_data", Fraction(0)),
    ],
)
def test_a_control_is_reached_or_as_bad_as_its_worst(
    counts: dict[State, int], target: int, state: str, raw: Fraction
) -> None:
    found = score.control(freshness(target=target), Tally(counts, counts), alive=None)
    assert (found.state, found.raw) == (state, raw)
    assert found.counts == counts


@pytest.mark.parametrize(
    ("empty", "alive", "told", "state", "raw"),
    [
        ("no_data", None, True, "no_data", 0),
        ("no_data", True, True, "no_data", 0),
        ("vacuous_if_alive", True, True, "compliant", 1),
        ("vacuous_if_alive", False, True, "no_data", 0),
        ("vacuous_if_alive", True, False, "no_data", 0),
        ("vacuous_if_alive", None, True, "no_data", 0),
    ],
)
def test_nothing_to_judge_is_good_only_where_silence_means_something(
    empty: str, alive: bool | None, told: bool, state: str, raw: int
) -> None:
    found = score.control(freshness(empty=empty), NOBODY, alive=alive, told=told)
    assert (found.state, found.numerator, found.denominator) == (state, 0, 0)
    assert found.raw == found.adjusted == raw


def test_what_nobody_could_have_told_has_no_data() -> None:
    found = score.control(absence(alive="f"), NOBODY, alive=True, told=False)
    assert (found.state, found.numerator, found.denominator) == ("no_data", 1, 1)
    assert found.counts == {"compliant": 1}
    assert found.raw == 0
    assert found.alive is False


def test_what_is_lapsed_stays_so_with_its_sensors_dead_and_scores_nothing() -> None:
    found = score.control(absence(alive="f"), tally(lapsed=1, pending=3), alive=False)
    assert found.counts == {"lapsed": 1}
    assert found.state == "lapsed"
    assert found.raw == 0


@pytest.mark.parametrize(
    ("bare", "share", "holds"),
    [
        ({}, 80, False),
        ({"pending": 3}, 80, False),
        ({"compliant": 4, "lapsed": 1}, 80, True),
        ({"compliant": 3, "due_soon": 1, "no_data": 1, "pending": 9}, 80, True),
        ({"compliant": 79, "lapsed": 21}, 80, False),
        ({"lapsed": 1}, 0, True),
    ],
)
def test_enough_sensors_speak(bare: dict[State, int], share: int, holds: bool) -> None:
    waived = Tally({"waived": sum(bare.values())}, bare)
    assert score.speaks(freshness(), waived, Fraction(share)) == holds


def test_a_bad_value_speaks_where_values_are_reported() -> None:
    sensors = sop.Coverage(
        **stream_laws.common("c", population="p", settle=None),
        evidence=("posture",),
        require=(),
        max_age=parse("1 days"),
    )
    assert score.speaks(sensors, tally(lapsed=4, no_data=1), Fraction(80))
    assert not score.speaks(sensors, tally(lapsed=3, no_data=1), Fraction(80))


def clause(*controls: sop.Control) -> sop.Clause:
    words = stream_laws.text()
    return sop.Clause("c", words, words, "state", "boss", "boss", (), (), {}, controls)


def test_a_clause_weighs_its_active_controls() -> None:
    heavy, light = freshness(weight=3), absence()
    idle = sop.Absence(
        **{**stream_laws.common("idle"), "active": False}, record="r", tolerate=parse("1 days")
    )
    scores = {
        "f": score.control(heavy, tally(compliant=1, waived=1), alive=None),
        "a": score.control(light, NOBODY, alive=None),
    }
    found = score.clause(clause(heavy, light, idle), scores)
    assert found == ClauseScore("waived", Fraction(5, 8), Fraction(1))
    assert not found.met
    assert score.clause(clause(idle), {}) == ClauseScore("no_data", Fraction(0), Fraction(0))


@pytest.mark.parametrize(
    ("method", "raw", "adjusted"),
    [("worst", Fraction(1, 4), Fraction(1, 2)), ("mean", Fraction(5, 8), Fraction(3, 4))],
)
def test_a_rollup_reads_scores_and_states(method: Any, raw: Fraction, adjusted: Fraction) -> None:
    of = sop.Rollup(**stream_laws.common("r", target=1), of=("x", "y"), method=method)
    clauses = {
        "x": ClauseScore("due_soon", Fraction(1), Fraction(1)),
        "y": ClauseScore("lapsed", Fraction(1, 4), Fraction(1, 2)),
    }
    found = score.roll_up(of, clauses)
    assert (found.state, found.numerator, found.denominator) == ("lapsed", 1, 2)
    assert (found.raw, found.adjusted) == (raw, adjusted)
    assert not found.reached
