"""What other systems bring: each row stands alone, and a refused one is told why."""

import json
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils.translation import override

from tertib.evidence import intake, ledger, populations, reading, rows, subjects
from tertib.evidence.models import (
    Alias,
    Fact,
    Inbox,
    Membership,
    Merge,
    Retraction,
    Subject,
    Waiver,
)
from tertib.lib.errors import Refused

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FACT: dict[str, Any] = {
    "fact": "inventory.observed",
    "subject": {"kind": "asset", "key": "LPT-7"},
    "at": "2026-01-05T19:04:59+07:00",  # the machine is five minutes ahead
    "body": {"source_kind": "agent"},
    "id": "1",
}
MEMBER: dict[str, Any] = {
    "member": "hardware",
    "subject": {"kind": "asset", "key": "LPT-7"},
    "from": "2025-01-01T00:00:00+07:00",
}


@pytest.fixture(autouse=True)
def sop() -> None:
    populations.define("v1", NOON, {"hardware": ("asset", {"class": ("hardware",)})})


def take(
    *brought: object, source: str = "scanner", kinds: Iterable[str] | None = None
) -> intake.Report:
    with ledger.clock(lambda: NOON):
        scope = None if kinds is None else frozenset(kinds)
        return intake.take(brought, source=source, kinds=scope)


def why(row: object, **scope: Any) -> str:
    """Return why the row is refused, having seen that nothing of it is kept."""
    report = take(row, **scope)
    assert report.kept == 0
    assert not Fact.objects.exists()
    assert not Subject.objects.filter(owner="scanner").exists()
    return report.refused[0]


def test_a_fact_and_a_membership_are_kept_of_a_subject_that_the_source_introduced() -> None:
    assert take(MEMBER, FACT).kept == 2
    fact, member = Fact.objects.get(), Membership.objects.get(population="hardware")
    assert (fact.source, fact.source_id, fact.recorded_at) == ("scanner", "1", NOON)
    assert fact.subject == member.subject
    assert (fact.subject.owner, fact.subject.label) == ("scanner", "LPT-7")


def test_good_rows_are_kept_and_every_other_is_told_why() -> None:
    report = take(FACT, "row", {**FACT, "id": "2"}, {**FACT, "id": "1", "outcome": "failed"})
    assert report.kept == 2
    assert list(report.refused) == [1, 3]


def test_the_same_row_again_is_silently_the_same() -> None:
    without_id = {name: value for name, value in FACT.items() if name != "id"}
    for _n in range(2):
        assert take(FACT, without_id, MEMBER).kept == 3
    assert Fact.objects.count() == 2
    assert Membership.objects.filter(population="hardware").count() == 1


def test_a_membership_said_again_with_an_end_is_corrected() -> None:
    take(MEMBER, {**MEMBER, "until": "2025-06-01T00:00:00+07:00"})
    [span] = reading.spans(["hardware"])
    assert span.ended_at == datetime(2025, 5, 31, 17, tzinfo=UTC)


def test_a_source_takes_its_own_fact_back_even_from_the_row_above() -> None:
    assert take(FACT, {"retract": "1"}, {"retract": "1"}).kept == 3
    assert Retraction.objects.get().fact.source_id == "1"


def test_a_key_of_one_of_our_subjects_is_found_by_everybody() -> None:
    site = subjects.introduce("site", label="Kantor pusat", now=NOON)
    counted = {
        "fact": "inventory.count_signed",
        "subject": {"kind": "site", "key": "kantor pusat"},
        "at": "2026-01-04T09:00:00+07:00",
        "body": {"found": 97, "missing": 3},
    }
    assert take(counted).kept == 1
    assert Fact.objects.get().subject == site


def test_people_in_a_row_are_kept_by_uuid() -> None:
    ani = subjects.introduce("person", label="Ani", aliases=["ani@example.com"], now=NOON)
    released = {
        "fact": "change.released",
        "subject": {"kind": "change", "key": "CHG-1"},
        "at": "2026-01-04T09:00:00+07:00",
        "body": {"artifact": "sha", "author": "ani@example.com", "accepters": ["Ani"]},
        "actor": "ani@example.com",
    }
    assert take(released).kept == 1
    fact = Fact.objects.get()
    assert fact.actor == ani.pk
    assert (fact.body["author"], fact.body["accepters"]) == (str(ani.pk), [str(ani.pk)])
    body = {**released["body"], "author": "Budi"}  # type: ignore[dict-item]
    assert "Budi" in take({**released, "id": "2", "body": body}).refused[0]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"fact": "inventory.seen"}, "inventory.seen"),
        ({"fact": "attest.gov.read", "subject": {"kind": "org", "key": "org"}}, "attests"),
        (
            {"fact": "audit.chain_verified_ok", "subject": {"kind": "org", "key": "org"}},
            "Tertib",
        ),
        ({"subject": {"kind": "person", "key": "Ani"}}, "asset"),
        ({"subject": {"kind": "planet", "key": "Mars"}}, "planet"),
        ({"subject": {"kind": "asset"}}, "key"),
        ({"subject": {"kind": "asset", "key": " "}}, "key"),
        ({"subject": "LPT-7"}, "key"),
        ({"at": "2026-01-05T19:05:01+07:00"}, "five minutes"),
        ({"at": "2026-01-05T11:00:00"}, "offset"),
        ({"at": "yesterday"}, "offset"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "before the year 1900"),
        ({"at": "1900-01-01T06:59:59+07:00"}, "before the year 1900"),
        ({"at": None}, "offset"),
        ({"body": {"host": "nas"}}, "host"),
        ({"body": ["agent"]}, "body"),
        ({"outcome": "open"}, "failed"),
        ({"outcome": ["ok"]}, "failed"),
        ({"actor": "Nobody"}, "Nobody"),
        ({"id": "x" * 101}, "100"),
        ({"id": 7}, "id"),
        ({"source": "tertib"}, "source"),
        ({"recorded_at": "2026-01-05T11:00:00+07:00"}, "recorded_at"),
        ({"colour": "red"}, "colour"),
        ({"role": "admin"}, "Tertib"),
    ],
)
def test_a_fact_that_does_not_fit_is_refused(change: dict[str, object], reason: str) -> None:
    with override("en"):
        assert reason in why({**FACT, **change})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"member": "spaceships"}, "spaceships"),
        ({"member": "role:admin"}, "role:admin"),
        ({"member": "organisation"}, "organisation"),
        ({"subject": {"kind": "person", "key": "Ani"}}, "asset"),
        ({"from": "2025-01-01"}, "offset"),
        ({"from": "1899-12-31T23:59:59Z"}, "“from” lies before the year 1900"),
        ({"until": "1066-10-14T09:00:00Z"}, "“until” lies before the year 1900"),
        ({"until": "2200-01-01T00:00:00Z"}, "after the year 2199"),
        ({"until": "2024-01-01T00:00:00+07:00"}, "before"),
        ({"at": "2025-01-01T00:00:00+07:00"}, "at"),
    ],
)
def test_a_membership_that_does_not_fit_is_refused(change: dict[str, object], reason: str) -> None:
    with override("en"):
        assert reason in why({**MEMBER, **change})


def test_what_is_as_old_as_the_calendar_reaches_is_kept_and_known_by_its_key() -> None:
    old = {**FACT, "at": "1900-01-01T00:00:00Z", "id": "old"}
    member = {**MEMBER, "from": "1900-01-01T00:00:00Z", "until": "1969-12-31T00:00:00Z"}
    for _again in range(2):
        assert take(FACT, old, member).refused == {}
    assert Fact.objects.count() == 2
    assert Subject.objects.filter(kind="asset").count() == 1


def test_nobody_says_of_another_s_subject_what_it_is_member_of() -> None:
    subjects.introduce("asset", label="LPT-7", now=NOON)
    why(MEMBER)


@pytest.mark.parametrize(
    "row", [{"retract": "unknown"}, {"waiver": "inv.hw.fresh"}, {"role": "admin"}, {}, [], None, 1]
)
def test_what_is_no_row_of_ours_is_refused(row: object) -> None:
    why(row)


def test_nobody_takes_back_what_another_source_told() -> None:
    take(FACT)
    assert take({"retract": "1"}, source="other").refused
    assert not Retraction.objects.exists()


def test_an_ambiguous_key_is_refused() -> None:
    for _n in range(2):
        subjects.introduce("asset", label="LPT-7", now=NOON)
    why(FACT)


def test_a_token_tells_only_its_kinds_and_only_of_what_they_are_about() -> None:
    why(FACT, kinds=["backup.run_ok"])
    why(MEMBER, kinds=["backup.run_ok"])
    assert take(FACT, MEMBER, kinds=["inventory.observed"]).kept == 2
    assert take({"retract": "1"}, kinds=["backup.run_ok"]).refused


def test_a_record_says_itself_whether_it_is_open() -> None:
    row = {
        "fact": "device.unregistered_on_network",
        "subject": {"kind": "device", "key": "aa:bb"},
        "at": "2026-01-05T11:00:00+07:00",
    }
    why(row)
    assert take({**row, "outcome": "open"}).kept == 1


@pytest.mark.parametrize(
    "body",
    [
        {"value": "1"},
        {"value": True},
        {},
        {"value": 1, "until": "2026-01-05T13:00:00+00:00"},
        {"value": 1, "until": "2026-01-05T10:00:00+00:00"},
        {"value": 1, "until": "soon"},
    ],
)
def test_a_run_that_cannot_be_read_is_refused(body: dict[str, object]) -> None:
    row = {
        "fact": "net.probe.up",
        "subject": {"kind": "link", "key": "uplink"},
        "at": "2026-01-05T11:00:00+00:00",
        "body": body,
    }
    why(row)


@pytest.mark.parametrize("day", ["2026-02-30", "05-01-2026", 20260105, "2026-01-05T00:00:00Z"])
def test_body_for_is_a_local_date(day: object) -> None:
    row = {
        "fact": "backup.run_ok",
        "subject": {"kind": "dataset", "key": "payroll"},
        "at": "2026-01-05T11:00:00+00:00",
        "body": {"for": day},
    }
    why(row)


def test_tertib_is_no_source_of_others() -> None:
    for source in ("tertib", "", "x" * 101):
        with pytest.raises(Refused):
            intake.take([FACT], source=source)


DEEP = b'{"fact": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
BODY = json.dumps(FACT).encode()
HOSTILE = {
    "deep": DEEP,
    "deep in the body": BODY.replace(b'"agent"', b"[" * 20 + b"]" * 20),
    "a name of a megabyte": BODY.replace(b'"source_kind"', b'"' + b"k" * 2**20 + b'"'),
    "a value of a megabyte": BODY.replace(b'"agent"', b'"' + b"v" * 2**20 + b'"'),
    "a key of a megabyte": BODY.replace(b"LPT-7", b"L" * 2**20),
    "a huge number": BODY.replace(b'"agent"', b"9" * 100_000),
    "an endless fraction": BODY.replace(b'"agent"', b"1e999"),
    "no number": BODY.replace(b'"agent"', b"NaN"),
    "a name twice": BODY.replace(b'"id"', b'"at"'),
    "a zero byte": BODY.replace(b"agent", b"a\\u0000b"),
    "half a sign": BODY.replace(b"agent", b"a\\ud800b"),
    "no UTF-8": BODY.replace(b"agent", b"a\xffb"),
    "cut off": BODY[:-5],
    "many values": BODY.replace(b'"agent"', b"[" + b"1," * 20_000 + b"1]"),
    "many names": BODY.replace(
        b'"source_kind": "agent"', b",".join(b'"k%d": 1' % n for n in range(5_000))
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_row_is_refused_quickly_with_a_short_reason(name: str) -> None:
    begin = time.perf_counter()
    assert len(why(rows.parse(HOSTILE[name]))) < 300
    why(rows.parse_line(HOSTILE[name]))
    assert time.perf_counter() - begin < 2


def test_no_planted_name_reaches_the_ledger() -> None:
    """Keys become labels and aliases, which can be erased; rows of the ledger hold uuids only."""
    ani = subjects.introduce("person", label="Planted Ani", now=NOON)
    passed = {
        "fact": "training.passed",
        "subject": {"kind": "person", "key": "Planted Budi"},
        "at": "2026-01-04T09:00:00+07:00",
        "actor": "Planted Ani",
    }
    member = {**MEMBER, "subject": {"kind": "asset", "key": "Planted laptop"}}
    assert take(passed, member).kept == 2
    ledger.merge(Subject.objects.get(label="Planted Budi"), ani, actor=ani.pk)
    ledger.waive("trn.basics", ani, began_at=NOON, ended_at=NOON + DAY, actor=ani.pk)
    written = [
        list(model._default_manager.values())
        for model in (Fact, Membership, Retraction, Merge, Waiver, Inbox)
    ]
    assert "Planted" not in str(written)
    assert "Planted" in str(list(Alias.objects.values()))
