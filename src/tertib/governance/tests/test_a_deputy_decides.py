"""Somebody of management is away: whom they named decides what was handed over, for them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tertib.audit.models import Entry
from tertib.audit.trail import FOR_WHOM
from tertib.governance.actions import (
    ask_resource,
    ask_waiver,
    decide_resource,
    publish_version,
)
from tertib.governance.models import Request, Waiver
from tertib.governance.tests.conftest import Office
from tertib.lib.errors import Refused
from tertib.people.actions import be_back, leave
from tertib.people.actions.standing import be_away
from tertib.people.models import Absence, User
from tertib.sop import actions as sop
from tertib.sop.models import Version
from tertib.work.models import Item
from tertib.work.tasks import climb

DAY = timedelta(days=1)


@pytest.fixture
def today(office: Office) -> Office:
    """The doors read the real clock, the actions the ledger's: let both say the same."""
    office.clock.now = timezone.now()
    return office


@pytest.fixture
def alone(today: Office) -> Office:
    """Only one of management is left, and goes away; the employee was named."""
    leave(today.other_boss, left_at=today.now, by=None, now=today.now)
    today.clock.now = timezone.now()
    away(today, today.boss, today.employee, by=today.boss)
    return today


def away(office: Office, person: User, deputy: User | None, *, by: User | None) -> Absence:
    ended_at = office.now + 5 * DAY
    return be_away(
        person, began_at=office.now, ended_at=ended_at, deputy=deputy, by=by, now=office.now
    )


def ask(office: Office, by: User) -> tuple[Request, Item]:
    made = ask_resource("Server baru", reason="Penuh", amount=None, by=by, now=office.now)
    return made, Item.objects.get(matter_uuid=made.uuid)


def line(uuid: Any, action: str) -> Entry:
    return Entry.objects.get(subject=uuid, action=action)


def decide(office: Office, by: User, request: Request) -> Any:
    return office.post(by, f"/permintaan/{request.uuid}/putuskan", decision="approve")


def test_a_request_is_decided_by_the_deputy_and_it_says_for_whom(alone: Office) -> None:
    request, item = ask(alone, alone.head)
    assert (item.owner, item.why, item.instead_of) == (alone.employee, "deputy", alone.boss)
    page = alone.page(alone.employee, f"/permintaan/{request.uuid}")
    assert "You decide for Bambang Sutrisno" in page
    assert decide(alone, alone.employee, request).status_code == 302
    request.refresh_from_db()
    assert (request.decision, request.decided_by) == ("approved", alone.employee)
    said = line(request.uuid, "decide_resource")
    assert (said.actor, said.changed[FOR_WHOM][1]) == (alone.employee.uuid, str(alone.boss.uuid))
    assert abs(said.occurred_at - alone.now) < DAY
    page = alone.page(alone.employee, f"/permintaan/{request.uuid}")
    assert "instead of Bambang Sutrisno, who was away" in page
    item.refresh_from_db()
    assert item.closed_because == "done"


def test_a_waiver_and_a_version_are_decided_by_the_deputy(alone: Office) -> None:
    waiver = ask_waiver(
        "inv.hw.fresh",
        subject=None,
        reason="Pindah",
        last_day=(alone.now + 9 * DAY).date(),
        by=alone.head,
        now=alone.now,
    )
    alone.post(alone.employee, f"/pengecualian/{waiver.uuid}/putuskan", decision="grant")
    waiver.refresh_from_db()
    assert (waiver.decision, waiver.decided_by) == ("granted", alone.employee)
    assert FOR_WHOM in line(waiver.uuid, "grant_waiver").changed
    begin: date = (alone.now + 30 * DAY).date()
    text = sop.SHIPPED.read_text().replace("version: 1.0.0", "version: 1.1.0")
    text = text.replace("effective_from: 2026-01-01", f"effective_from: {begin}")
    version = publish_version(text, sop.SOURCE.read_text(), author=alone.head.uuid, now=alone.now)
    assert "You decide for" in alone.page(alone.employee, f"/versi/{version.uuid}")
    assert alone.post(alone.employee, f"/versi/{version.uuid}/setujui").status_code == 302
    version = Version.objects.get(pk=version.pk)
    assert version.approver == alone.employee.uuid
    assert FOR_WHOM in line(version.uuid, "approve_sop").changed


def test_a_deputy_decides_nothing_that_was_not_handed_to_them(today: Office) -> None:
    """The other of management is there, so it is theirs; and nothing once the absent is back."""
    request, _item = ask(today, today.head)
    absence = away(today, today.boss, today.employee, by=today.boss)
    second, other = ask(today, today.head)
    assert other.owner == today.other_boss
    assert decide(today, today.employee, second).status_code == 422
    assert "Decide</h2>" not in today.page(today.employee, f"/permintaan/{second.uuid}")
    be_back(absence, by=today.boss, now=timezone.now())
    assert decide(today, today.employee, second).status_code == 403
    assert Request.objects.filter(decision="").count() == 2
    assert request.decision == ""


def test_once_the_absent_is_back_it_is_theirs_again(alone: Office) -> None:
    request, item = ask(alone, alone.head)
    be_back(Absence.objects.get(), by=alone.boss, now=timezone.now())
    alone.clock.now = timezone.now()
    climb(now=alone.now)
    item.refresh_from_db()
    assert (item.owner, item.why, item.instead_of) == (alone.boss, "holder", None)
    with pytest.raises(Refused, match="pemegang peran"):
        decide_resource(request, approved=True, because="", by=alone.employee, now=alone.now)


def test_whoever_asks_does_not_decide_as_a_deputy_either(alone: Office) -> None:
    """Attack: the deputy asks; or the absent asked, and the deputy decides in their name."""
    request, item = ask(alone, alone.employee)
    assert item.owner != alone.employee
    answer = decide(alone, alone.employee, request)
    assert (answer.status_code, b"memutuskan" in answer.content) == (422, True)
    request, item = ask(alone, alone.boss)
    assert item.owner is None
    answer = decide(alone, alone.employee, request)
    assert (answer.status_code, b"urusannya sendiri" in answer.content) == (422, True)
    assert not Request.objects.exclude(decision="").exists()


def test_a_deputy_who_is_away_too_falls_through_to_the_next(alone: Office) -> None:
    """The deputy's own deputy was named by nobody of management: it waits for who comes back."""
    request, item = ask(alone, alone.head)
    absence = away(alone, alone.employee, alone.technician, by=alone.employee)
    climb(now=alone.now)
    item.refresh_from_db()
    assert item.owner == alone.boss  # nobody else may: it is whose it was
    for deputy in (alone.employee, alone.technician):
        answer = decide(alone, deputy, request)
        assert answer.status_code == 403
        assert "Halaman ini tidak terbuka untuk peran Anda" in answer.content.decode()
    be_back(absence, by=alone.employee, now=timezone.now())
    alone.clock.now = timezone.now()
    climb(now=alone.now)
    item.refresh_from_db()
    assert item.owner == alone.employee
    assert decide(alone, alone.employee, request).status_code == 302


def test_the_next_is_another_of_management_who_is_there(today: Office) -> None:
    away(today, today.boss, today.employee, by=today.boss)
    second = away(today, today.other_boss, today.technician, by=today.other_boss)
    request, item = ask(today, today.head)
    first = item.owner
    assert first in (today.employee, today.technician)
    assert first
    gone = away(today, first, None, by=first)
    climb(now=today.now)
    item.refresh_from_db()
    assert {item.owner, first} == {today.employee, today.technician}
    be_back(second, by=today.other_boss, now=timezone.now())
    assert gone.ended_at > timezone.now()
    assert decide(today, today.other_boss, request).status_code == 302
    assert FOR_WHOM not in line(request.uuid, "decide_resource").changed


def test_two_who_are_away_and_stand_in_for_each_other_are_told_once(today: Office) -> None:
    """It waits for whoever is back first and is not handed to and fro meanwhile."""
    away(today, today.boss, today.other_boss, by=today.boss)
    away(today, today.other_boss, today.boss, by=today.other_boss)
    _request, item = ask(today, today.head)
    whose = item.owner
    for _minute in range(2):
        climb(now=today.now)
        item.refresh_from_db()
        assert item.owner == whose
    assert not item.events.filter(act="assigned").exists()


def test_a_deputy_whom_somebody_else_named_decides_nothing(today: Office) -> None:
    """Attack: who runs Tertib enters an absence and names themselves."""
    leave(today.other_boss, left_at=today.now, by=None, now=today.now)
    today.clock.now = timezone.now()
    away(today, today.boss, today.employee, by=today.employee)
    request, item = ask(today, today.head)
    assert item.owner == today.boss
    assert decide(today, today.employee, request).status_code == 403
    assert Waiver.objects.count() == 0
