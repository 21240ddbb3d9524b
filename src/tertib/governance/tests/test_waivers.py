"""Waivers: never without an end, never for longer than the SOP allows, never by whoever asks."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from tertib.evidence import subjects
from tertib.evidence.models import Waiver as Entry
from tertib.governance import actions
from tertib.governance.models import Waiver
from tertib.governance.tests.conftest import Office
from tertib.lib.errors import Refused
from tertib.notify.models import Notice
from tertib.people.actions import give_role

CONTROL = "inv.hw.fresh"
LATEST = date(2026, 4, 5)  # 90 days after START


def ask(office: Office, last_day: date | None = LATEST, reason: str = "Pindah gedung") -> Waiver:
    return actions.ask_waiver(
        CONTROL,
        subject=None,
        reason=reason,
        last_day=last_day,
        by=office.head,
        now=office.now,
    )


def test_a_waiver_without_an_end_is_refused(office: Office) -> None:
    fields = {"control": CONTROL, "reason": "Pindah gedung"}
    answer = office.post(office.head, reverse("governance:ask_waiver"), **fields)
    assert answer.status_code == 422
    assert "Pengecualian harus berakhir" in answer.content.decode()
    assert "Pindah gedung" in answer.content.decode()  # what was typed is still there
    assert not Waiver.objects.exists()


def test_what_sums_up_clauses_is_not_waived_itself(office: Office) -> None:
    """A waiver of it would change nothing: it follows its clauses."""
    fields = {"control": "scope.infra", "reason": "Pindah gedung", "last_day": LATEST.isoformat()}
    answer = office.post(office.head, reverse("governance:ask_waiver"), **fields)
    assert answer.status_code == 422
    assert not Waiver.objects.exists()
    with pytest.raises(Refused, match="merangkum"):
        actions.ask_waiver(
            "scope.infra",
            subject=None,
            reason="Pindah gedung",
            last_day=LATEST,
            by=office.head,
            now=office.now,
        )
    assert "scope.infra" not in office.page(office.head, reverse("governance:ask_waiver"))


def test_a_waiver_of_more_than_90_days_is_refused(office: Office) -> None:
    with pytest.raises(Refused, match="90"):
        ask(office, LATEST + timedelta(days=1))
    assert ask(office, LATEST).last_day == LATEST


def test_a_waiver_granted_by_whoever_asked_is_refused(office: Office) -> None:
    waiver = ask(office)
    give_role(office.head, "manajemen", by=None, now=office.now)
    address = reverse("governance:decide_waiver", args=[waiver.uuid])
    answer = office.post(office.head, address, decision="grant")
    assert answer.status_code == 422
    assert "tidak memutuskannya sendiri" in answer.content.decode()
    assert not Entry.objects.exists()


def test_the_database_holds_no_waiver_that_one_person_asked_for_and_granted(
    office: Office,
) -> None:
    waiver = ask(office)
    actions.grant_waiver(waiver, by=office.boss, now=office.now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Waiver.objects.filter(pk=waiver.pk).update(decided_by=office.head)


def test_a_waiver_is_asked_for_and_granted_in_the_browser(office: Office) -> None:
    laptop = subjects.introduce("asset", label="NB-KEU-014", now=office.now)
    fields = {"control": CONTROL, "subject": "nb-keu-014", "reason": "Dipinjam audit"}
    answer = office.post(
        office.head, reverse("governance:ask_waiver"), **fields, last_day="2026-02-05"
    )
    waiver = Waiver.objects.get()
    assert answer.headers["Location"] == reverse("governance:waiver", args=[waiver.uuid])
    assert "NB-KEU-014" in office.page(office.boss, reverse("governance:decisions"))
    assert Notice.objects.filter(person=office.boss.uuid, topic="governance.decide").exists()
    address = reverse("governance:decide_waiver", args=[waiver.uuid])
    assert office.post(office.boss, address, decision="grant").status_code == 302
    entry = Entry.objects.get()
    assert (entry.control, entry.subject, entry.actor) == (CONTROL, laptop, office.boss.uuid)
    assert entry.ended_at.isoformat() == "2026-02-05T17:00:00+00:00"  # 24:00 in Jakarta


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(office: Office) -> None:
    waiver = ask(office)
    address = reverse("governance:decide_waiver", args=[waiver.uuid])
    assert office.post(office.boss, address, decision="grant").status_code == 302
    answer = office.post(office.other_boss, address, decision="refuse", because="Tidak perlu")
    assert answer.status_code == 409
    assert "Bambang Sutrisno lebih dulu" in answer.content.decode()
    assert Entry.objects.count() == 1
    waiver.refresh_from_db()
    assert waiver.decision == "granted"


def test_a_refusal_says_why(office: Office) -> None:
    waiver = ask(office)
    with pytest.raises(Refused):
        actions.refuse_waiver(waiver, because=" ", by=office.boss, now=office.now)
    assert actions.refuse_waiver(waiver, because="Beli baru", by=office.boss, now=office.now)
    assert "Beli baru" in office.page(office.head, reverse("governance:waiver", args=[waiver.uuid]))
    assert not Entry.objects.exists()


def test_a_waiver_is_renewed_once(office: Office) -> None:
    first = ask(office, date(2026, 2, 5))
    actions.grant_waiver(first, by=office.boss, now=office.now)
    office.clock.move(days=20)
    latest = date(2026, 5, 7)  # 90 days after its end, which is midnight of the 6th
    with pytest.raises(Refused):
        renew(office, first, latest + timedelta(days=1))
    second = renew(office, first, latest)
    actions.grant_waiver(second, by=office.boss, now=office.now)
    assert second.began_at == first.ended_at
    office.clock.move(days=60)
    with pytest.raises(Refused, match="diperpanjang sebanyak"):
        renew(office, second, latest + timedelta(days=30))
    with pytest.raises(Refused):
        renew(office, first, latest)


def renew(office: Office, waiver: Waiver, last_day: date) -> Waiver:
    return actions.renew_waiver(
        waiver, reason="Belum selesai", last_day=last_day, by=office.head, now=office.now
    )


def test_a_waiver_that_ran_out_is_reviewed(office: Office) -> None:
    waiver = ask(office, date(2026, 1, 6))
    actions.grant_waiver(waiver, by=office.boss, now=office.now)
    with pytest.raises(Refused):
        actions.review_waiver(waiver, finding="Selesai", by=office.boss, now=office.now)
    office.clock.move(days=3)
    assert waiver in Waiver.objects.to_review(office.now)
    address = reverse("governance:review_waiver", args=[waiver.uuid])
    assert "NB-KEU" not in office.page(office.boss, reverse("governance:waivers"))
    assert office.post(office.boss, address, because="Sudah pindah").status_code == 302
    assert waiver not in Waiver.objects.to_review(office.now)
    before = office.page(office.boss, reverse("governance:waivers")).partition("Before")[2]
    assert '<span class="tag">Ran out</span>' in before  # not: granted


def test_a_technician_neither_asks_nor_grants(office: Office) -> None:
    assert office.browser(office.technician).get("/pengecualian/ajukan").status_code == 403
    waiver = ask(office)
    address = reverse("governance:decide_waiver", args=[waiver.uuid])
    assert office.post(office.technician, address, decision="grant").status_code == 403


def test_why_leads_whoever_may_ask_to_the_form(office: Office) -> None:
    link = f"{reverse('governance:ask_waiver')}?kendali={CONTROL}"
    assert link in office.page(office.head, "/sop/4.1.1b")
    assert link not in office.page(office.technician, "/sop/4.1.1b")
