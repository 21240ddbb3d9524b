"""Versions of the SOP: uploaded, compared in words, approved by somebody else, withdrawn."""

import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tertib.evidence.models import Fact
from tertib.governance.tests.conftest import Office
from tertib.people.actions import give_role
from tertib.sop import versions
from tertib.sop.actions import SHIPPED
from tertib.sop.models import Version


def changed(old: str, new: str) -> str:
    """The shipped SOP as version 1.1.0, with something else in it."""
    text = SHIPPED.read_text().replace("version: 1.0.0", "version: 1.1.0")
    text = text.replace("effective_from: 2026-01-01", "effective_from: 2026-02-01")
    assert old in text
    return text.replace(old, new)


def upload(office: Office, text: str) -> Any:
    file = SimpleUploadedFile("sop.yaml", text.encode())
    return office.post(office.head, reverse("governance:upload"), file=file)


def publish(office: Office, text: str) -> Version:
    answer = upload(office, text)
    assert answer.status_code == 302, answer.content.decode()
    return Version.objects.get(uuid=answer.headers["Location"].rpartition("/")[2])


def weaker(office: Office) -> Version:
    """A version that lets more time pass before a computer counts as lost."""
    return publish(office, changed("within: 6 months", "within: 9 months"))


def approve(office: Office, version: Version, by: str = "boss") -> Any:
    return office.post(getattr(office, by), reverse("governance:approve", args=[version.uuid]))


def test_a_file_with_faults_is_refused_with_each_of_them_by_line(office: Office) -> None:
    answer = upload(office, changed("kind: freshness", "kind: frehsness"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "frehsness" in page
    assert re.search(r'<td class="slim num">\d+:\d+</td>', page)
    assert Version.objects.count() == 1


def test_what_gets_weaker_stands_in_words_on_one_page(office: Office) -> None:
    version = weaker(office)
    page = office.page(office.boss, reverse("governance:version", args=[version.uuid]))
    weaker_part = page.partition("Weaker than before")[2].partition("Approval")[0]
    assert "from 6 months to 9 months" in weaker_part
    assert "from 6 bulan ke 9 bulan" not in page
    assert "SOP version to approve" in office.page(office.boss, reverse("governance:decisions"))


def test_its_author_does_not_approve_a_version(office: Office) -> None:
    version = weaker(office)
    give_role(office.head, "manajemen", by=None, now=office.now)
    answer = approve(office, version, "head")
    assert answer.status_code == 409
    assert "Penulis versi tidak dapat menyetujuinya." in answer.content.decode()
    version.refresh_from_db()
    assert version.approved_at is None


def test_two_of_management_approve_at_once_and_the_second_is_told_who_did(office: Office) -> None:
    version = Version.objects.get()
    assert approve(office, version).status_code == 302
    answer = approve(office, version, "other_boss")
    assert answer.status_code == 409
    assert "Bambang Sutrisno" in answer.content.decode()
    assert Fact.objects.filter(kind="sop.version_in_force").count() == 1
    assert versions.provisional(office.now) is None


def test_an_approved_version_judges_from_its_day_on(office: Office) -> None:
    version = weaker(office)
    approve(office, version)
    assert versions.current(office.now).version == "1.0.0"
    office.clock.move(days=30)
    assert versions.current(office.now).version == "1.1.0"
    assert version.effective_from == date(2026, 2, 1)


def test_a_version_that_waits_is_withdrawn_and_never_approved(office: Office) -> None:
    version = weaker(office)
    address = reverse("governance:withdraw", args=[version.uuid])
    assert office.post(office.head, address).status_code == 302
    assert office.post(office.head, address).status_code == 409
    assert approve(office, version).status_code == 409
    assert not Version.objects.exclude(pk=version.pk).filter(withdrawn_at__isnull=False)
    first = Version.objects.get(is_first=True)
    address = reverse("governance:withdraw", args=[first.uuid])
    assert office.post(office.head, address).status_code == 409


@pytest.mark.parametrize("who", ["technician", "employee"])
def test_nobody_else_uploads_or_approves(office: Office, who: str) -> None:
    somebody, version = getattr(office, who), Version.objects.get()
    assert office.browser(somebody).get(reverse("governance:upload")).status_code == 403
    assert approve(office, version, who).status_code == 403


def test_the_file_comes_back_as_it_was_published(office: Office) -> None:
    version = Version.objects.get()
    answer = office.browser(office.boss).get(reverse("governance:file", args=[version.uuid]))
    assert answer.content.decode() == SHIPPED.read_text()
    assert "attachment" in answer.headers["Content-Disposition"]
