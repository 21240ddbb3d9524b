"""Every worked example comes out, from scratch and line by line in the order of arrival."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from tertib.compliance.score import Score
from tertib.compliance.tests.world import FAR_LATER, World, cases, instant, recorded_at

CASES = cases()


def said(score: Score, check: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the check asks about."""
    of = {
        "state": score.state,
        "numerator": score.numerator,
        "denominator": score.denominator,
        "counts": dict(score.counts),
        "share": list(score.share) if score.share else None,
        "raw": [score.raw.numerator, score.raw.denominator],
        "adjusted": [score.adjusted.numerator, score.adjusted.denominator],
        "alive": score.alive,
    }
    return {name: of[name] for name in check if name in of}


def expected(check: Mapping[str, Any]) -> dict[str, Any]:
    known = ("as_of", "known_at", "control", "clauses", "headline")
    return {name: value for name, value in check.items() if name not in known}


def known_at(check: Mapping[str, Any]) -> datetime:
    return instant(check["known_at"]) if "known_at" in check else FAR_LATER


@pytest.mark.parametrize("name", CASES)
def test_a_case_comes_out_from_scratch(name: str) -> None:
    case = CASES[name]
    world = World.of_case(case)
    for check in case["checks"]:
        t, k = instant(check["as_of"]), known_at(check)
        control = check.get("control", case["control"])
        assert said(world.score(control, t, k), check) == expected(check), check
        if "clauses" in check or "headline" in check:
            whole = world.whole(t, k)
            clauses = {id: whole.clauses[id].state for id in check.get("clauses", {})}
            assert clauses == check.get("clauses", {})
            assert list(whole.headline) == check.get("headline", list(whole.headline))


@pytest.mark.parametrize("name", CASES)
def test_a_case_comes_out_line_by_line(name: str) -> None:
    case = CASES[name]
    lines = sorted(case["lines"], key=recorded_at)
    checks = sorted(case["checks"], key=known_at)
    world = World.of_case({**case, "lines": []})
    for check in checks:
        while lines and recorded_at(lines[0]) <= known_at(check):
            world.tell(lines.pop(0))
        control = check.get("control", case["control"])
        score = world.score(control, instant(check["as_of"]))
        assert said(score, check) == expected(check), check
