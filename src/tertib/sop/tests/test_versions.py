"""Versions: published, provisional, approved, in force."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from pytest_django import DjangoAssertNumQueries

from tertib.audit.models import Entry
from tertib.evidence import ledger, subjects
from tertib.evidence.models import Definition, Fact
from tertib.lib.errors import Refused
from tertib.sop import actions, versions
from tertib.sop.actions import SHIPPED, SOURCE, FaultyError
from tertib.sop.format import Sop
from tertib.sop.models import Version
from tertib.sop.reader import read

pytestmark = pytest.mark.django_db

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 12, 10, 20, tzinfo=JAKARTA)
TEXT = SHIPPED.read_text()


def person(name: str, *roles: str) -> UUID:
    """Introduce somebody who holds these roles."""
    subject = subjects.introduce("person", label=name, now=NOW)
    for role in roles:
        ledger.record_membership(f"role:{role}", subject, began_at=NOW - timedelta(days=1))
    return subject.uuid


def publish(
    name: str, effective_from: str, *changes: tuple[str, str], author: UUID | None = None
) -> Version:
    text = TEXT.replace("version: 1.0.0", f"version: {name}")
    text = text.replace("effective_from: 2026-01-01", f"effective_from: {effective_from}")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return actions.publish(text, SOURCE.read_text(), author=author, now=NOW)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JAKARTA)


STRICTER = ("within: 6 months, warn: 30 days, weight: 3", "within: 3 months, weight: 3")
NEW_HOURS = ('fri: ["08:00-17:00"]', 'fri: ["08:00-11:30", "13:00-17:00"]')


def test_the_shipped_file_judges_at_once_from_its_date_on() -> None:
    version = actions.publish_shipped(NOW)
    assert actions.publish_shipped(NOW) == version
    assert (version.name, version.author, version.is_first) == ("1.0.0", None, True)
    [turn] = versions.law()
    assert turn.since == at("2026-01-01")
    assert versions.current(at("2025-06-01")) is turn.sop  # before the first, the first
    assert turn.version == "1.0.0"
    definition = Definition.objects.get()
    assert (definition.version, definition.since) == ("1.0.0", turn.since)
    assert Entry.objects.get().action == "publish_sop"
    assert not Fact.objects.exists()  # no version is "in force" before somebody approves it


def test_holidays_are_frozen_with_collective_leave_for_three_years() -> None:
    version = actions.publish_shipped(NOW)
    days = set(map(date.fromisoformat, version.holidays))
    assert {date(2026, 8, 17), date(2026, 12, 24), date(2028, 12, 25)} <= days
    assert {day.year for day in days} == {2026, 2027, 2028}
    assert not versions.current(NOW).calendar.windows(date(2026, 12, 24))


def test_the_same_content_is_the_same_version_however_it_is_written() -> None:
    first = actions.publish_shipped(NOW)
    other_words = TEXT.replace("within: 2 hours", "within: 2 jam").replace("# ----", "# ====")
    again = actions.publish(other_words, SOURCE.read_text(), author=None, now=NOW)
    assert again == first
    assert Version.objects.count() == 1


def test_a_name_stands_for_one_content() -> None:
    actions.publish_shipped(NOW)
    with pytest.raises(Refused, match=r"1\.0\.0"):
        publish("1.0.0", "2026-12-01", STRICTER)


def test_a_file_with_faults_is_not_stored() -> None:
    with pytest.raises(FaultyError) as refused:
        publish("1", "2026-01-01", ("kind: freshness", "kind: freshnes"))
    assert "freshness" in str(refused.value)
    assert not Version.objects.exists()


def test_it_is_provisional_until_somebody_of_management_approves_it() -> None:
    version = actions.publish_shipped(NOW)
    assert versions.provisional(NOW) == "Belum ada pemegang peran Manajemen yang menyetujuinya."
    manager, technician = person("Dewi", "manajemen"), person("Bayu", "tim_ti")
    assert versions.provisional(NOW) == "Manajemen belum menyetujuinya."
    with pytest.raises(Refused):
        actions.approve(version, by=technician, now=NOW)
    assert actions.approve(version, by=manager, now=NOW)
    assert not actions.approve(version, by=manager, now=NOW)
    assert versions.provisional(NOW) is None
    fact = Fact.objects.get(kind="sop.version_in_force")
    assert (fact.subject_id, fact.outcome, fact.actor) == (version.uuid, "open", manager)


def test_the_author_cannot_approve_also_as_the_only_manager() -> None:
    author = person("Dewi", "manajemen", "kepala_ti")
    version = publish("1", "2026-01-01", author=author)
    with pytest.raises(Refused):
        actions.approve(version, by=author, now=NOW)
    assert "Hanya penulisnya" in (versions.provisional(NOW) or "")


def test_a_later_version_judges_from_its_date_once_it_is_approved() -> None:
    actions.publish_shipped(NOW)
    later = publish("2", "2026-12-01", STRICTER)
    assert len(versions.law()) == 1
    actions.approve(later, by=person("Dewi", "manajemen"), now=NOW)
    assert [turn.since for turn in versions.law()] == [at("2026-01-01"), at("2026-12-01")]
    assert versions.current(at("2026-11-30 23:59:59")).version == "1.0.0"
    assert versions.current(at("2026-12-01 00:00:00")).version == "2"
    assert versions.law()[1].version == "2"
    assert Definition.objects.get(version="2").since == at("2026-12-01")


def test_a_version_ends_in_the_ledger_when_the_next_one_takes_over() -> None:
    manager = person("Dewi", "manajemen")
    first = actions.publish_shipped(NOW)
    actions.approve(first, by=manager, now=NOW)
    later = publish("2", "2026-12-01", STRICTER)
    actions.approve(later, by=manager, now=NOW)
    begins = at("2026-12-01")
    assert actions.close_superseded(begins - timedelta(seconds=1)) == 0
    assert actions.close_superseded(begins + timedelta(days=3)) == 1
    assert actions.close_superseded(begins + timedelta(days=3)) == 0
    told = Fact.objects.filter(kind="sop.version_in_force").order_by("occurred_at", "seq")
    assert list(told.values_list("subject", "outcome", "occurred_at")) == [
        (first.uuid, "open", NOW),
        (later.uuid, "open", NOW),
        (first.uuid, "closed", begins),
    ]


def test_a_version_whose_turn_is_over_cannot_be_approved_any_more() -> None:
    manager = person("Dewi", "manajemen")
    first = actions.publish_shipped(NOW)
    late = at("2026-12-02 09:00")
    actions.approve(publish("2", "2026-12-01", STRICTER), by=manager, now=NOW)
    with pytest.raises(Refused):
        actions.approve(first, by=manager, now=late)
    assert Fact.objects.filter(kind="sop.version_in_force").count() == 1


def test_approved_late_it_judges_from_the_approval_on() -> None:
    actions.publish_shipped(NOW)
    later = publish("2", "2026-11-20", STRICTER)
    approved_at = at("2026-11-25 09:00")
    actions.approve(later, by=person("Dewi", "manajemen"), now=approved_at)
    assert versions.law()[1].since == approved_at.astimezone(UTC)


def test_no_later_version_begins_in_the_past() -> None:
    actions.publish_shipped(NOW)
    publish("2", "2026-11-12", STRICTER)  # today
    with pytest.raises(Refused):
        publish("3", "2026-11-11", STRICTER)


def test_new_hours_alone_ask_nobody_to_acknowledge_again() -> None:
    actions.publish_shipped(NOW)
    manager = person("Dewi", "manajemen")
    actions.approve(publish("1.1", "2026-12-01", NEW_HOURS), by=manager, now=NOW)
    actions.approve(publish("2", "2027-01-01", NEW_HOURS, STRICTER), by=manager, now=NOW)
    first, hours, stricter = versions.law()
    assert (hours.version, hours.version_since) == ("1.0.0", first.since)
    assert (stricter.version, stricter.version_since) == ("2", stricter.since)


def test_what_was_published_reads_the_same_for_ever() -> None:
    version = actions.publish_shipped(NOW)
    again = read(version.text, version.source_text, setup={"holidays": version.holidays})
    assert isinstance(again, Sop)
    assert again == versions.current(NOW)


def test_a_page_asks_once_which_versions_judge(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    actions.publish_shipped(NOW)
    versions.law()  # read and kept
    with django_assert_num_queries(1), versions.remembered():
        assert versions.law() is versions.law()
        versions.current(NOW)
    with django_assert_num_queries(2):
        versions.law()
        versions.law()
