"""Every worked example, told to the real ledger line by line and judged after each line."""

import json
from pathlib import Path
from typing import Any

import pytest

from tertib.compliance import board, writing
from tertib.compliance.explain import explain
from tertib.compliance.tests.stored import Company, instant, law

pytestmark = pytest.mark.django_db
CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_comes_out_when_judged_line_by_line(
    path: Path, clock: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(writing, "PAUSE", 0)
    case = json.loads(path.read_text())
    company = Company(monkeypatch, clock, law(case.get("setup")))
    lines = case["lines"]
    if not any(line.get("member") == "organisation" for line in lines):
        org = {"kind": "org", "key": "org"}
        began = {"member": "organisation", "subject": org, "from": "2026-01-01T00:00:00+07:00"}
        lines = [began, *lines]
    company.tell_all(lines)
    clock.now = max(clock.now, instant("2027-06-01T00:00:00+07:00"))
    company.judge()
    for check in case["checks"]:
        as_of = instant(check["as_of"])
        if "known_at" in check:
            told = explain(
                case["control"], as_of=as_of, known_at=instant(check["known_at"]), now=clock.now
            )
        else:
            stood = board.at(as_of, now=clock.now).controls[case["control"]]
            told = {
                "state": stood.state,
                "numerator": stood.numerator,
                "denominator": stood.denominator,
                "counts": stood.counts,
            }
            slow = explain(case["control"], as_of=as_of, now=clock.now)
            assert told == {name: slow[name] for name in told}
            told["share"] = slow["share"]
        for name in ("state", "numerator", "denominator", "counts", "share"):
            if name in check:
                assert told[name] == check[name], (name, check)
