"""Everybody reads the SOP and says so, once per version; who is late is reminded, then managed."""

import pytest

from tertib.evidence.models import Fact
from tertib.governance import actions
from tertib.governance.asking import asked, silent
from tertib.governance.models import Acknowledgement
from tertib.governance.tasks import remind_of
from tertib.governance.tests.conftest import Office
from tertib.governance.tests.test_sop_versions import changed, publish
from tertib.lib.errors import Refused
from tertib.notify.models import Notice
from tertib.people.actions import set_manager
from tertib.people.models import User
from tertib.sop.actions import approve
from tertib.sop.models import Version

PAGE = "/pernyataan"


@pytest.fixture
def approved(office: Office) -> Office:
    approve(Version.objects.get(), by=office.boss.uuid, now=office.now)
    return office


def say(office: Office, person: User) -> None:
    ask = asked(office.now)
    assert ask
    answer = office.post(person, PAGE, digest=ask.version.digest)
    assert answer.status_code == 302


def test_nobody_is_asked_before_management_has_approved(office: Office) -> None:
    assert asked(office.now) is None
    assert "has not approved it yet" in office.page(office.employee, PAGE)
    digest = Version.objects.get().digest
    assert office.post(office.employee, PAGE, digest=digest).status_code == 409


def test_an_employee_reads_the_text_and_acknowledges_it_once(approved: Office) -> None:
    page = approved.page(approved.employee, PAGE)
    version = Version.objects.get()
    assert "4.3.1b" in page
    assert version.digest in page
    say(approved, approved.employee)
    say(approved, approved.employee)
    fact = Fact.objects.get(kind="sop.acknowledged")
    assert (fact.subject_id, fact.actor) == (approved.employee.uuid,) * 2
    assert fact.body == {"version": "1.0.0"}
    assert Acknowledgement.objects.get().digest == version.digest
    assert "You have acknowledged the SOP" in approved.page(approved.employee, PAGE)
    assert "1/5 have acknowledged" in approved.page(approved.head, "/pernyataan/daftar")


def test_who_read_another_text_is_told(approved: Office) -> None:
    with pytest.raises(Refused):
        actions.acknowledge(approved.employee, digest="0" * 64, now=approved.now)
    assert not Acknowledgement.objects.exists()


def test_a_version_that_changes_only_calendars_asks_nobody_again(approved: Office) -> None:
    say(approved, approved.employee)
    version = publish(approved, changed("special_days: {}", 'special_days: {"2026-03-20": []}'))
    approve(version, by=approved.boss.uuid, now=approved.now)
    approved.clock.move(days=40)
    ask = asked(approved.now)
    assert ask
    assert ask.version == version
    assert approved.employee not in silent(ask)
    assert approved.head in silent(ask)
    assert "You have acknowledged" in approved.page(approved.employee, PAGE)


def test_another_version_asks_everybody_again(approved: Office) -> None:
    say(approved, approved.employee)
    version = publish(approved, changed("within: 6 months", "within: 9 months"))
    approve(version, by=approved.boss.uuid, now=approved.now)
    approved.clock.move(days=40)
    ask = asked(approved.now)
    assert ask
    assert approved.employee in silent(ask)


def test_who_is_late_is_reminded_and_then_the_line_manager_is_told_once(approved: Office) -> None:
    set_manager(approved.employee, approved.head, by=None, now=approved.now)
    say(approved, approved.boss)
    assert remind_of(now=approved.now) == 0
    approved.clock.move(days=12)
    assert remind_of(now=approved.now) == 4
    remind_of(now=approved.now)
    reminded = Notice.objects.filter(topic="governance.read")
    assert reminded.filter(person=approved.employee.uuid).count() == 1
    assert not reminded.filter(person=approved.boss.uuid).exists()
    assert not Notice.objects.filter(topic="governance.late").exists()
    approved.clock.move(days=4)
    remind_of(now=approved.now)
    remind_of(now=approved.now)
    late = Notice.objects.get(topic="governance.late")
    assert late.person == approved.head.uuid


def test_the_list_of_who_has_not_asks_no_more_queries_for_more_people(
    approved: Office, django_assert_max_num_queries: object
) -> None:
    client = approved.browser(approved.head)
    client.get("/pernyataan/daftar")
    with django_assert_max_num_queries(26):  # type: ignore[operator]
        client.get("/pernyataan/daftar")


def test_beranda_leads_to_it_until_it_is_done(approved: Office) -> None:
    assert "Read version 1.0.0 of the SOP" in approved.page(approved.employee, "/")
    say(approved, approved.employee)
    assert "Read version 1.0.0 of the SOP" not in approved.page(approved.employee, "/")
