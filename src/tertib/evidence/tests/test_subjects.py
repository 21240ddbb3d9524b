"""Names over time: who a key meant at an instant."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from tertib.evidence import ledger, subjects
from tertib.evidence.models import Alias, Membership, Subject
from tertib.lib.errors import Refused

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def find(key: str, at: datetime = NOON, kind: str = "asset") -> Subject | None:
    return subjects.find(kind, key, at=at)


def test_a_key_is_found_by_its_name_however_it_is_written() -> None:
    laptop = subjects.introduce("asset", label="Laptop Ani", aliases=["LPT-7"], now=NOON)
    assert find("lpt-7 ") == find("  LAPTOP  ani") == find(str(laptop.pk)) == laptop
    assert find("LPT-8") is find(str(uuid4())) is find("LPT-7", kind="device") is None


def test_a_name_that_nobody_bore_before_is_its_own_from_ever_on() -> None:
    site = subjects.introduce("site", label="Jakarta", now=NOON)
    assert find("Jakarta", NOON - 300 * DAY, "site") == site


def test_a_name_that_was_another_s_is_its_own_from_now_on() -> None:
    old = subjects.introduce("asset", label="SRV-1", now=NOON)
    subjects.end_alias(old, "SRV-1", now=NOON + DAY)
    new = subjects.introduce("asset", label="SRV-1", now=NOON + 2 * DAY)
    found = [find("SRV-1", NOON + n * DAY) for n in range(4)]
    assert found == [old, None, new, new]


def test_two_of_a_name_are_refused() -> None:
    for _n in range(2):
        subjects.introduce("asset", label="Printer", now=NOON)
    with pytest.raises(Refused):
        find("Printer")


def test_a_renamed_one_is_known_by_the_old_name_in_the_past_only() -> None:
    laptop = subjects.introduce("asset", label="LPT-7", now=NOON)
    assert subjects.rename(laptop, "LPT-70", now=NOON + DAY)
    assert not subjects.rename(laptop, "LPT-70", now=NOON + DAY)
    assert find("LPT-7", NOON) == find("LPT-70", NOON + DAY) == laptop
    assert find("LPT-7", NOON + DAY) is None
    assert Subject.objects.get(pk=laptop.pk).label == "LPT-70"


def test_a_merged_one_is_found_as_its_survivor() -> None:
    a, b, c = (subjects.introduce("asset", label=name, now=NOON) for name in "abc")
    ledger.merge(a, b, actor=None)
    ledger.merge(b, c, actor=None)
    assert find("a") == find(str(b.pk)) == find("c") == c


def test_an_unknown_key_is_introduced_by_its_source() -> None:
    new = subjects.resolve("asset", "NB-1", at=NOON, source="scanner")
    assert (new.owner, new.label) == ("scanner", "NB-1")
    assert subjects.resolve("asset", "nb-1", at=NOON - DAY, source="other") == new


@pytest.mark.parametrize(
    ("kind", "key"), [("asset", "  "), ("asset", str(UUID(int=7))), ("org", "PT Lain")]
)
def test_a_key_that_names_nothing_is_refused(kind: str, key: str) -> None:
    with pytest.raises(Refused):
        subjects.resolve(kind, key, at=NOON, source="scanner")


def test_there_is_one_organisation_a_member_since_the_first_start() -> None:
    with ledger.clock(lambda: NOON):
        first = subjects.organisation()
    assert subjects.organisation() == first == find("org", NOON - DAY, "org")
    member = Membership.objects.get(population="organisation")
    assert (member.subject_id, member.began_at) == (subjects.ORGANISATION, NOON)


def test_the_uuid_of_a_person_is_introduced_once() -> None:
    uuid = uuid4()
    first = subjects.introduce("person", label="Ani", uuid=uuid, now=NOON)
    assert subjects.introduce("person", label="Ani", uuid=uuid, now=NOON) == first
    assert Alias.objects.count() == 1


def test_forgotten_names_are_gone_everywhere() -> None:
    ani = subjects.introduce("person", label="Ani Lestari", aliases=["ani@example.com"], now=NOON)
    assert subjects.known([ani.pk])[ani.pk].alias == "ani@example.com"
    subjects.forget(ani)
    known = subjects.known([ani.pk])[ani.pk]
    assert (known.label, known.alias, Alias.objects.count()) == ("", "", 0)
