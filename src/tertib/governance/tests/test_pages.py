"""Every page of this room: few questions to the database, however much there is to show."""

from datetime import date, timedelta
from typing import Any

import pytest

from tertib.governance import actions, pages
from tertib.governance.models import Waiver
from tertib.governance.tests.conftest import Office
from tertib.governance.tests.test_sop_versions import changed
from tertib.people.actions import issue_token
from tertib.sop.actions import SOURCE, publish

MOST = 28
LISTS = ("/keputusan", "/versi", "/pengecualian", "/permintaan", "/evaluasi", "/pernyataan/daftar")


@pytest.fixture
def decided(office: Office) -> Office:
    """A little of everything, waiting and decided."""
    now = office.now
    text = changed("within: 6 months", "within: 9 months")
    publish(text, SOURCE.read_text(), author=office.head.uuid, now=now)
    for control in ("inv.hw.fresh", "desk.first_response"):
        waiver = actions.ask_waiver(
            control,
            subject=None,
            reason="Pindah gedung",
            last_day=date(2026, 2, 5),
            by=office.head,
            now=now,
        )
    actions.grant_waiver(waiver, by=office.boss, now=now)
    for title in ("Server", "Petugas"):
        request = actions.ask_resource(
            title, reason="Penuh", amount=None, by=office.technician, now=now
        )
    actions.decide_resource(request, approved=True, because="", by=office.boss, now=now)
    actions.begin_review(date(2026, 1, 5), agenda=["Kinerja"], by=office.head, now=now)
    return office


@pytest.mark.parametrize("address", LISTS)
def test_a_list_asks_as_many_questions_for_many_as_for_few(
    decided: Office, address: str, django_assert_max_num_queries: Any
) -> None:
    client = decided.browser(decided.boss)
    client.get(address)
    with django_assert_max_num_queries(MOST):
        assert client.get(address).status_code == 200


def test_a_statement_of_management_is_made_by_who_holds_the_role(decided: Office) -> None:
    address = "/keputusan/pernyataan/obj.benefit_review"
    assert decided.post(decided.head, address).status_code == 409
    assert decided.post(decided.boss, address).status_code == 302
    assert "Last stated" in decided.page(decided.boss, "/keputusan")


def test_a_request_is_taken_back_only_by_whoever_asked_and_only_while_it_waits(
    office: Office,
) -> None:
    request = actions.ask_resource(
        "Server", reason="Penuh", amount=5, by=office.technician, now=office.now
    )
    address = f"/permintaan/{request.uuid}"
    assert office.post(office.head, f"{address}/tarik").status_code == 409
    answer = office.post(office.boss, f"{address}/putuskan", decision="refuse")
    assert answer.status_code == 422  # no reason
    assert office.post(office.technician, f"{address}/tarik").status_code == 302
    answer = office.post(office.boss, f"{address}/putuskan", decision="approve")
    assert answer.status_code == 409
    assert "Budi Santoso" in answer.content.decode()


def test_a_signed_review_stays_as_it_is(office: Office) -> None:
    review = actions.begin_review(
        date(2026, 1, 5), agenda=["Kinerja"], by=office.head, now=office.now
    )
    address = f"/evaluasi/{review.uuid}"
    page = office.page(office.boss, address)
    assert "at least one decision before it is signed" in page
    assert f"{address}/tanda-tangan" not in page
    assert office.post(office.boss, f"{address}/tanda-tangan").status_code == 409
    office.post(office.head, f"{address}/butir", kind="decision", text="Tetap")
    people = [office.head.pk, office.boss.pk]
    office.post(office.head, f"{address}/peserta", people=people)
    late = {"text": "Terlalu lama", "owner": office.technician.pk, "due_on": "2026-12-01"}
    assert office.post(office.head, f"{address}/tindakan", **late).status_code == 422
    assert office.post(office.head, f"{address}/tanda-tangan").status_code == 403
    assert office.post(office.boss, f"{address}/tanda-tangan").status_code == 302
    again = office.post(office.other_boss, f"{address}/tanda-tangan")
    assert again.status_code == 409
    assert "Bambang Sutrisno" in again.content.decode()
    added = office.post(office.head, f"{address}/butir", kind="decision", text="Lain")
    assert added.status_code == 409
    assert "Lain" not in office.page(office.head, address)


def test_waivers_are_told_to_machines(decided: Office) -> None:
    secret = issue_token(
        name="reader",
        scope="compliance.read",
        expires_at=decided.now + timedelta(days=9000),
        by=decided.head,
        now=decided.now,
    )
    client = decided.browser(decided.employee)

    def read(path: str) -> Any:
        return client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {secret}"}).json()

    first = read("/waivers?limit=1")
    second = read(f"/waivers?limit=1&after={first['next']}")
    assert second["next"] is None
    told = {one["standing"]: one for one in (*first["results"], *second["results"])}
    assert set(told) == {"waiting", "in_force"}
    assert read(f"/waivers/{told['waiting']['uuid']}") == told["waiting"]
    assert told["in_force"]["entry"] == Waiver.objects.get(decision="granted").entry_id


def test_the_menu_s_number_is_one_question_and_names_what_is_late(
    decided: Office, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        assert pages.count(decided.now) == (5, False)  # two versions, and one of each other
    decided.clock.move(days=40)
    assert pages.count(decided.now) == (6, True)  # and the waiver that has run out
