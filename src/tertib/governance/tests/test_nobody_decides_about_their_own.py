"""Attack: whoever asks, writes or issues decides about it too, at each door where one decides."""

from datetime import date
from typing import Any

import pytest

from tertib.governance.actions import (
    add_action,
    add_point,
    approve_version,
    ask_resource,
    ask_waiver,
    begin_review,
    decide_resource,
    finish_action,
    grant_waiver,
    publish_version,
    set_participants,
    sign_review,
)
from tertib.governance.models import Acknowledgement, Request, Review, Waiver
from tertib.governance.tests.conftest import Office
from tertib.lib.errors import Refused
from tertib.sop import actions as sop
from tertib.sop.models import Version


def test_a_request_is_not_decided_by_whoever_asked(office: Office) -> None:
    request = ask_resource("Server", reason="Rusak", amount=None, by=office.boss, now=office.now)
    with pytest.raises(Refused):
        decide_resource(request, approved=True, because="", by=office.boss, now=office.now)
    answer = office.post(office.boss, f"/permintaan/{request.uuid}/putuskan", decision="approve")
    assert answer.status_code != 302
    assert Request.objects.get().decision == ""
    assert decide_resource(request, approved=True, because="", by=office.other_boss, now=office.now)


def test_a_waiver_is_not_granted_by_whoever_asked_nor_without_the_role(
    office: Office,
) -> None:
    waiver = ask_waiver(
        "inv.hw.fresh",
        subject=None,
        reason="Pindah",
        last_day=date(2026, 1, 20),
        by=office.boss,
        now=office.now,
    )
    for by in (office.boss, office.head, office.employee):  # the asker, and who has no such role
        with pytest.raises(Refused):
            grant_waiver(waiver, by=by, now=office.now)
    assert Waiver.objects.get().decision == ""
    assert grant_waiver(waiver, by=office.other_boss, now=office.now)


def test_a_review_is_not_signed_by_whoever_wrote_it(office: Office) -> None:
    review = begin_review(date(2026, 1, 5), agenda=["Setahun"], by=office.boss, now=office.now)
    set_participants(review, [office.boss, office.head], by=office.boss, now=office.now)
    add_point(review, "decision", "Lanjut", by=office.boss, now=office.now)
    action = add_action(
        review,
        "Ganti",
        owner=office.technician,
        due_on=date(2026, 2, 2),
        by=office.boss,
        now=office.now,
    )
    with pytest.raises(Refused):
        sign_review(review, by=office.boss, now=office.now)
    with pytest.raises(Refused):  # nothing of it has begun
        finish_action(action, by=office.technician, now=office.now)
    assert Review.objects.get().signed_at is None
    assert sign_review(review, by=office.other_boss, now=office.now)


def test_a_version_is_not_approved_by_whoever_wrote_it(office: Office) -> None:
    text = sop.SHIPPED.read_text().replace("version: 1.0.0", "version: 1.1.0")
    text = text.replace("effective_from: 2026-01-01", "effective_from: 2026-02-01")
    version = publish_version(text, sop.SOURCE.read_text(), author=office.boss.uuid, now=office.now)
    with pytest.raises(Refused):
        approve_version(version, by=office.boss.uuid, now=office.now)
    answer = office.post(office.boss, f"/versi/{version.uuid}/setujui")
    assert answer.status_code == 409
    assert Version.objects.get(name="1.1.0").approved_at is None
    assert approve_version(version, by=office.other_boss.uuid, now=office.now)


def test_nobody_acknowledges_for_somebody_else(office: Office) -> None:
    """The page takes no person: whoever is signed in says it of themselves."""
    version = Version.objects.get()
    approve_version(version, by=office.boss.uuid, now=office.now)
    told: dict[str, Any] = {"digest": version.digest, "person_uuid": str(office.head.uuid)}
    office.post(office.employee, "/pernyataan", **told)
    assert [one.person for one in Acknowledgement.objects.all()] == [office.employee]
