"""A machine reports, falls silent and reports again, month by month, as the pages tell it."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from conftest import Clock
from tertib.agents.tests.machines import FULL
from tertib.project.tests import installation
from tertib.project.tests.installation import Installation, part

pytestmark = pytest.mark.django_db
JAKARTA = ZoneInfo("Asia/Jakarta")
# What came on the 5th of January is good until the end of the 5th of July, and due soon the last
# 30 days of that. A stock-take of the second half of the year is asked for by its end.
DUE_SOON = datetime(2026, 6, 6, tzinfo=JAKARTA)
LAPSED = datetime(2026, 7, 6, tzinfo=JAKARTA)
COUNT_LAPSED = datetime(2027, 1, 1, tzinfo=JAKARTA)
SECOND = timedelta(seconds=1)


@pytest.fixture
def house(clock: Clock, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Installation:
    return installation.begin(clock, tmp_path, capsys)


@pytest.fixture
def counted(house: Installation) -> Installation:
    """A machine has reported, and the stock-take of the head office is signed."""
    report(house)
    count_stock(house)
    return house


def report(house: Installation) -> None:
    house.report(FULL)
    house.judge()


def count_stock(house: Installation) -> None:
    tell(house, "inventory.count_signed", "site", "Kantor pusat", found=1, missing=0)


def tell(house: Installation, kind: str, of: str, key: str, **body: object) -> None:
    at = body.pop("at", house.clock.now.isoformat())
    about = {"kind": of, "key": key}
    row = {"fact": kind, "id": f"{kind} {at}", "subject": about, "at": at, "body": body}
    house.bring("brought.ndjson", [row])
    house.judge()


def become(house: Installation, at: datetime) -> None:
    house.clock.now = at.astimezone(UTC)


def on_the_sop_page(house: Installation) -> str:
    """The state and the figure in the margin of 4.1.1b."""
    return part(house.page("/sop"), "6 bulan sekali). ", " perangkat terlihat").partition("). ")[2]


def state(house: Installation, moment: str = "") -> str:
    told = re.search(
        r"Inventaris diperbarui tiap 6 bulan ([\w ]+) 4\.1\.1b Lakukan",
        house.page(f"/sop/4.1.1b{moment}"),
    )
    assert told
    return told[1]


def since(house: Installation, *asked: str) -> datetime:
    [subject] = house.explain("inv.hw.fresh", *asked)["subjects"]
    return datetime.fromisoformat(subject["since"])


def test_a_report_and_a_stock_take_make_the_clause_met(house: Installation) -> None:
    assert on_the_sop_page(house) == "Belum ada bukti \N{EN DASH}"
    report(house)
    assert on_the_sop_page(house) == "Belum ada bukti 1/1"  # of the stock-take there is none yet
    page = house.page("/sop/4.1.1b")
    assert "1 dari 2 sumber belum pernah melapor: Stok opname tiap lokasi." in page
    told = house.explain("inv.hw.fresh")
    assert (told["state"], told["numerator"], told["denominator"]) == ("compliant", 1, 1)
    assert told["subjects"][0]["fact"]["kind"] == "inventory.observed"
    count_stock(house)
    assert on_the_sop_page(house) == "Patuh 1/1"
    assert "1 dari 30 klausul patuh." in house.page("/sop")


def test_the_clause_above_names_which_of_its_five_sources_are_silent(counted: Installation) -> None:
    silent = "Pemindaian jaringan tiap lokasi, Perangkat asing di jaringan, Lisensi perangkat lunak"
    assert f"3 dari 5 sumber belum pernah melapor: {silent}." in counted.page("/sop/4.1.1a")
    assert "3 of 5 sources have never spoken" in counted.page("/sop/4.1.1a", "en")
    tell(counted, "network.scan_done", "site", "Kantor pusat", ranges=1, hosts=9)
    still = "Perangkat asing di jaringan, Lisensi perangkat lunak"
    assert f"2 dari 5 sumber belum pernah melapor: {still}." in counted.page("/sop/4.1.1a")


def test_it_falls_due_and_lapses_at_the_very_instant_however_late_that_is_found(
    counted: Installation,
) -> None:
    for at, shown in (
        (DUE_SOON - SECOND, "Patuh 1/1"),
        (DUE_SOON, "Mendekati tenggat 1/1"),
        (LAPSED - SECOND, "Mendekati tenggat 1/1"),
        (LAPSED, "Tidak patuh 0/1"),
    ):
        become(counted, at)  # nothing ticks: what is overdue shows on the page by itself
        assert on_the_sop_page(counted) == shown, at
        assert state(counted) == shown.rpartition(" ")[0], at
    become(counted, LAPSED + timedelta(days=3, hours=9))
    assert since(counted) == LAPSED
    counted.tick()
    assert since(counted) == LAPSED
    assert "AST-1 Tidak patuh Sen 6 Jul 00.00" in counted.page("/sop/4.1.1b")


def test_a_new_report_heals_it_until_the_stock_take_of_the_half_year_is_missing(
    counted: Installation,
) -> None:
    become(counted, LAPSED + timedelta(days=14))
    counted.tick()
    assert state(counted) == "Tidak patuh"
    report(counted)
    assert (state(counted), on_the_sop_page(counted)) == ("Patuh", "Patuh 1/1")
    assert since(counted) == counted.clock.now
    become(counted, COUNT_LAPSED - SECOND)
    report(counted)
    assert state(counted) == "Mendekati tenggat"
    become(counted, COUNT_LAPSED)
    assert state(counted) == "Tidak patuh"
    missed = "Satu-satunya lokasi melewatkan periode terakhir (6 bulan)."
    assert missed in counted.page("/sop/4.1.1b")


def test_why_shows_the_very_records_at_any_moment_of_the_past(counted: Installation) -> None:
    [first] = counted.explain("inv.hw.fresh")["subjects"]
    become(counted, LAPSED + timedelta(days=14))
    report(counted)
    [second] = counted.explain("inv.hw.fresh")["subjects"]
    become(counted, LAPSED + timedelta(days=60))
    counted.tick()
    for moment, shown, fact in (
        ("2026-03-01T10:00", "Patuh", first["fact"]),
        ("2026-06-05T23:59", "Patuh", first["fact"]),
        ("2026-06-06T00:00", "Mendekati tenggat", first["fact"]),
        ("2026-07-06T00:00", "Tidak patuh", first["fact"]),
        ("2026-07-20T00:00", "Patuh", second["fact"]),
    ):
        asked = f"?pada={moment}"
        assert state(counted, asked) == shown, moment
        records = counted.page(f"/sop/4.1.1b{asked}")
        assert f"Catatan {fact['seq']} inventory.observed" in records, moment
    assert first["fact"]["seq"] != second["fact"]["seq"]


def test_late_evidence_leaves_as_it_was_what_was_known_then(counted: Installation) -> None:
    become(counted, LAPSED + timedelta(days=2))
    counted.tick()
    seen = datetime(2026, 7, 1, 9, tzinfo=JAKARTA)
    told = {"source_kind": "stocktake", "os_supported": True}
    tell(counted, "inventory.observed", "asset", "AST-1", at=seen.isoformat(), **told)
    become(counted, LAPSED + timedelta(days=30))
    asked = "?pada=2026-07-07T10:00"
    assert state(counted, asked) == "Patuh"
    assert state(counted, f"{asked}&diketahui=2026-07-07T10:00") == "Tidak patuh"
    page = counted.page(f"/sop/4.1.1b{asked}&diketahui=2026-07-07T10:00")
    assert "Keadaan pada 7 Jul 2026, 10.00 WIB , seperti diketahui pada 7 Jul 2026, 10.00" in page
    assert "Terjadi 5 Jan 2026, 09.00 WIB" in page
