"""Several write at once: nothing is lost, nothing is there twice, nothing slips behind a seal."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction

from tertib.evidence import ledger, seals, subjects
from tertib.evidence.ledger import Told
from tertib.evidence.models import Fact, Inbox, Seal, SealEntry, Subject
from tertib.evidence.vocabulary import kind
from tertib.lib.errors import Refused

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
OBSERVED = kind("inventory.observed")


@pytest.fixture
def asset(own_database: object) -> Subject:
    return subjects.introduce("asset", label="LPT-7", now=NOON)


def at_once[T](*works: Callable[[], T]) -> list[T]:
    """Run each in a thread with a connection of its own."""

    def run(work: Callable[[], T]) -> T:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return [running.result() for running in [pool.submit(run, work) for work in works]]


def observe(asset: Subject, source: str, number: int, outcome: str = "ok") -> Fact | None:
    try:
        return ledger.record(
            OBSERVED,
            asset,
            occurred_at=NOON,
            outcome=outcome,
            source=source,
            source_id=str(number),
        )
    except Refused:
        return None


def test_what_many_tell_is_all_there_each_with_its_inbox_row(asset: Subject) -> None:
    def write(source: str) -> None:
        for number in range(25):
            observe(asset, source, number)

    at_once(*(lambda source=source: write(source) for source in "abcd"))
    assert Fact.objects.count() == Inbox.objects.filter(entry="fact").count() == 100


def test_of_two_that_tell_different_things_under_one_id_one_is_refused(asset: Subject) -> None:
    def write(outcome: str) -> list[bool]:
        return [observe(asset, "nas", number, outcome) is not None for number in range(20)]

    kept = at_once(lambda: write("ok"), lambda: write("failed"), lambda: write("ok"))
    assert Fact.objects.count() == 20
    assert [one != other for one, other in zip(kept[0], kept[1], strict=True)] == [True] * 20
    assert kept[0] == kept[2]


def test_recorded_at_follows_seq_on_sqlite(asset: Subject) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("on PostgreSQL known_at is final up to the horizon (decision 38)")
    works = [
        lambda source=source: [observe(asset, source, number) for number in range(20)]
        for source in "abc"
    ]
    at_once(*works)
    instants = list(Fact.objects.order_by("seq").values_list("recorded_at", flat=True))
    assert instants == sorted(instants)


def test_sealing_beside_writers_leaves_nothing_behind(asset: Subject) -> None:
    done = threading.Event()

    def write(source: str) -> None:
        for number in range(30):
            with transaction.atomic():
                observe(asset, source, number)
                if connection.vendor == "postgresql":
                    time.sleep(0.01)  # lower numbers commit after higher ones
            time.sleep(0.005)  # long enough for several seals beside them
        done.set()

    def keep_sealing() -> None:
        while not done.wait(0.02):
            seals.seal(ledger.now())

    at_once(*[lambda source=source: write(source) for source in "abc"], keep_sealing, keep_sealing)
    seals.seal(ledger.now() + timedelta(minutes=1))
    assert SealEntry.objects.filter(entry="fact").count() == Fact.objects.count() == 90
    assert Seal.objects.count() > 1
    assert seals.verify().faults == ()


def test_a_seal_waits_for_a_transaction_that_may_still_commit_a_lower_number(
    asset: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite there is one writer at a time")
    monkeypatch.setattr(seals, "PATIENCE", timedelta(seconds=0.2))
    wrote, go_on = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with transaction.atomic():
            observe(asset, "slow", 1)
            wrote.set()
            go_on.wait(10)

    def others() -> list[int]:
        wrote.wait(10)
        observe(asset, "quick", 1)  # a higher number, committed first
        held_back = seals.seal(ledger.now())
        go_on.set()
        return [held_back]

    at_once(write_slowly, others)
    assert others_sealed() == 0
    seals.seal(ledger.now())
    assert others_sealed() == 2
    assert seals.verify().faults == ()


def others_sealed() -> int:
    return SealEntry.objects.filter(entry="fact").count()


@pytest.mark.parametrize("at_a_time", [1, 100])
def test_facts_are_recorded_fast(
    asset: Subject, at_a_time: int, record_property: Callable[[str, Any], None]
) -> None:
    """A floor far below what is measured, so that only a mistake falls through it."""
    count = 500 if at_a_time == 1 else 5000
    told = Told(kind=OBSERVED, subject=asset, occurred_at=NOON, body={"source_kind": "agent"})
    begin = time.perf_counter()
    for _n in range(0, count, at_a_time):
        ledger.record_many([told] * at_a_time)
    per_second = count / (time.perf_counter() - begin)
    record_property("facts_per_second", round(per_second))
    print(f"{at_a_time} a transaction: {per_second:.0f} facts/s")  # noqa: T201
    assert per_second > (100 if at_a_time == 1 else 1000)


def test_the_same_unknown_key_brought_by_two_at_once_makes_one_subject(
    own_database: object,
) -> None:
    both = threading.Barrier(2)

    def bring(source: str) -> Subject:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                both.wait(timeout=10)  # on SQLite the second one cannot begin before the first ends
            return subjects.resolve("dataset", "payroll", at=NOON, source=source)

    one, other = at_once(lambda: bring("a"), lambda: bring("b"))
    assert one == other
    assert Subject.objects.filter(kind="dataset").count() == 1
