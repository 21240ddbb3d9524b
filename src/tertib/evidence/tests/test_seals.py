"""What was sealed stays as it was, or is named."""

import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from tertib.cli.main import main
from tertib.evidence import append_only, exporting, ledger, seals, subjects, tasks, verify_ledger
from tertib.evidence.models import Fact, Seal, SealEntry, Subject
from tertib.evidence.verify_ledger import consistent, merkle_root
from tertib.evidence.vocabulary import kind

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
DAY = timedelta(days=1)
OBSERVED = kind("inventory.observed")


@pytest.fixture
def asset() -> Subject:
    return subjects.introduce("asset", label="Planted laptop", now=NOON)


@pytest.fixture
def story(asset: Subject) -> None:
    """Two seals that hold every kind of row; after them a fact that is not sealed yet."""
    other = subjects.introduce("asset", label="b", now=NOON)
    with ledger.clock(lambda: NOON):
        facts = [observe(asset, day) for day in range(5)]
        ledger.retract(facts[0], actor=None)
        ledger.record_membership("hardware", asset, began_at=NOON)
        seals.seal(NOON + DAY, pause=nothing)
        ledger.merge(other, asset, actor=None)
        ledger.waive("inv.hw.fresh", asset, began_at=NOON, ended_at=NOON + DAY, actor=None)
        observe(asset, 6)
        seals.seal(NOON + 2 * DAY, pause=nothing)
        observe(asset, 7)


def observe(asset: Subject, day: int) -> Fact:
    return ledger.record(
        OBSERVED, asset, occurred_at=NOON - day * DAY, body={"source_kind": "agent"}
    )


def nothing() -> None:
    """No pause."""


def tamper(statement: str, *values: Any) -> None:
    """Change what nobody may change: as somebody would who owns the file."""
    with connection.cursor() as cursor:
        for table in append_only.TABLES:
            for name in append_only.SQL[connection.vendor]:
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name.format(table=table)}{on}")
        cursor.execute(statement, values)
        assert cursor.rowcount > 0


def test_nothing_is_sealed_twice_and_nothing_is_left_behind(story: None) -> None:
    assert list(Seal.objects.values_list("number", "entries")) == [(1, 7), (2, 3)]
    assert seals.seal(NOON + 3 * DAY) == 1
    assert seals.seal(NOON + 3 * DAY) == 0
    assert Seal.objects.count() == 3
    assert SealEntry.objects.count() == 11
    assert seals.horizon() == Seal.objects.get(number=3).horizon


def test_a_whole_ledger_verifies(story: None) -> None:
    verified = seals.verify()
    assert (verified.seals, verified.entries, verified.facts) == (2, 10, 6)
    assert verified.faults == ()


def test_large_batches_become_several_seals(
    asset: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seals, "AT_ONCE", 3)
    with ledger.clock(lambda: NOON):
        for day in range(8):
            observe(asset, day)
    assert seals.seal(NOON + DAY, pause=nothing) == 8
    assert list(Seal.objects.values_list("entries", flat=True)) == [3, 3, 2]
    assert seals.verify().faults == ()


def test_a_clock_that_was_put_back_is_noticed(
    asset: Subject, caplog: pytest.LogCaptureFixture
) -> None:
    for hours in (0, -1):
        at = NOON + timedelta(hours=hours)
        with ledger.clock(lambda at=at: at):  # type: ignore[misc]
            observe(asset, hours + 9)
        seals.seal(at + timedelta(minutes=1), pause=nothing)
    assert [record.message for record in caplog.records] == ["clock_went_back"]
    assert seals.verify().faults == ()


def test_a_gap_in_seq_is_no_loss(asset: Subject) -> None:
    observe(asset, 1)
    with transaction.atomic():
        observe(asset, 2)
        transaction.set_rollback(True)
    observe(asset, 3)
    seals.seal(ledger.now() + DAY, pause=nothing)
    assert seals.verify().faults == ()


FACT = "UPDATE evidence_fact SET {} WHERE seq = (SELECT MIN(seq) FROM evidence_fact)"
CHANGED = {
    "kind": "kind = 'asset.recorded'",
    "subject": "subject_id = (SELECT uuid FROM evidence_subject WHERE label = 'b')",
    "occurred_at": "occurred_at = '2026-01-01 12:00:00+00:00'",
    "recorded_at": "recorded_at = '2026-01-01 12:00:00+00:00'",
    "outcome": "outcome = 'failed'",
    "body": """body = '{"source_kind": "scan"}'""",
    "actor": "actor = subject_id",
    "source": "source = 'else'",
    "source_id": "source_id = 'else'",
    "digest": "digest = SUBSTR(digest, 2) || 'f'",
}


@pytest.mark.parametrize("column", CHANGED)
def test_a_fact_whose_column_was_altered_is_named(story: None, column: str) -> None:
    first = Fact.objects.order_by("seq")[0].seq
    tamper(FACT.format(CHANGED[column]))
    fault = seals.verify().faults[0]
    assert f"fact {first}" in fault


OTHERS = {
    "retraction": "UPDATE evidence_retraction SET actor = %s",
    "membership": "UPDATE evidence_membership SET actor = %s",
    "waiver": "UPDATE evidence_waiver SET actor = %s",
    "merge": "UPDATE evidence_merge SET actor = %s",
}


@pytest.mark.parametrize("table", OTHERS)
def test_a_row_of_another_table_that_was_altered_is_named(story: None, table: str) -> None:
    uuid = subjects.ORGANISATION
    tamper(OTHERS[table], uuid.hex if connection.vendor == "sqlite" else uuid)
    [fault] = seals.verify().faults
    assert fault.startswith(f"{table} ")


SEALS = {
    "number": "number = 17",
    "root": "root = SUBSTR(root, 2) || 'f'",
    "previous": "previous = SUBSTR(previous, 2) || 'f'",
    "entries": "entries = entries + 1",
    "horizon": "horizon = '2026-02-01 12:00:00+00:00'",
    "sealed_at": "sealed_at = '2026-02-01 12:00:00+00:00'",
    "digest": "digest = SUBSTR(digest, 2) || 'f'",
}


@pytest.mark.parametrize("column", [name for name in SEALS if name != "number"])
def test_an_altered_seal_is_named(story: None, column: str) -> None:
    tamper(f"UPDATE evidence_seal SET {SEALS[column]} WHERE number = 1")  # noqa: S608
    assert "1" in seals.verify().faults[0]


def test_a_missing_seal_is_named(story: None) -> None:
    tamper("UPDATE evidence_sealentry SET place = place + 100 WHERE seal_id = 1")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM evidence_sealentry WHERE seal_id = 1")
        cursor.execute("DELETE FROM evidence_seal WHERE number = 1")
    assert "1" in seals.verify().faults[0]


ENTRIES = {
    "reordered": "UPDATE evidence_sealentry SET place = 100 - place WHERE seal_id = 1",
    "left out": "DELETE FROM evidence_sealentry WHERE seal_id = 1 AND place = 6",
    "renumbered": "UPDATE evidence_sealentry SET seq = seq + 90 WHERE seal_id = 1",
    "another digest": "UPDATE evidence_sealentry SET digest = SUBSTR(digest, 2) || 'f'",
}


@pytest.mark.parametrize("how", ENTRIES)
def test_a_list_of_rows_that_was_altered_is_named(story: None, how: str) -> None:
    tamper(ENTRIES[how])
    assert seals.verify().faults


def test_two_facts_that_changed_places_are_named(story: None) -> None:
    first, second = Fact.objects.order_by("seq").values_list("seq", flat=True)[1:3]
    swap = "UPDATE evidence_fact SET seq = %s WHERE seq = %s"
    tamper(swap, 9999, first)
    tamper(swap, first, second)
    tamper(swap, second, 9999)
    one, other = seals.verify().faults
    assert f"fact {first} " in one
    assert f"fact {second} " in other


def test_a_missing_fact_is_named(story: None) -> None:
    seq = Fact.objects.order_by("seq")[2].seq
    tamper("DELETE FROM evidence_fact WHERE seq = %s", seq)
    [fault] = seals.verify().faults
    assert fault.startswith(f"fact {seq} ")


def test_a_fact_slipped_in_behind_the_seals_is_named(story: None) -> None:
    seqs = list(Fact.objects.order_by("seq").values_list("seq", flat=True))
    tamper("UPDATE evidence_fact SET seq = %s WHERE seq = %s", -5, seqs[-1])
    [fault] = seals.verify().faults
    assert fault.startswith("fact -5 ")


def test_a_fact_altered_before_it_was_sealed_is_named(story: None) -> None:
    seq = Fact.objects.order_by("seq").last().seq  # type: ignore[union-attr]
    tamper("UPDATE evidence_fact SET outcome = 'failed' WHERE seq = %s", seq)
    [fault] = seals.verify().faults
    assert fault.startswith(f"fact {seq} ")


def test_erased_names_break_no_seal(story: None, asset: Subject) -> None:
    subjects.forget(asset)
    assert seals.verify().faults == ()


# --- Export and the verifier ----------------------------------------------------------------------


def lines(path: Path) -> list[dict[str, Any]]:
    content = path.read_bytes()
    text = gzip.decompress(content) if path.suffix == ".gz" else content
    return [json.loads(line) for line in text.splitlines()]


def run_verifier(folder: Path, *names: str) -> tuple[int, str]:
    """Run the file that was written beside the export, by a Python that knows nothing of us."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", folder / "verify_ledger.py", *names],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["ledger.jsonl", "ledger.jsonl.gz"])
def test_an_export_is_checked_with_nothing_but_python(
    story: None, tmp_path: Path, name: str
) -> None:
    assert exporting.export(tmp_path / name, now=NOON) == (2, 10)
    assert sorted(file.name for file in tmp_path.iterdir()) == [name, "verify_ledger.py"]
    code, told = run_verifier(tmp_path, name)
    assert code == 0
    assert "2 seals, 10 rows" in told
    assert "Planted" not in str(lines(tmp_path / name))


def spoil(path: Path, change: Callable[[list[dict[str, Any]]], object]) -> None:
    content = lines(path)
    change(content)
    path.write_text("".join(json.dumps(line) + "\n" for line in content))


SPOILT: dict[str, Callable[[list[dict[str, Any]]], object]] = {
    "was altered": lambda found: found[2]["row"].update(outcome="failed"),
    "Seal 1 was altered": lambda found: found[1]["seal"].update(sealed_at="x"),
    "is missing": lambda found: found[2].update(row=None),
    "reordered": lambda found: found.insert(2, found.pop(3)),
    "a row is missing": lambda found: found.pop(2),
    "does not go on": lambda found: found[9]["seal"].update(previous="0" * 64),
    "Seal 1 is missing": lambda found: [found.pop(1) for _n in range(8)],
    "cut off": lambda found: found.pop(),
    "does not agree": lambda found: found[-1]["end"].update(entries=1),
    "no export": lambda found: found.pop(0),
    "after the end": lambda found: found.append({}),
}


@pytest.mark.parametrize("words", SPOILT)
def test_the_verifier_says_what_was_done_to_an_export(
    story: None, tmp_path: Path, words: str
) -> None:
    path = tmp_path / "ledger.jsonl"
    exporting.export(path, now=NOON)
    spoil(path, SPOILT[words])
    code, told = run_verifier(tmp_path, path.name)
    assert code == 1
    assert words in told


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x1f\x8bno",
        b"[]\n",
        b"{",
        b"\xff\n",
        b"[" * 10**6,
        b'{"tertib_ledger": 1}\n{"x": 1}\n',
    ],
)
def test_the_verifier_does_not_stumble_over_what_is_no_export(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_bytes(content)
    assert verify_ledger.main([str(path)]) in (1, 2)


def test_two_exports_are_consistent_or_part_at_a_seal(
    story: None, asset: Subject, tmp_path: Path
) -> None:
    exporting.export(tmp_path / "old.jsonl", now=NOON)
    seals.seal(NOON + 9 * DAY, pause=nothing)
    exporting.export(tmp_path / "new.jsonl", now=NOON)
    code, told = run_verifier(tmp_path, "old.jsonl", "new.jsonl")
    assert (code, "consistent" in told) == (0, True)
    old = verify_ledger.verify(verify_ledger.read(tmp_path / "old.jsonl")).seals
    assert consistent(old, [old[0], "another", "third"]) == (
        "They part at seal 2: the past was rewritten."
    )


def test_the_commands_verify_and_export(
    story: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ledger", "verify"]) == 0
    assert main(["ledger", "export", str(tmp_path / "all.jsonl.gz")]) == 0
    assert run_verifier(tmp_path, "all.jsonl.gz")[0] == 0
    assert main(["ledger", "export", str(tmp_path / "no" / "all.jsonl")]) == 1
    seq = Fact.objects.order_by("seq")[2].seq
    tamper("DELETE FROM evidence_fact WHERE seq = %s", seq)
    capsys.readouterr()
    assert main(["ledger", "verify"]) == 1
    assert f"fact {seq}" in capsys.readouterr().out


def test_the_tree_is_that_of_rfc_6962() -> None:
    def root(leaves: list[bytes]) -> bytes:
        """Section 2.1, as it is written there."""
        if len(leaves) == 1:
            return leaves[0]
        k = 1
        while k * 2 < len(leaves):
            k *= 2
        return sha256(b"\1" + root(leaves[:k]) + root(leaves[k:])).digest()

    for count in range(1, 40):
        leaves = [sha256(bytes([n])).digest() for n in range(count)]
        assert merkle_root(leaves) == root(leaves).hex()


# --- The task -------------------------------------------------------------------------------------


def told() -> list[dict[str, int]]:
    rows = Fact.objects.filter(kind="audit.chain_verified_ok").order_by("seq")
    return list(rows.values_list("body", flat=True))


def test_each_hour_the_ledger_is_verified_and_that_is_recorded(asset: Subject) -> None:
    clock = NOON
    with ledger.clock(lambda: clock):
        observe(asset, 1)
        tasks.seal_and_verify.call()
        tasks.seal_and_verify.call()
        assert [body["facts"] for body in told()] == [1]
        clock = NOON + timedelta(hours=1)
        tasks.seal_and_verify.call()
        clock = NOON + DAY
        tasks.seal_and_verify.call()
    assert len(told()) == 3
    assert told()[-1]["seals"] == Seal.objects.count()


def test_of_an_altered_ledger_nothing_is_recorded(story: None) -> None:
    tamper(FACT.format("outcome = 'failed'"))
    assert not tasks.verify_when_due(NOON)
    assert told() == []
