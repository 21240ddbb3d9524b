"""On a real installation: people click through the product, and clauses 5c and 6b turn compliant;
they wait, and both turn red again.
"""

from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from conftest import Clock, OwnDatabase
from tertib.people.actions import add_person
from tertib.people.models import Site, User
from tertib.project.tests import installation
from tertib.project.tests.installation import Installation, words


class Company:
    """The installation and those who click in it."""

    def __init__(self, house: Installation) -> None:
        self.house = house
        self.head = self._browser("Dewi Anggraini", "kepala_ti")
        self.boss = self._browser("Bambang Sutrisno", "manajemen")

    def _browser(self, name: str, role: str) -> Client:
        person: User = add_person(
            full_name=name,
            email=f"{name.split()[0].lower()}@contoh.test",
            site=Site.objects.get(),
            role=role,
            by=None,
            now=self.house.clock.now,
        )
        client = Client()
        client.force_login(person)
        return client

    def click(self, who: Client, address: str, **fields: Any) -> str:
        """Send a form as its page does; return where it leads to."""
        answer = who.post(address, fields)
        assert answer.status_code == 302, words(answer.content.decode())
        self.house.run_jobs()
        return str(answer.headers["Location"])

    def today(self) -> date:
        return self.house.clock.now.astimezone(ZoneInfo("Asia/Jakarta")).date()

    def state(self, clause: str) -> str:
        """The word beside the title of the clause's own page."""
        page = self.boss.get(f"/sop/{clause}").content.decode()
        head = page.partition("<h1>")[2].partition("</header>")[0]
        return words(head.partition('class="st ')[2].partition(">")[2])

    def wait(self, **time: float) -> None:
        self.house.clock.move(**time)
        self.house.run_jobs()


@pytest.fixture
def company(
    own_database: OwnDatabase, clock: Clock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Company:
    clock.now = timezone.now()  # people sign in by the wall clock
    company = Company(installation.start(clock, tmp_path, capsys))
    clock.move(minutes=1)
    company.house.run_jobs()
    return company


def test_clause_5c_turns_compliant_by_clicking_and_red_by_waiting(company: Company) -> None:
    assert company.state("5c") == "Belum ada bukti"
    month = f"{company.today():%Y-%m}"
    company.click(company.head, f"/laporan/{month}/terbitkan", ask_1="Beli satu server")
    page = company.boss.get(f"/laporan/{month}").content.decode()
    fingerprint = page.partition('name="fingerprint" value="')[2][:64]
    company.click(company.boss, f"/laporan/{month}/tanda-tangan", fingerprint=fingerprint)
    assert company.state("5c") == "Patuh"

    asked = company.click(
        company.head, "/permintaan/ajukan", title="Satu server", reason="Yang lama penuh"
    )
    company.wait(days=2)
    company.click(company.boss, f"{asked}/putuskan", decision="approve")
    assert company.state("5c") == "Patuh"

    forgotten = company.click(
        company.head, "/permintaan/ajukan", title="Satu petugas", reason="Jaga siang kosong"
    )
    company.wait(days=25)  # more than ten working days
    assert company.state("5c") == "Tidak patuh"
    assert "terlambat" in words(company.boss.get("/permintaan").content.decode()).lower()
    while f"{company.today():%Y-%m}" == month:
        company.wait(days=7)
    draft = words(company.boss.get(f"/laporan/{company.today():%Y-%m}").content.decode())
    assert "Manajemen mendukung." in draft
    assert "Bambang Sutrisno, tenggat" in draft  # whose work the lapse has become
    company.click(company.boss, f"{forgotten}/putuskan", decision="refuse", because="Tahun depan")
    assert company.state("5c") == "Tidak patuh"  # late stays late until its window has passed


def test_clause_5c_is_red_when_no_report_is_signed_any_more(company: Company) -> None:
    month = f"{company.today():%Y-%m}"
    company.click(company.head, f"/laporan/{month}/terbitkan")
    page = company.boss.get(f"/laporan/{month}").content.decode()
    fingerprint = page.partition('name="fingerprint" value="')[2][:64]
    company.click(company.boss, f"/laporan/{month}/tanda-tangan", fingerprint=fingerprint)
    assert company.state("5c") == "Patuh"
    company.wait(days=75)  # the month after has closed, ten days of grace included
    assert company.state("5c") == "Tidak patuh"


def test_clause_6b_turns_compliant_by_clicking_and_red_by_waiting(company: Company) -> None:
    assert company.state("6b") == "Belum ada bukti"
    review = company.click(company.head, "/evaluasi/mulai", held_on=company.today())
    company.click(company.head, f"{review}/butir", kind="decision", text="SOP tetap berlaku")
    everybody = User.objects.values_list("pk", flat=True)
    company.click(company.head, f"{review}/peserta", people=list(everybody))
    boss = User.objects.get(full_name="Bambang Sutrisno")
    company.click(
        company.head,
        f"{review}/tindakan",
        text="Ubah jadwal backup",
        owner=boss.pk,
        due_on=company.today(),
    )
    assert company.state("6b") == "Belum ada bukti"
    company.click(company.boss, f"{review}/tanda-tangan")
    assert company.state("6b") == "Patuh"

    page = company.boss.get(review).content.decode()
    finish = page.partition('action="/evaluasi/tindakan/')[2].partition('"')[0]
    company.click(company.boss, f"/evaluasi/tindakan/{finish}")
    assert company.state("6b") == "Patuh"

    company.wait(days=320)
    assert company.state("6b") == "Mendekati tenggat"
    company.wait(days=60)
    assert company.state("6b") == "Tidak patuh"
