"""An empty folder, one command, an unmodified inventory agent, one imported record: a clause of the
SOP is met, and says by which records, now and a moment ago. Real processes and a real browser's
way in; the clock is the machine's own."""

import json
import signal
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

from tertib.agents.tests.test_fusioninventory_agent import run_agent
from tertib.cli.tests.browser import Browser
from tertib.cli.tests.conftest import Start
from tertib.cli.tests.house import House, until
from tertib.project.tests.installation import part

pytestmark = [
    pytest.mark.long,
    pytest.mark.once,
    pytest.mark.service("fusioninventory-agent"),
]
WITHIN_S = 60
CLAUSE, CONTROL = "4.1.1b", "inv.hw.fresh"
SECRET = "jalak bali di dahan waru"
SARI = {"email": "sari@contoh.test", "password": SECRET}


def on_the_sop_page(browser: Browser) -> str:
    """The state and the figure in the margin of the clause."""
    margin = part(browser.page("/sop"), "6 bulan sekali). ", " perangkat terlihat")
    return margin.partition("). ")[2]


def explained(house: House, control: str, *asked: str) -> Any:
    done = house.verb("explain", control, "--json", *asked)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def local(at: datetime) -> str:
    """An instant as the form of a page takes it: the minute in which it lies."""
    return f"{at.astimezone(ZoneInfo('Asia/Jakarta')):%Y-%m-%dT%H:%M}"


def test_one_command_an_agent_and_one_record_make_a_clause_met(
    start: Start, elsewhere: dict[str, str], tmp_path: Path
) -> None:
    house = start().wait()
    link, enrolment = house.told("become the administrator"), house.told("Inventory agents")
    browser = Browser(house)
    first = urlsplit(link).path
    there = browser.send(first, full_name="Sari Wulandari", again=SECRET, **SARI)
    assert there == "/sop"
    assert on_the_sop_page(browser) == "Belum ada bukti \N{EN DASH}"
    before = explained(house, CONTROL)
    assert (before["state"], before["numerator"], before["denominator"]) == ("no_data", 0, 0)

    # An unmodified agent is pointed at the address that was printed.
    said = run_agent(tmp_path / "agent", f"--server={enrolment}")
    assert "error" not in said.lower(), said
    reported = time.monotonic()
    until(lambda: on_the_sop_page(browser) == "Belum ada bukti 1/1", within=WITHIN_S)
    assert time.monotonic() - reported < WITHIN_S
    now = explained(house, CONTROL)
    assert (now["state"], now["numerator"], now["denominator"]) == ("compliant", 1, 1)
    [machine] = now["subjects"]
    assert machine["fact"]["kind"] == "inventory.observed"
    assert machine["fact"]["source"] == "tertib"
    silent = "Pemindaian jaringan tiap lokasi, Perangkat asing di jaringan, Lisensi perangkat lunak"
    assert f"3 dari 5 sumber belum pernah melapor: {silent}." in browser.page("/sop/4.1.1a")

    # The stock-take of the site is signed elsewhere and brought in.
    a_moment_ago = datetime.now(UTC)
    time.sleep(1)
    file = tmp_path / "stocktake.ndjson"
    counted = {
        "fact": "inventory.count_signed",
        "subject": {"kind": "site", "key": "Kantor pusat"},
        "at": datetime.now(UTC).isoformat(),
        "body": {"found": 1, "missing": 0},
        "id": "stocktake-1",
    }
    file.write_text(json.dumps(counted) + "\n")
    imported = house.verb("facts", "import", str(file))
    assert imported.returncode == 0, imported
    until(lambda: on_the_sop_page(browser) == "Patuh 1/1", within=WITHIN_S)
    assert "1 dari 30 klausul patuh." in browser.page("/sop")
    [site] = explained(house, "inv.count")["subjects"]
    assert site["fact"]["source"] == file.name
    for control, row in ((CONTROL, machine), ("inv.count", site)):
        records = browser.page(f"/sop/{CLAUSE}/{control}")
        assert f"Catatan {row['fact']['seq']} {row['fact']['kind']}" in records

    # A moment ago it stood as it did then.
    then = f"/sop/{CLAUSE}?pada={local(a_moment_ago)}"
    assert "Inventaris diperbarui tiap 6 bulan Belum ada bukti 4.1.1b" in browser.page(then)
    assert "Inventaris diperbarui tiap 6 bulan Patuh 4.1.1b" in browser.page(f"/sop/{CLAUSE}")
    was = explained(house, "inv.count", "--as-of", a_moment_ago.isoformat())
    assert (was["state"], was["numerator"]) == ("no_data", 0)
    equal = house.verb("recompute")
    assert equal.returncode == 0, equal
    assert equal.stdout.startswith("Equal: ")

    # Backed up, and restored into an empty folder, it is the same company.
    file = tmp_path / "company.backup"
    assert house.verb("keep", "backup", "--to", str(file)).returncode == 0
    as_of = datetime.now(UTC)
    pages = ["/sop", f"/sop/{CLAUSE}?pada={local(as_of)}", then, f"/sop/{CLAUSE}/{CONTROL}"]
    shown = [browser.page(path) for path in pages]
    asked = ("--as-of", as_of.isoformat(), "--known-at", as_of.isoformat())
    told = explained(house, CONTROL, *asked)
    house.process.send_signal(signal.SIGINT)
    assert house.process.wait(timeout=30) == 0
    assert house.said.rstrip().endswith("Stopped.")
    other = replace(house, folder=tmp_path / "elsewhere")
    other.environ = {**house.environ, **elsewhere, "TERTIB_DATA": str(other.folder)}
    restored = other.verb("keep", "restore", str(file))
    assert restored.returncode == 0, restored
    browser = Browser(start("elsewhere", on=elsewhere).wait())
    assert browser.send("/masuk", **SARI) == "/"
    assert [browser.page(path) for path in pages] == shown
    assert explained(other, CONTROL, *asked) == told
