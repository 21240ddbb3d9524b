"""Facts, retractions, memberships, waivers and merges: recorded once, dated by the ledger."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertib.evidence import ledger, subjects
from tertib.evidence.ledger import Told
from tertib.evidence.models import Fact, Inbox, Membership, Merge, Retraction, Subject
from tertib.evidence.verify_ledger import canonical
from tertib.evidence.vocabulary import FILE, claim, claimed, kind
from tertib.lib.errors import Refused

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
DAY = timedelta(days=1)
BACKUP = kind("backup.run_ok")
UP = kind("net.probe.up")


@pytest.fixture
def dataset() -> Subject:
    return subjects.introduce("dataset", label="Payroll", now=NOON)


def link() -> Subject:
    return subjects.introduce("link", label="Uplink", now=NOON)


def test_the_vocabulary_names_closed_subjects_one_or_several() -> None:
    kinds = [kind(name) for name in FILE["kinds"]]
    assert frozenset().union(*(one.about for one in kinds)) <= set(FILE["subjects"])
    assert kind("access.review_signed").about == {"system", "dataset"}
    assert kind("person.joined").keys == frozenset()
    assert all(one.people <= one.keys for one in kinds)
    assert [one.name for one in kinds if one.hold] == [
        "net.probe.up",
        "net.probe.loss_pct",
        "service.up",
        "sop.measured_share",
    ]


def test_every_attest_control_has_a_kind_of_its_own_about_the_organisation() -> None:
    attest = kind("attest.gov.read")
    assert (sorted(attest.about), sorted(attest.keys), attest.by) == (["org"], [], "governance")
    with pytest.raises(KeyError):
        kind("attest.")


def test_a_kind_is_claimed_by_whoever_records_it() -> None:
    assert claim("audit.chain_verified_ok") is kind("audit.chain_verified_ok")
    assert "audit.chain_verified_ok" in claimed()


def test_recorded_at_is_the_ledger_s_clock_whatever_happened_when(dataset: Subject) -> None:
    with ledger.clock(lambda: NOON):
        fact = ledger.record(BACKUP, dataset, occurred_at=NOON - DAY, body={"for": "2026-01-04"})
    kept = Fact.objects.get(pk=fact.pk)
    assert (kept.occurred_at, kept.recorded_at) == (NOON - DAY, NOON)
    assert (kept.body, kept.digest) == ({"for": "2026-01-04"}, fact.digest)


def test_a_fact_takes_two_statements_and_is_found_in_the_inbox(
    dataset: Subject, django_assert_num_queries: Callable[[int], object]
) -> None:
    with django_assert_num_queries(2):  # type: ignore[attr-defined]
        fact = ledger.record(BACKUP, dataset, occurred_at=NOON)
    row = Inbox.objects.get(entry=Inbox.Entry.FACT)
    assert (row.seq, row.name) == (fact.pk, "backup.run_ok")
    assert (row.subject, row.since) == (dataset.pk, NOON)


@pytest.mark.parametrize(
    ("name", "body", "outcome"),
    [
        ("backup.run_ok", {"host": "nas"}, "ok"),
        ("ticket.opened", {}, "ok"),
        ("backup.run_ok", {"bytes": float("nan")}, "ok"),
        ("backup.run_ok", {"bytes": NOON}, "ok"),
        ("backup.run_ok", {"level": "\ud800"}, "ok"),
    ],
)
def test_what_the_vocabulary_or_json_does_not_know_is_a_bug(
    dataset: Subject, name: str, body: dict[str, object], outcome: str
) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        ledger.record(kind(name), dataset, occurred_at=NOON, body=body, outcome=outcome)
    assert not Fact.objects.exists()


def test_a_record_is_open_or_closed() -> None:
    channel = subjects.introduce("channel", label="Portal", now=NOON)
    published = kind("helpdesk.channel_published")
    with pytest.raises(ValueError, match="open or closed"):
        ledger.record(published, channel, occurred_at=NOON)
    ledger.record(published, channel, occurred_at=NOON, outcome="open")


def test_told_twice_is_told_once_and_never_otherwise(dataset: Subject) -> None:
    def tell(level: str) -> Fact:
        body = {"level": level, "bytes": 10.0}
        return ledger.record(
            BACKUP, dataset, occurred_at=NOON, body=body, source="nas", source_id="7"
        )

    assert tell("daily") == tell("daily")
    with pytest.raises(Refused):
        tell("weekly")
    assert Fact.objects.get().body["level"] == "daily"
    assert Inbox.objects.filter(entry="fact").count() == 1


def test_of_many_the_refused_do_not_keep_out_the_others(dataset: Subject) -> None:
    def told(level: str, id_: str | None) -> Told:
        return Told(
            kind=BACKUP,
            subject=dataset,
            occurred_at=NOON,
            body={"level": level},
            source="nas",
            source_id=id_,
        )

    outcomes = ledger.record_many(
        [told("daily", "1"), told("daily", "1"), told("weekly", "1"), told("daily", None)]
    )
    assert [isinstance(outcome, Fact) for outcome in outcomes] == [True, True, False, True]
    assert outcomes[0] == outcomes[1]
    assert Fact.objects.count() == Inbox.objects.filter(entry="fact").count() == 2


@pytest.mark.parametrize("until", ["2026-01-05T12:05:01+00:00", "2026-01-05T12:00:00", "noon", 7])
def test_a_run_that_ends_too_far_ahead_is_refused(until: object) -> None:
    with ledger.clock(lambda: NOON), pytest.raises(Refused):
        ledger.record(UP, link(), occurred_at=NOON, body={"value": 1, "until": until})


def test_a_run_may_end_five_minutes_ahead() -> None:
    with ledger.clock(lambda: NOON):
        body = {"value": 1, "until": "2026-01-05T19:05:00+07:00"}
        assert ledger.record(UP, link(), occurred_at=NOON, body=body).pk


def test_a_fact_is_taken_back_once_and_only_by_its_source(dataset: Subject) -> None:
    fact = ledger.record(BACKUP, dataset, occurred_at=NOON, source="nas")
    with pytest.raises(Refused):
        ledger.retract(fact, actor=None)
    first = ledger.retract(fact, actor=None, source="nas")
    assert ledger.retract(fact, actor=None, source="nas") == first
    assert Retraction.objects.count() == 1
    assert Inbox.objects.get(entry="retraction").name == "backup.run_ok"


def test_of_a_membership_the_last_record_counts(dataset: Subject) -> None:
    def members(t: datetime) -> int:
        return Membership.objects.at(t).filter(population="datasets").count()

    for clock, ended_at in [(NOON + DAY, NOON + DAY), (NOON, None)]:  # loaded in another order
        with ledger.clock(lambda clock=clock: clock):  # type: ignore[misc]
            ledger.record_membership("datasets", dataset, began_at=NOON, ended_at=ended_at)
    assert [members(NOON + n * DAY / 2) for n in range(-1, 3)] == [0, 1, 1, 0]


def test_a_membership_that_is_known_already_is_not_recorded_again(dataset: Subject) -> None:
    first = ledger.record_membership("datasets", dataset, began_at=NOON)
    assert ledger.record_membership("datasets", dataset, began_at=NOON) == first
    ledger.record_membership("datasets", dataset, began_at=NOON, ended_at=NOON + DAY)
    assert Membership.objects.count() == 2
    since = Inbox.objects.filter(entry="membership").order_by("pk").values_list("since", flat=True)
    assert list(since) == [NOON, NOON + DAY]


def test_a_waiver_is_recorded_for_one_or_for_all(dataset: Subject) -> None:
    for subject in (dataset, None):
        ledger.waive("bak.daily", subject, began_at=NOON, ended_at=NOON + DAY, actor=None)
    rows = Inbox.objects.filter(entry="waiver").values_list("name", "subject")
    assert list(rows) == [("bak.daily", dataset.pk), ("bak.daily", None)]


def test_merges_follow_one_another_and_never_run_in_a_circle() -> None:
    a, b, c = (subjects.introduce("asset", label=name, now=NOON) for name in "abc")
    ledger.merge(a, b, actor=None)
    ledger.merge(b, c, actor=None)
    assert ledger.root(a) == c
    assert ledger.merge(a, c, actor=None).survivor == b  # known already
    for absorbed, survivor in [(c, a), (a, a), (a, subjects.organisation())]:
        with pytest.raises(Refused):
            ledger.merge(absorbed, survivor, actor=None)
    assert Merge.objects.count() == 2


def test_a_merge_ends_the_memberships_of_the_absorbed() -> None:
    a, b = (subjects.introduce("asset", label=name, now=NOON) for name in "ab")
    ledger.record_membership("hardware", a, began_at=NOON)
    with ledger.clock(lambda: NOON + DAY):
        ledger.merge(a, b, actor=None)
    assert [m.ended_at for m in Membership.objects.order_by("seq")] == [None, NOON + DAY]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=20,
)


@given(JSON)
def test_canonical_json_is_read_back_and_written_alike(value: object) -> None:
    text = canonical(value)
    assert canonical(json.loads(text)) == text
    assert json.loads(text) == value


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), st.integers(), min_size=2))
def test_canonical_json_does_not_depend_on_the_order_of_names(value: dict[str, int]) -> None:
    assert canonical(dict(reversed(value.items()))) == canonical(value)


def test_canonical_json_writes_equal_numbers_alike() -> None:
    assert canonical([1.0, 1, -0.0, 1e22]) == b"[1,1,0,10000000000000000000000]"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1: 2}, b"x", "\udc00", object()])
def test_canonical_json_refuses_what_is_none(value: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        canonical(value)


def test_canonical_json_refuses_what_is_too_deep() -> None:
    value: object = 1
    for _level in range(100):
        value = [value]
    with pytest.raises(ValueError, match="deeply"):
        canonical(value)
