"""The monthly report: live figures, issued by the head, signed by somebody else, provable."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext, override

from tertib.cli.main import main
from tertib.compliance import board
from tertib.compliance.tests import house as houses
from tertib.compliance.tests.house import House
from tertib.evidence import attached, seals
from tertib.evidence.models import Fact
from tertib.governance.tests.conftest import Office
from tertib.people.actions import add_person, give_role, issue_token
from tertib.people.actions.standing import be_away
from tertib.people.models import Company, User
from tertib.reports import actions, printing, rules, sheet
from tertib.reports.content import build
from tertib.reports.models import Report
from tertib.work.models import Item

MONTH, PAGE = date(2026, 1, 1), "/laporan/2026-01"  # of the office that opens in January


@pytest.fixture
def busy(db: None, clock: Any) -> Office:
    """The company whose pages the engine's tests look at, eleven months old."""
    house: House = houses.lived_in(clock)

    def hire(name: str, role: str) -> User:
        email = f"{name.split()[0].lower()}@contoh.test"
        return add_person(
            full_name=name, email=email, site=house.site, role=role, by=None, now=clock.now
        )

    boss, other = hire("Bambang Sutrisno", "manajemen"), hire("Sri Rahayu", "manajemen")
    technician, employee = hire("Budi Santoso", "helpdesk"), hire("Ani Lestari", "pengguna")
    house.judge()
    return Office(clock, house.site, house.dewi, boss, other, technician, employee)


def issue(office: Office, *asks: str, month: date = MONTH) -> Report:
    return actions.issue(month, asks, instead_of=None, by=office.head, now=office.now)


def test_the_draft_has_the_engine_s_own_figures(busy: Office) -> None:
    now = board.board(busy.now)
    page = busy.page(busy.head, "/laporan/2026-11")
    assert f"{now.met} of {now.counted} clauses of the SOP are kept." in page
    assert "A draft: not issued yet." in page
    assert page.count("<tr>") == 9  # a head and the eight sections
    for one in build(date(2026, 11, 1), [], now=busy.now)["open"]:
        assert one["why"]["en"].replace("“", "&#x201C;")[:20] in page.replace("“", "&#x201C;")


def test_it_is_issued_by_the_head_and_signed_by_management_in_the_browser(office: Office) -> None:
    answer = office.post(office.head, f"{PAGE}/terbitkan", ask_1="Tetapkan pemilik data")
    assert answer.status_code == 302
    report = Report.objects.get()
    assert "Tetapkan pemilik data" in office.page(office.boss, PAGE)
    assert "January 2026" in office.page(office.boss, "/keputusan")
    signing = f"{PAGE}/tanda-tangan"
    assert office.post(office.boss, signing, fingerprint=report.fingerprint).status_code == 302
    answer = office.post(office.other_boss, signing, fingerprint=report.fingerprint)
    assert answer.status_code == 409
    assert "Bambang Sutrisno" in answer.content.decode()
    facts = {
        fact.kind: (fact.actor, fact.body) for fact in Fact.objects.filter(kind__startswith="rep")
    }
    body = {"for": "2026-01-01", "fingerprint": report.fingerprint}
    assert facts == {
        "report.issued": (office.head.uuid, body),
        "report.signed_by_management": (office.boss.uuid, body),
    }


def test_the_deputy_of_who_is_away_signs_and_the_sheet_says_for_whom(office: Office) -> None:
    """What the sheet says is printed, so the paper says it, too."""
    office.clock.now = timezone.now()
    for boss, deputy in ((office.boss, office.employee), (office.other_boss, office.technician)):
        until = office.now + timedelta(days=5)
        told: dict[str, Any] = {"began_at": office.now, "ended_at": until, "now": office.now}
        be_away(boss, deputy=deputy, by=boss, **told)
    month = actions.open_months(office.now)[0]
    report = actions.issue(month, [], instead_of=None, by=office.head, now=office.now)
    item = Item.objects.get(control="mgt.report_signed")
    assert item.owner in (office.employee, office.technician)
    other = ({office.employee, office.technician} - {item.owner}).pop()
    address = f"/laporan/{month:%Y-%m}"
    told = {"fingerprint": report.fingerprint}
    assert item.instead_of
    assert item.instead_of.full_name in office.page(item.owner, address)
    assert office.post(other, f"{address}/tanda-tangan", **told).status_code == 409
    assert office.post(item.owner, f"{address}/tanda-tangan", **told).status_code == 302
    page = office.page(office.head, address)
    assert f"instead of {item.instead_of.full_name}, who was away" in page


def test_its_content_stays_as_it_was_issued_and_names_nobody(office: Office) -> None:
    report = issue(office)
    assert rules.fingerprint(report.content) == report.fingerprint
    told = json.dumps(report.content)
    assert not any(person.full_name in told for person in User.objects.all())
    before = office.page(office.boss, PAGE).partition("<article")[2].partition("</article>")[0]
    office.clock.move(days=2)
    after = office.page(office.boss, PAGE).partition("<article")[2].partition("</article>")[0]
    assert before == after


def test_two_heads_press_at_once_and_the_second_is_told(office: Office) -> None:
    give_role(office.technician, "kepala_ti", by=None, now=office.now)
    assert office.post(office.head, f"{PAGE}/terbitkan").status_code == 302
    answer = office.post(office.technician, f"{PAGE}/terbitkan")
    assert answer.status_code == 409
    assert "Dewi Anggraini" in answer.content.decode()
    assert Report.objects.count() == 1


def test_a_report_that_waits_for_its_signature_is_managements_work(office: Office) -> None:
    report = issue(office)
    item = Item.objects.get(control="mgt.report_signed")
    assert item.owner in (office.boss, office.other_boss)
    assert item.due_by == datetime(2026, 2, 11, tzinfo=ZoneInfo("Asia/Jakarta"))
    assert item.owner
    assert "/laporan/2026-01" in office.page(item.owner, f"/tugas/{item.name}")
    assert actions.sign(report, by=office.boss, now=office.now)
    item.refresh_from_db()
    assert item.closed_because == "evidence"


def test_a_report_is_not_signed_by_whoever_issued_it(office: Office) -> None:
    give_role(office.head, "manajemen", by=None, now=office.now)  # who holds both roles
    report = issue(office)
    answer = office.post(office.head, f"{PAGE}/tanda-tangan", fingerprint=report.fingerprint)
    assert answer.status_code == 409
    with override("id"):
        assert gettext("Whoever issued a report does not sign it.") in answer.content.decode()
    assert Report.objects.get().signed_at is None


def test_it_is_issued_anew_until_somebody_has_signed(office: Office) -> None:
    first = issue(office)
    again = {"instead_of": str(first.uuid), "ask_1": "Satu petugas lagi"}
    assert office.post(office.head, f"{PAGE}/terbitkan", **again).status_code == 302
    second = Report.objects.get(replaced_at=None)
    signing = f"{PAGE}/tanda-tangan"
    assert office.post(office.boss, signing, fingerprint=first.fingerprint).status_code == 409
    assert office.post(office.boss, signing, fingerprint=second.fingerprint).status_code == 302
    again["instead_of"] = str(second.uuid)
    assert office.post(office.head, f"{PAGE}/terbitkan", **again).status_code == 409


def test_whoever_issued_it_does_not_sign_it(office: Office) -> None:
    report = issue(office)
    give_role(office.head, "manajemen", by=None, now=office.now)
    answer = office.post(office.head, f"{PAGE}/tanda-tangan", fingerprint=report.fingerprint)
    assert answer.status_code == 409
    assert not Fact.objects.filter(kind="report.signed_by_management").exists()


def test_a_month_before_the_first_sop_was_in_force_has_no_figure(office: Office) -> None:
    Company.objects.update(started_at=datetime(2025, 11, 20, tzinfo=UTC))
    assert build(MONTH, [], now=office.now)["months"][-2:] == [("2025-12", None), ("2026-01", 0)]


def test_a_month_to_come_or_long_gone_has_no_report(office: Office) -> None:
    for month in ("2026-02", "2025-11", "2026-13", "x"):
        assert office.browser(office.head).get(f"/laporan/{month}").status_code == 404
    assert office.browser(office.head).get("/laporan/2025-12").status_code == 200


def test_the_ledger_s_verification_knows_its_fingerprint(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    report = issue(office)
    actions.sign(report, by=office.boss, now=office.now)
    seals.seal(office.now)
    shown = rules.grouped(report.fingerprint)
    assert [one.kind for one in attached.find(shown)] == [
        "report.issued",
        "report.signed_by_management",
    ]
    found = office.page(office.boss, f"/laporan?sidik={shown}")
    assert "Report of January 2026: signed" in found
    assert "knows no report" in office.page(office.boss, "/laporan?sidik=0000000000000000")
    assert list(attached.faults()) == []
    altered = {**report.content, "met": 30}
    Report.objects.filter(pk=report.pk).update(content=altered)
    [fault] = attached.faults()
    assert shown in fault
    Report.objects.filter(pk=report.pk).update(
        content=altered, fingerprint=rules.fingerprint(altered)
    )
    assert len(list(attached.faults())) == 1
    assert main(["ledger", "verify", *shown.split()]) == 1  # of the report that was altered
    told = capsys.readouterr().out
    assert "report.signed_by_management" in told
    assert "2026-01" in told


@pytest.mark.once
@pytest.mark.service("pango")
def test_its_pdf_is_one_page_however_much_is_asked(busy: Office) -> None:
    report = issue(
        busy,
        *(f"{n}. {'Tetapkan pemilik data ' * 8}"[:200] for n in range(3)),
        month=date(2026, 11, 1),
    )
    client = busy.browser(busy.boss)
    for language in ("id", "en"):
        client.cookies["django_language"] = language
        answer = client.get("/laporan/2026-11/pdf")
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")
        with override(language):
            shown = sheet.of(report.content, report)
            document, _size = printing.one_page({"sheet": shown})
            assert len(document.pages) == 1
    document, size = printing.one_page({"sheet": replace(shown, asks=shown.asks * 3)})
    assert len(document.pages) == 1
    assert size > 1  # where so much is asked it is drawn a little smaller
    invented = render_to_string("reports/pdf.html", {"sheet": replace(shown, demo=True)})
    assert "Demonstrasi" in invented
    assert "Demonstrasi" not in render_to_string("reports/pdf.html", {"sheet": shown})


def test_machines_read_what_was_issued_and_can_compute_its_fingerprint(office: Office) -> None:
    report = issue(office, "Satu petugas lagi")
    secret = issue_token(
        name="reader",
        scope="compliance.read",
        expires_at=office.now + timedelta(days=9000),
        by=office.head,
        now=office.now,
    )
    client = office.browser(office.employee)

    def read(path: str) -> Any:
        return client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {secret}"}).json()

    [listed] = read("/reports")["results"]
    whole = read("/reports/2026-01")
    assert listed == {name: value for name, value in whole.items() if name != "content"}
    assert rules.fingerprint(whole["content"]) == whole["fingerprint"] == report.fingerprint
    assert "detail" in read("/reports/2026-13")


def test_employees_read_no_report(office: Office) -> None:
    assert office.browser(office.employee).get("/laporan").status_code == 403
    assert office.post(office.technician, f"{PAGE}/terbitkan").status_code == 403
    assert office.post(office.head, f"{PAGE}/tanda-tangan").status_code == 403


@pytest.mark.parametrize(("text", "month"), [("2026-02", date(2026, 2, 1)), ("2026-2", None)])
def test_months_are_read_as_they_are_written(text: str, month: date | None) -> None:
    assert rules.parse(text) == month


def test_the_month_before_january_is_december() -> None:
    assert rules.before(date(2026, 1, 1)) == date(2025, 12, 1)
    assert rules.before(date(2026, 12, 1), -1) == date(2027, 1, 1)
    last = datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC)
    assert rules.last_instant(date(2026, 2, 1), ZoneInfo("UTC")) == last
