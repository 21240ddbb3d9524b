"""The doors that people use: the list, an asset's page, its forms, the file."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tertib.agents.tests.machines import FULL, machine
from tertib.audit.models import Entry
from tertib.evidence.models import Fact, Membership
from tertib.inventory.models import Asset
from tertib.inventory.tests.conftest import Report
from tertib.people.models import Site, User

pytestmark = pytest.mark.django_db
MAC = "3c:52:82:00:{:02x}:{:02x}"


@pytest.fixture
def many(report: Report) -> list[Asset]:
    for n in range(53):
        body = machine(deviceid=f"pc{n}-1", serial=f"SN-{n:03}", macs=(MAC.format(0, n),))
        assert report(body) == 200
    return list(Asset.objects.order_by("pk"))


@pytest.fixture
def few(report: Report) -> list[Asset]:
    for n in range(4):
        report(machine(deviceid=f"pc{n}-1", serial=f"SN-{n:03}", macs=(MAC.format(0, n),)))
    return list(Asset.objects.order_by("pk"))


@pytest.fixture
def desk(client: Client, budi: User) -> Client:
    client.force_login(budi)
    return client


def test_the_list_shows_fifty_and_the_next_page_the_rest(desk: Client, many: list[Asset]) -> None:
    first = desk.get("/aset").content.decode()
    assert first.count('class="rowlink fall"') == 50
    [following] = [word for word in first.split('"') if "dari=" in word]
    rest = desk.get(following.replace("&amp;", "&")).content.decode()
    assert rest.count('class="rowlink fall"') == 3


def test_the_list_finds_by_serial_and_filters(desk: Client, many: list[Asset]) -> None:
    assert desk.get("/aset?q=sn-007").content.decode().count('class="rowlink fall"') == 1
    assert desk.get("/aset?jenis=server").content.decode().count('class="rowlink fall"') == 0
    assert desk.get("/aset?tinjau=1").content.decode().count('class="rowlink fall"') == 50


def test_a_page_takes_no_more_than_fifteen_queries(
    desk: Client, many: list[Asset], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for path in ("/aset", "/aset/AST-1", "/aset/pertanyaan"):
        with django_assert_max_num_queries(15, info=path):
            assert desk.get(path).status_code == 200


def test_an_asset_is_found_by_its_serial_too(desk: Client, few: list[Asset]) -> None:
    assert desk.get("/aset/SN-003").headers["Location"] == "/aset/AST-4"
    assert desk.get("/aset/nothing").status_code == desk.get("/aset/%00").status_code == 404


def test_the_page_shows_hardware_software_and_network(desk: Client, report: Report) -> None:
    report(FULL)
    page = desk.get("/aset/AST-1").content.decode()
    for told in ("AMD EPYC", "23,5 GB", "adduser", "3.134", "192.0.2.14", "Debian GNU/Linux 12"):
        assert told in page
    software = desk.get("/aset/AST-1/perangkat-lunak?q=zlib").content.decode()
    assert "zlib1g" in software
    assert "adduser" not in software


def test_a_whole_entry_is_recorded_with_people_and_places_by_uuid(
    desk: Client, few: list[Asset], ani: User, office: Site
) -> None:
    owner = {"owner": f"person:{ani.uuid}"}
    assert desk.post("/aset/AST-1/pemilik", owner).headers["Location"] == "/aset/AST-1"
    new = {"tag": "NB-KEU-014", "serial": "PF3X9K2L", "type": "laptop"}
    assert desk.post("/aset/AST-1/data", new).headers["Location"] == "/aset/NB-KEU-014"
    desk.post("/aset/NB-KEU-014/lokasi", {"site": office.pk, "place": "lantai 3"})
    asset = Asset.objects.get(tag="NB-KEU-014")
    facts = Fact.objects.filter(subject=asset.subject, kind="asset.recorded").order_by("-seq")
    assert facts[0].body == {
        "fields": {
            "tag": "NB-KEU-014",
            "serial": "PF3X9K2L",
            "owner": str(ani.uuid),
            "location": str(office.uuid),
            "status": "in_use",
        }
    }
    assert not asset.to_review
    assert (asset.owner, asset.place) == (ani, "lantai 3")
    assert Entry.objects.filter(subject=asset.subject_id, action="change_asset").count() == 3
    assert desk.get("/aset/AST-1").headers["Location"] == "/aset/NB-KEU-014"


def test_a_unit_may_own_an_asset_but_not_together_with_a_person(
    desk: Client, few: list[Asset], ani: User
) -> None:
    desk.post("/aset/AST-1/pemilik", {"owner": f"person:{ani.uuid}"})
    assert desk.post("/aset/AST-1/pemilik", {"owner": "unit:nobody"}).status_code == 422


def test_retiring_an_asset_ends_its_membership(desk: Client, few: list[Asset]) -> None:
    desk.post("/aset/AST-1/status", {"status": "retired"})
    asset = Asset.objects.get(tag="AST-1")
    assert asset.status == "retired"
    members = Membership.objects.filter(subject=asset.subject, population="hardware")
    assert not members or members.order_by("-seq")[0].ended_at


@pytest.mark.parametrize("tag", ["AST-2", "", "a b", "../x", "<b>"])
def test_a_tag_that_is_taken_or_no_tag_is_refused(desk: Client, few: list[Asset], tag: str) -> None:
    response = desk.post("/aset/AST-1/data", {"tag": tag, "serial": "", "type": "desktop"})
    assert response.status_code == 422
    assert 'action="/aset/AST-1/data"' in response.content.decode()  # it can be mended here
    assert Asset.objects.filter(tag="AST-1").exists()


def test_who_only_uses_a_computer_sees_no_register(
    client: Client, ani: User, few: list[Asset]
) -> None:
    client.force_login(ani)
    assert client.get("/aset").status_code == 403
    assert client.post("/aset/AST-1/status", {"status": "retired"}).status_code == 403


def test_the_file_holds_every_asset_and_no_formula(desk: Client, report: Report) -> None:
    report(machine(deviceid="x-1", serial="SN-1", name="=cmd|' /C calc'!A0"))
    report(machine(deviceid="y-1", serial="SN-2", name="biasa"))
    file = b"".join(desk.get("/aset.csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert file.count("\r\n") == 3
    assert "'=cmd" in file
    assert ",=cmd" not in file


def test_an_empty_register_says_how_it_fills(desk: Client) -> None:
    assert "GLPI Agent" in desk.get("/aset").content.decode()
