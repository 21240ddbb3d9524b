"""Machines that report: one asset each, a question where a person must say, one after a merge."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client

from conftest import Clock, OwnDatabase
from tertib.agents.actions import enrol
from tertib.agents.models import Section
from tertib.agents.tests.machines import changed, machine, packed
from tertib.evidence import ledger, subjects
from tertib.evidence.models import Attributes, Fact, Merge
from tertib.inventory import actions
from tertib.inventory.models import Asset, Installed, Question
from tertib.inventory.tests.conftest import Report
from tertib.people.actions import first_start
from tertib.people.models import User
from tertib.vault import keyring

UUID = "4c4c4544-0042-3510-8053-b7c04f4e3732"
SWAPPED = "44454c4c-4200-1035-8053-b7c04f4e3732"
CARD, OTHER = "3c:52:82:00:00:01", "3c:52:82:00:00:02"


@pytest.mark.django_db
def test_both_byte_orders_and_a_new_installation_are_one_asset(report: Report) -> None:
    report(machine(deviceid="pc-1", uuid=UUID, serial="SN-A", macs=(CARD,)), agent="one")
    report(machine(deviceid="pc-2", uuid=SWAPPED, serial="SN-A", macs=(CARD,)), agent="two")
    assert Asset.objects.count() == 1
    assert not Question.objects.exists()


@pytest.mark.django_db
def test_machines_with_a_phrase_for_a_serial_stay_apart(report: Report) -> None:
    for n in range(3):
        mac = f"3c:52:82:00:01:{n:02}"
        report(machine(deviceid=f"pc-{n}", serial="To be filled by O.E.M.", macs=(mac,)))
    assert list(Asset.objects.values_list("serial", flat=True)) == ["", "", ""]


@pytest.mark.django_db
def test_a_new_asset_is_described_and_known_by_its_names(report: Report) -> None:
    hardware = {"name": "nb-keu", "uuid": UUID, "chassis_type": "Notebook"}
    report(machine(deviceid="pc-1", serial="PF3X9K2L", macs=(CARD,), hardware=hardware))
    asset = Asset.objects.get()
    assert (asset.type, asset.to_review, asset.status) == ("laptop", False, "in_use")
    described = Attributes.objects.get(subject=asset.subject)
    assert described.values == {"class": "hardware", "type": "laptop", "status": "in_use"}
    for name in ("AST-1", "pf3x9k2l", "NB-KEU"):
        assert subjects.find("asset", name, at=ledger.now()) == asset.subject


def clones(report: Report) -> Question:
    """Let two machines with the numbers of one report in turn."""
    report(machine(deviceid="pc-1", uuid=UUID, serial="SN-A", macs=(CARD,)), agent="one")
    report(machine(deviceid="pc-2", uuid=UUID, serial="SN-A", macs=(OTHER,)), agent="two")
    return Question.objects.get()


@pytest.mark.django_db
def test_clones_are_asked_about_once_and_told_apart_meanwhile(report: Report, clock: Clock) -> None:
    question = clones(report)
    assert (question.new.tag, question.old.tag) == ("AST-2", "AST-1")
    clock.move(hours=1)
    report(machine(deviceid="pc-1", uuid=UUID, serial="SN-A", macs=(CARD,)), agent="one")
    report(machine(deviceid="pc-2", uuid=UUID, serial="SN-A", macs=(OTHER,)), agent="two")
    assert (Asset.objects.count(), Question.objects.count()) == (2, 1)
    assert set(Asset.objects.values_list("seen_at", flat=True)) == {clock.now}


@pytest.mark.django_db
def test_two_machines_stay_two(client: Client, report: Report, budi: User, clock: Clock) -> None:
    question = clones(report)
    client.force_login(budi)
    page = client.get("/aset/pertanyaan").content.decode()
    assert "AST-2" in page
    told = client.post(f"/aset/pertanyaan/{question.pk}", {"answer": "different"})
    assert told.headers["Location"] == "/aset/pertanyaan"
    clock.move(hours=1)
    clones(report)
    question.refresh_from_db()
    assert (question.answer, question.answered_by) == ("different", budi.uuid)
    assert Asset.objects.present().count() == 2


@pytest.mark.django_db
def test_one_machine_becomes_one_and_is_not_asked_about_again(
    report: Report, budi: User, clock: Clock
) -> None:
    software = [{"name": f"title {n}", "version": "1"} for n in range(5)]
    report(
        machine(deviceid="pc-1", uuid=UUID, serial="SN-A", macs=(CARD,), softwares=software[:2]),
        agent="one",
    )
    clock.move(hours=1)
    report(
        machine(deviceid="pc-2", uuid=UUID, serial="SN-A", macs=(OTHER,), softwares=software),
        agent="two",
    )
    question = Question.objects.get()
    old, new = question.old, question.new
    clock.move(hours=1)
    assert actions.answer(question, same=True, by=budi, now=clock.now)
    assert not actions.answer(question, same=False, by=budi, now=clock.now)
    [survivor] = Asset.objects.present()
    assert survivor == old
    assert Merge.objects.get().absorbed == new.subject
    assert survivor.titles == Installed.objects.count() == 5
    assert not Section.objects.filter(subject=new.subject).exists()
    assert subjects.find("asset", "AST-2", at=clock.now) == survivor.subject
    for deviceid, agent, card in (("pc-1", "one", CARD), ("pc-2", "two", OTHER)) * 2:
        clock.move(hours=1)
        report(machine(deviceid=deviceid, uuid=UUID, serial="SN-A", macs=(card,)), agent=agent)
    assert Asset.objects.present().count() == 1
    assert not Question.objects.filter(answer="").exists()
    facts = Fact.objects.filter(subject=survivor.subject, kind="inventory.observed")
    assert facts.count() == 5


@pytest.mark.django_db
def test_a_partial_report_that_could_be_either_is_refused_and_leaves_nothing(
    report: Report, clock: Clock
) -> None:
    for card in (CARD, OTHER):  # one disk image on two machines
        report(machine(deviceid="image-1", macs=(card,)), agent="image")
        clock.move(hours=1)
    assert Asset.objects.count() == 2
    facts = Fact.objects.count()
    partial = changed(machine(deviceid="image-1"), partial=True, networks=None)
    assert report(partial, agent="image") == 409
    assert (Fact.objects.count(), Asset.objects.count()) == (facts, 2)


def test_first_reports_of_one_machine_at_once_make_one_asset(own_database: OwnDatabase) -> None:
    keyring.create(own_database.folder / "keyring")
    address = enrol(first_start(ledger.now()), ledger.now())
    software = [{"name": f"title {n}", "version": "1"} for n in range(50)]

    def post(n: int) -> int:
        mine = machine(
            deviceid="pc-1", uuid=UUID, serial="SN-A", macs=(CARD,), softwares=software[n:]
        )
        try:
            told = Client().post(address, packed(mine), content_type="application/x-compress-zlib")
            return told.status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(post, range(12)))
    assert statuses == [200] * 12
    assert Asset.objects.count() == 1
