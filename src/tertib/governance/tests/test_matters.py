"""What waits for a decision, or falls due, is somebody's work, and ends with the decision."""

from datetime import date, timedelta
from typing import Any

import pytest

from tertib.evidence.models import Subject
from tertib.governance import actions, matters
from tertib.governance.actions import (
    ask_resource,
    ask_waiver,
    begin_review,
    decide_resource,
    finish_action,
    grant_waiver,
    publish_version,
    review_waiver,
    sign_review,
    withdraw_resource,
)
from tertib.governance.models import Review, Waiver
from tertib.governance.tests.conftest import Office
from tertib.lib.errors import Refused
from tertib.people.models import User
from tertib.sop import actions as sop
from tertib.sop import promises
from tertib.work import actions as work
from tertib.work.models import Item, Line

DAY = timedelta(days=1)
FRESH = "inv.hw.fresh"


def the(matter: str) -> Item:
    return Item.objects.get(matter=matter)


def ask(office: Office) -> Any:
    return ask_resource(
        "Server baru", reason="Yang lama rusak", amount=None, by=office.head, now=office.now
    )


def test_a_request_is_managements_work_until_it_is_decided(office: Office) -> None:
    request = ask(office)
    item = the("request")
    assert item.owner in (office.boss, office.other_boss)
    assert (item.role, item.due_by, item.clause) == ("manajemen", request.decide_by, "5c")
    assert item.title_id == "Putuskan: Server baru"
    assert item.title_en == "Decide about: Server baru"
    decide_resource(request, approved=True, because="", by=office.boss, now=office.now)
    item.refresh_from_db()
    assert (item.closed_at, item.closed_because) == (office.now, "done")


def test_what_is_taken_back_is_no_longer_anybodys_work(office: Office) -> None:
    request = ask(office)
    withdraw_resource(request, by=office.head, now=office.now)
    assert the("request").closed_because == "cancelled"


def test_nobody_says_of_a_decision_that_it_is_done(office: Office) -> None:
    ask(office)
    item = the("request")
    assert item.owner
    with pytest.raises(Refused, match=item.name):
        work.finish(item, by=item.owner, now=office.now)
    page = office.page(item.owner, f"/tugas/{item.name}")
    assert "Decided or done here" in page
    assert "Server baru" in page
    assert f"/tugas/{item.name}/selesai" not in page


def test_who_asks_is_not_the_one_who_has_to_decide(office: Office) -> None:
    for number in range(3):  # whoever has least to do would be the one who asks
        ask_resource(f"Meja {number}", reason="Perlu", amount=None, by=office.boss, now=office.now)
    assert {item.owner for item in Item.objects.filter(matter="request")} == {office.other_boss}


def away_till_20th(office: Office, *, by: User) -> Waiver:
    return ask_waiver(
        FRESH,
        subject=None,
        reason="Pindah kantor",
        last_day=date(2026, 1, 20),
        by=by,
        now=office.now,
    )


def ran_out_and_lapsed(office: Office) -> Waiver:
    """A waiver is over, its review waits, and the control about waivers has lapsed, too."""
    waiver = away_till_20th(office, by=office.head)
    grant_waiver(waiver, by=office.boss, now=office.now)
    office.clock.move(days=20)
    matters.settle(now=office.now)
    org = Subject.objects.get(kind="org")
    lapse = work.Lapse(org.uuid, 0, office.now, office.now)
    work.open_lines("mgt.waivers", [lapse], now=office.now)
    return waiver


def test_a_waiver_is_decided_by_another_and_ends_into_a_review(office: Office) -> None:
    waiver = away_till_20th(office, by=office.boss)
    assert the("waiver").owner == office.other_boss
    grant_waiver(waiver, by=office.other_boss, now=office.now)
    assert the("waiver").closed_at == office.now
    assert matters.settle(now=office.now) == 0
    office.clock.move(days=20)
    assert [matters.settle(now=office.now) for _ in range(2)] == [1, 0]
    item = Item.objects.get(control="mgt.waivers")
    assert (item.look, item.role, item.lines_open) == ("review", "manajemen", 0)
    assert item.due_by > office.now
    assert item.owner
    assert "Decided or done here" in office.page(item.owner, f"/tugas/{item.name}")
    review_waiver(waiver, finding="Sudah pindah", by=office.other_boss, now=office.now)
    item.refresh_from_db()
    assert item.closed_because == "evidence"


def test_a_lapse_finds_the_review_of_waivers_and_does_not_double_it(office: Office) -> None:
    waiver = ran_out_and_lapsed(office)
    item = Item.objects.get(control="mgt.waivers")
    assert item.lines_open == 1
    review_waiver(waiver, finding="Sudah pindah", by=office.boss, now=office.now)
    item.refresh_from_db()
    assert item.closed_at is None  # the engine ends its line by the fact
    line = item.lines.get()
    work.close_lines("mgt.waivers", [work.Mended(line.pk, "evidence")], now=office.now)
    item.refresh_from_db()
    assert item.closed_because == "evidence"


def held(office: Office) -> Review:
    review = begin_review(date(2026, 1, 5), agenda=["Setahun"], by=office.head, now=office.now)
    actions.set_participants(review, [office.head, office.boss], by=office.head, now=office.now)
    actions.add_point(review, "decision", "Lanjut", by=office.head, now=office.now)
    actions.add_action(
        review,
        "Ganti sakelar",
        owner=office.technician,
        due_on=date(2026, 2, 20),
        by=office.head,
        now=office.now,
    )
    sign_review(review, by=office.boss, now=office.now)
    return review


def test_a_waivers_review_waits_for_somebody_though_all_has_become_good(office: Office) -> None:
    waiver = ran_out_and_lapsed(office)
    line = Line.objects.get(control="mgt.waivers")
    work.close_lines("mgt.waivers", [work.Mended(line.pk, Line.End.EVIDENCE)], now=office.now)
    item = Item.objects.get(control="mgt.waivers")
    assert (item.lines_open, item.closed_at) == (0, None)
    assert matters.settle(now=office.now) == 0
    review_waiver(waiver, finding="Sudah pindah", by=office.boss, now=office.now)
    item.refresh_from_db()
    assert (item.closed_at, item.closed_because) == (office.now, "evidence")


def test_an_action_of_the_review_is_its_owners_until_it_is_done(office: Office) -> None:
    review = held(office)
    item = the("action")
    assert (item.owner, item.title_id) == (office.technician, "Ganti sakelar")
    assert item.due_by.isoformat() == "2026-02-20T17:00:00+00:00"  # the day's end in Jakarta
    finish_action(review.actions.get(), by=office.technician, now=office.now)
    item.refresh_from_db()
    assert item.closed_because == "done"


def test_the_lapse_of_an_action_becomes_a_line_of_its_own_item(office: Office) -> None:
    review = held(office)
    action = review.actions.get()
    lapse = work.Lapse(action.uuid, 7, office.now, office.now)
    work.open_lines("eva.actions", [lapse], now=office.now)
    assert not Item.objects.filter(control="eva.actions").exists()
    item = the("action")
    assert item.lines_open == 1
    finish_action(action, by=office.technician, now=office.now)
    work.close_lines("eva.actions", [work.Mended(item.lines.get().pk, "late")], now=office.now)
    item.refresh_from_db()
    assert (item.closed_because, item.lines_open) == ("done", 0)


def test_the_yearly_review_is_work_before_it_is_late_and_not_before_the_first(
    office: Office,
) -> None:
    assert matters.settle(now=office.now) == 0  # never held: a step of the set-up
    held(office)
    until = promises.lasts_until("eva.yearly", office.now)
    assert until
    assert matters.settle(now=until - 61 * DAY) == 0
    soon = until - 59 * DAY
    assert [matters.settle(now=soon) for _ in range(2)] == [1, 0]
    item = Item.objects.get(control="eva.yearly")
    assert (item.role, item.due_by, item.look) == ("manajemen", until, "review")
    assert matters.settle(now=until + DAY) == 0  # late: it stays
    office.clock.now = soon
    review = begin_review(soon.date(), agenda=["Setahun"], by=office.head, now=soon)
    actions.set_participants(review, [office.head, office.boss], by=office.head, now=soon)
    actions.add_point(review, "decision", "Lanjut", by=office.head, now=soon)
    sign_review(review, by=office.boss, now=soon)
    item.refresh_from_db()
    assert item.closed_because == "evidence"


def next_version(office: Office, name: str = "1.1.0") -> Any:
    text = sop.SHIPPED.read_text().replace("version: 1.0.0", f"version: {name}")
    text = text.replace("effective_from: 2026-01-01", "effective_from: 2026-02-01")
    return publish_version(text, sop.SOURCE.read_text(), author=office.head.uuid, now=office.now)


def test_a_version_waits_for_its_approval_as_managements_work(office: Office) -> None:
    assert not Item.objects.exists()  # the first judges already
    version = next_version(office)
    item = the("version")
    assert item.owner in (office.boss, office.other_boss)
    assert item.due_by == version.effective_at
    actions.approve_version(version, by=office.boss.uuid, now=office.now)
    item.refresh_from_db()
    assert item.closed_because == "done"


def test_a_version_that_another_door_approved_or_withdrew_is_no_work_within_the_minute(
    office: Office,
) -> None:
    approved, withdrawn = next_version(office), next_version(office, "1.2.0")
    sop.approve(approved, by=office.boss.uuid, now=office.now)
    sop.withdraw(withdrawn, by=office.head.uuid, now=office.now)
    assert [matters.settle(now=office.now) for _ in range(2)] == [2, 0]
    assert {item.closed_because for item in Item.objects.all()} == {"done", "cancelled"}


def test_what_waited_before_is_found(office: Office) -> None:
    """An update brings the table: what waits then has no work yet."""
    text = sop.SHIPPED.read_text().replace("version: 1.0.0", "version: 1.1.0")
    text = text.replace("effective_from: 2026-01-01", "effective_from: 2026-02-01")
    sop.publish(text, sop.SOURCE.read_text(), author=office.head.uuid, now=office.now)
    assert [matters.settle(now=office.now) for _ in range(2)] == [1, 0]
    assert the("version").owner


def test_each_lists_its_own(office: Office, django_assert_max_num_queries: Any) -> None:
    ask(office)
    owner: User | None = the("request").owner
    assert owner
    with django_assert_max_num_queries(60):
        assert "Decide about: Server baru" in office.page(owner, "/tugas")
