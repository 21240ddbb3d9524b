"""The file that ships: read whole, with every default resolved."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from tertib.lib.durations import parse
from tertib.sop import reader
from tertib.sop.format import Condition, Deadline, Freshness, Pause, Schedule, Sop, Threshold

ROOM = Path(reader.__file__).parent
POPULATIONS_BY_KIND = ("net_links", "internet_links")  # the only other "kind: " of the file
TEXT, SOURCE = (ROOM / "sop-ti.yaml").read_text(), (ROOM / "source.txt").read_text()


@pytest.fixture(scope="module")
def sop() -> Sop:
    read = reader.read(TEXT, SOURCE)
    assert isinstance(read, Sop), "\n".join(map(str, read))
    return read


def test_it_has_thirty_working_clauses_each_with_an_active_control(sop: Sop) -> None:
    assert sum(clause.counted for clause in sop.clauses) == 30
    assert all(clause.active for clause in sop.clauses)
    assert len(sop.controls) == TEXT.count("kind: ") - len(POPULATIONS_BY_KIND)


def test_defaults_are_resolved(sop: Sop) -> None:
    fresh = sop.controls["inv.hw.fresh"]
    assert isinstance(fresh, Freshness)
    assert (fresh.within, fresh.warn, fresh.settle) == tuple(
        map(parse, ["6 months", "30 days", "1 days"])
    )
    assert (fresh.weight, fresh.target, fresh.alive_share) == (
        Fraction(3),
        Fraction(100),
        Fraction(80),
    )


@pytest.mark.parametrize(
    ("control", "warn"),
    [
        ("inv.scan", None),  # a day is less than four times fourteen days
        ("inv.sw.recorded", None),
        ("awr.reach", "14 days"),  # three months
        ("inv.count", "14 days"),
        ("mnt.monthly", None),
        ("trn.users", "30 days"),
    ],
)
def test_the_default_warn_needs_a_long_period(sop: Sop, control: str, warn: str | None) -> None:
    judged = sop.controls[control]
    assert isinstance(judged, Freshness | Schedule)
    assert judged.warn == (parse(warn) if warn else None)


def test_metrics_hold_as_the_vocabulary_says(sop: Sop) -> None:
    up, measured = sop.controls["net.up"], sop.controls["mon.measured"]
    assert isinstance(up, Threshold)
    assert isinstance(measured, Threshold)
    assert (up.hold, measured.hold) == (parse("5 minutes"), parse("10 minutes"))
    assert sop.controls["obj.avail"].settle == parse("2 days")  # type: ignore[attr-defined]


def test_conditions_are_paths_operators_and_operands(sop: Sop) -> None:
    assert sop.controls["acc.leveled"].require == (  # type: ignore[attr-defined]
        Condition(("level", "in_catalogue"), "eq", True),
        Condition(("owner_active",), "eq", True),
    )
    assert sop.controls["bak.apart"].require == (  # type: ignore[attr-defined]
        Condition(("newest_copy_elsewhere_at",), "newer_than", parse("2 days")),
        Condition(("copy_host",), "differs_from", ("primary_host",)),
        Condition(("copy_site",), "differs_from", ("primary_site",)),
    )
    resolved = sop.controls["desk.resolved"]
    assert isinstance(resolved, Deadline)
    assert resolved.pause == Pause("ticket.waiting", "ticket.resumed")


def test_numbers_are_exact(sop: Sop) -> None:
    assert sop.controls["obj.avail"].share == Fraction(199, 2)  # type: ignore[attr-defined]


def test_a_setup_stands_in_for_the_files_own_calendar() -> None:
    read = reader.read(
        TEXT,
        SOURCE,
        setup={
            "holidays": ["2026-11-20"],
            "special_days": {"2026-11-22": ["09:00-10:00"]},
            "special_periods": [
                {
                    "name": "Ramadan",
                    "from": "2026-11-10",
                    "until": "2026-12-09",
                    "hours": {"mon": ["08:00-12:00", "12:30-15:00"]},
                }
            ],
        },
    )
    assert isinstance(read, Sop)
    assert not read.calendar.windows(date(2026, 11, 20))
    assert len(read.calendar.windows(date(2026, 11, 22))) == 1
    assert len(read.calendar.windows(date(2026, 11, 16))) == 2


def test_holidays_are_resolved_for_three_years() -> None:
    asked: list[tuple[str, list[int], bool]] = []

    def holidays(country: str, years: range, *, collective_leave: bool) -> list[date]:
        asked.append((country, list(years), collective_leave))
        return [date(2026, 12, 25)]

    read = reader.read(TEXT, SOURCE, holidays=holidays)  # type: ignore[arg-type]
    assert isinstance(read, Sop)
    assert asked == [("ID", [2026, 2027, 2028], True)]
    assert read.calendar.holidays == {date(2026, 12, 25)}


def test_the_file_written_by_another_program_reads_the_same(sop: Sop) -> None:
    """Block style, other quotes, long lines folded: YAML all the same."""
    again = reader.read(
        yaml.safe_dump(yaml.safe_load(TEXT), allow_unicode=True, sort_keys=False), SOURCE
    )
    assert isinstance(again, Sop), "\n".join(map(str, again))
    assert again.controls == sop.controls
    assert again.calendar == sop.calendar
