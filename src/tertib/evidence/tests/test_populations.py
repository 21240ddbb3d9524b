"""The SOP's `where:` turned into memberships, over time and over versions."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertib.evidence import ledger, populations, subjects
from tertib.evidence.models import Attributes, Definition, Membership, Subject
from tertib.evidence.rules import Filters, Since, holding, intervals, latest, matches

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
DAY = timedelta(days=1)
IN_USE = {"class": "hardware", "type": "laptop", "status": "in_use"}
V1: Filters = {
    "hardware": ("asset", {"class": ("hardware",), "status": ("in_use", "in_stock")}),
    "computers": ("asset", {"type": ("desktop", "laptop"), "status": ("in_use",)}),
    "users": ("person", {"status": ("active",)}),
}
V2: Filters = {
    "hardware": ("asset", {"class": ("hardware",), "status": ("in_use",)}),
    "laptops": ("asset", {"type": ("laptop",)}),
}


@pytest.fixture
def laptop(db: None) -> Subject:
    populations.define("v1", NOON, V1)
    return subjects.introduce("asset", label="LPT-7", now=NOON)


def members(subject: Subject, day: int) -> set[str]:
    found = Membership.objects.at(NOON + day * DAY).filter(subject=subject)
    return set(found.values_list("population", flat=True))


def test_a_subject_is_in_what_its_attributes_select(laptop: Subject) -> None:
    populations.describe(laptop, IN_USE, at=NOON)
    populations.describe(laptop, {**IN_USE, "status": "in_stock"}, at=NOON + 2 * DAY)
    populations.describe(laptop, {**IN_USE, "status": "retired"}, at=NOON + 4 * DAY)
    assert [members(laptop, day) for day in (-1, 0, 2, 4)] == [
        set(),
        {"hardware", "computers"},
        {"hardware"},
        set(),
    ]


def test_described_alike_again_nothing_is_written(laptop: Subject) -> None:
    populations.describe(laptop, IN_USE, at=NOON)
    rows = Membership.objects.count()
    populations.describe(laptop, IN_USE, at=NOON + DAY)
    assert (Membership.objects.count(), Attributes.objects.count()) == (rows, 1)


def test_what_is_learnt_late_corrects_the_memberships(laptop: Subject) -> None:
    populations.describe(laptop, IN_USE, at=NOON)
    populations.describe(laptop, {**IN_USE, "status": "retired"}, at=NOON + 9 * DAY)
    populations.describe(laptop, {**IN_USE, "status": "in_repair"}, at=NOON + 3 * DAY)
    assert [members(laptop, day) for day in (2, 3, 9)] == [{"hardware", "computers"}, set(), set()]


def test_a_new_version_changes_memberships_at_its_beginning_never_before(laptop: Subject) -> None:
    populations.describe(laptop, {**IN_USE, "status": "in_stock"}, at=NOON)
    populations.define("v2", NOON + 5 * DAY, V2)
    assert [members(laptop, day) for day in (4, 5)] == [{"hardware"}, {"laptops"}]
    populations.define("v2", NOON + 8 * DAY, V2)  # approved later than thought
    assert [members(laptop, day) for day in (4, 7, 8)] == [{"hardware"}, {"hardware"}, {"laptops"}]
    populations.define("v2", NOON + 8 * DAY, V2)
    assert Definition.objects.count() == 3


def test_a_version_that_selects_alike_goes_on_with_the_same_membership(laptop: Subject) -> None:
    populations.describe(laptop, IN_USE, at=NOON)
    rows = Membership.objects.count()
    populations.define("v2", NOON + 5 * DAY, V1)
    assert Membership.objects.count() == rows


def test_only_subjects_of_our_own_are_evaluated(laptop: Subject) -> None:
    theirs = subjects.introduce("asset", label="X", source="scanner", now=NOON)
    with pytest.raises(ValueError, match="not of"):
        populations.describe(theirs, IN_USE, at=NOON)
    ledger.record_membership("hardware", theirs, began_at=NOON, source="scanner")
    populations.define("v2", NOON + DAY, V2)
    assert members(theirs, 2) == {"hardware"}


def test_roles_are_left_alone(laptop: Subject) -> None:
    ani = subjects.introduce("person", label="Ani", now=NOON)
    ledger.record_membership("role:helpdesk", ani, began_at=NOON)
    populations.describe(ani, {"status": "active"}, at=NOON)
    assert members(ani, 0) == {"role:helpdesk", "users"}


def test_an_attribute_that_no_population_may_select_on_is_a_bug(laptop: Subject) -> None:
    with pytest.raises(ValueError, match="colour"):
        populations.describe(laptop, {"colour": "red"}, at=NOON)


def test_of_a_list_one_word_is_enough() -> None:
    assert matches({"team": ("it",)}, {"team": ["hr", "it"]})
    assert not matches({"team": ("it",)}, {})


VALUES = st.fixed_dictionaries({"status": st.sampled_from(["in_use", "in_stock", "retired"])})
DAYS = st.integers(0, 20).map(lambda day: NOON + day * DAY)


@given(
    st.lists(st.tuples(DAYS, VALUES), min_size=1),
    st.lists(st.tuples(DAYS, st.sampled_from([V1, V2])), min_size=1),
)
def test_intervals_say_what_asking_each_instant_says(
    described: list[tuple[datetime, dict[str, object]]], defined: list[tuple[datetime, Filters]]
) -> None:
    told: list[Since[dict[str, object]]] = latest(
        (at, {**IN_USE, **values}) for at, values in described
    )
    laws = latest(defined)
    found = intervals("asset", told, laws)
    for day in range(22):
        at = NOON + day * DAY
        for name in ("hardware", "computers", "laptops"):
            inside = any(
                began <= at and (not end or at < end) for began, end in found.get(name, [])
            )
            where = holding(laws, at).get(name)
            asked = at >= told[0].at and where and matches(where[1], holding(told, at))
            assert inside == bool(asked)
