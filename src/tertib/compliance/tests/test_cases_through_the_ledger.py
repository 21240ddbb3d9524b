"""Every worked example, told to the real ledger line by line and judged after each line."""

import json
from pathlib import Path
from typing import Any

import pytest

from tertib.compliance import tally
from tertib.compliance.tests.stored import Company, instant, law

pytestmark = pytest.mark.django_db
CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_comes_out_when_judged_line_by_line(
    path: Path, clock: Any, monkeypatch: Any
) -> None:
    case = json.loads(path.read_text())
    company = Company(monkeypatch, clock, law(case.get("setup")))
    lines = case["lines"]
    if not any(line.get("member") == "organisation" for line in lines):
        org = {"kind": "org", "key": "org"}
        began = {"member": "organisation", "subject": org, "from": "2026-01-01T00:00:00+07:00"}
        lines = [began, *lines]
    company.tell_all(lines)
    clock.now = instant("2027-06-01T00:00:00+07:00")
    company.judge()
    for check in case["checks"]:
        if "known_at" in check:
            continue
        totals = tally.now([case["control"]])
        numbers = tally.at(totals, instant(check["as_of"])).get(case["control"], {})
        counts = {
            "compliant": numbers.get("compliant", 0),
            "due_soon": numbers.get("due_soon", 0),
            "lapsed": numbers.get("lapsed", 0),
            "no_data": numbers.get("no_data", 0),
            "waived": numbers.get("waived_lapsed", 0) + numbers.get("waived_no_data", 0),
            "pending": numbers.get("pending", 0),
        }
        found = {name: count for name, count in counts.items() if count}
        assert found == check["counts"], (path.stem, check)
