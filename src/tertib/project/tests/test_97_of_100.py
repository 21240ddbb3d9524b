"""100 assets told by another system: 97 seen within six months, 2 longer ago, 1 never."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from conftest import Clock
from tertib.people.actions import issue_token
from tertib.project.tests import installation
from tertib.project.tests.installation import Installation

pytestmark = pytest.mark.django_db
JAKARTA = ZoneInfo("Asia/Jakarta")
ASSETS = [f"PC-{number:03}" for number in range(1, 101)]
LONG_AGO, NEVER = ASSETS[97:99], ASSETS[99]
FAR = datetime(2999, 1, 1, tzinfo=UTC)
EXPLAIN = "/api/v1/controls/inv.hw.fresh/explain"


@pytest.fixture
def house(clock: Clock, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Installation:
    """It is September. All were bought in January and 99 seen then; 97 of these in August."""
    made = installation.begin(clock, tmp_path, capsys)
    begun = clock.now.isoformat()
    made.bring(
        "register.ndjson",
        [{"member": "hardware", "subject": asset(tag), "from": begun} for tag in ASSETS]
        + seen(ASSETS[:99], clock),
    )
    clock.now = datetime(2026, 8, 17, 9, tzinfo=JAKARTA)
    made.bring("register.ndjson", seen(ASSETS[:97], clock))
    clock.now = datetime(2026, 9, 1, 10, tzinfo=JAKARTA)
    made.judge()
    made.tick()
    return made


def asset(tag: str) -> dict[str, str]:
    return {"kind": "asset", "key": tag}


def seen(tags: Sequence[str], clock: Clock) -> list[dict[str, Any]]:
    return [
        {
            "fact": "inventory.observed",
            "id": f"{tag} {clock.now:%Y-%m-%d}",
            "subject": asset(tag),
            "at": clock.now.isoformat(),
            "body": {"source_kind": "scan", "os_supported": True},
        }
        for tag in tags
    ]


def figures(told: dict[str, Any]) -> tuple[int, int, dict[str, int]]:
    counts = {state: number for state, number in told["counts"].items() if number}
    return told["numerator"], told["denominator"], counts


def by_state(told: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for subject in told["subjects"]:
        found.setdefault(subject["state"], []).append(subject["alias"])
    return {state: sorted(tags) for state, tags in found.items()}


def test_explain_counts_and_names_them_for_people_and_for_machines(
    house: Installation, client: Client
) -> None:
    told = house.explain("inv.hw.fresh")
    assert figures(told) == (97, 100, {"compliant": 97, "lapsed": 2, "no_data": 1})
    assert by_state(told) == {"compliant": ASSETS[:97], "lapsed": LONG_AGO, "no_data": [NEVER]}
    assert told["raw"] == [97, 100]
    assert {line["alias"] for line in told["work_lines"]} >= {*LONG_AGO}
    secret = issue_token(
        name="reader",
        scope="compliance.read",
        expires_at=FAR,
        by=None,
        now=house.clock.now,
    )
    answer = client.get(EXPLAIN, headers={"Authorization": f"Bearer {secret}"}).json()
    assert figures(answer) == figures(told)
    assert by_state(answer) == by_state(told)


def test_the_pages_count_and_name_them(house: Installation) -> None:
    assert "97/100 perangkat terlihat dalam 6 bulan" in house.page("/sop")
    why = house.page("/sop/4.1.1b")
    assert "2 dari 100 perangkat keras tidak punya bukti baru lebih dari 6 bulan." in why
    assert "1 dari 100 perangkat keras belum punya bukti." in why
    assert "97/100 perangkat terlihat dalam 6 bulan" in why
    assert "97 bukti yang patuh" in why
    assert {tag for tag in ASSETS if tag in why.split()} == {*LONG_AGO, NEVER}
    for state, tags in (("lapsed", LONG_AGO), ("no_data", [NEVER])):
        rows = house.page(f"/sop/4.1.1b/inv.hw.fresh?keadaan={state}")
        assert [tag for tag in ASSETS if tag in rows.split()] == tags
    english = house.page("/sop/4.1.1b", "en")
    assert "2 of 100 hardware devices have had nothing new for longer than 6 months." in english

    row = {"member": "hardware", "subject": asset("PC-101"), "from": house.clock.now.isoformat()}
    house.bring("register.ndjson", [row])
    house.judge()
    assert "97/100" in house.page("/sop")  # who is new is not judged on the first day
    house.clock.move(days=2)
    assert "97/101" in house.page("/sop")


def test_a_report_days_late_changes_what_is_known_now_and_leaves_what_was_known_then(
    house: Installation,
) -> None:
    """Seen on the 25th of August, told on the 5th of September; asked about the 1st."""
    then = house.clock.now.isoformat()
    late = Clock(datetime(2026, 8, 25, 9, tzinfo=JAKARTA))
    house.clock.now = datetime(2026, 9, 5, 9, tzinfo=JAKARTA)
    house.bring("late.ndjson", seen(LONG_AGO[:1], late))
    house.judge()

    now_known = house.explain("inv.hw.fresh", "--as-of", then)
    assert figures(now_known) == (98, 100, {"compliant": 98, "lapsed": 1, "no_data": 1})
    then_known = house.explain("inv.hw.fresh", "--as-of", then, "--known-at", then)
    assert figures(then_known) == (97, 100, {"compliant": 97, "lapsed": 2, "no_data": 1})
    assert by_state(then_known)["lapsed"] == LONG_AGO

    page = house.page("/sop/4.1.1b?pada=2026-09-01T10:00")
    assert "98/100" in page
    assert LONG_AGO[0] not in page.split()
    page = house.page("/sop/4.1.1b?pada=2026-09-01T10:00&diketahui=2026-09-01T10:00")
    assert "97/100" in page
    assert {tag for tag in ASSETS if tag in page.split()} == {*LONG_AGO, NEVER}
