"""The XML dialect, as Windows agents and old ones speak it, in our one form."""

from html import unescape
from typing import Any

import pytest
from django.test import Client

from tertib.agents.models import Section
from tertib.agents.tests.machines import Send
from tertib.agents.tests.windows import REPORT
from tertib.evidence.models import Fact
from tertib.inventory.models import Asset, Release

pytestmark = pytest.mark.django_db


def post(send: Send, body: bytes) -> bytes:
    told = send(body, GLPI_Agent_ID="", User_Agent="FusionInventory-Agent_v2.6")
    assert told.status_code == 200, told.content
    return told.content


def test_a_windows_laptop_is_registered_with_its_type_model_and_support(send: Send) -> None:
    assert b"<RESPONSE>SEND</RESPONSE>" in post(send, REPORT.encode())
    asset = Asset.objects.get()
    assert (asset.type, asset.serial, asset.maker) == ("laptop", "PF3X9K2L", "LENOVO")
    assert (asset.model, asset.system) == ("ThinkPad T14 Gen 3", "Microsoft Windows 11 Pro")
    assert set(Release.objects.values_list("title__name", flat=True)) == {
        "7-Zip",
        "Microsoft 365 Apps for business",
        "KB5046633",
    }
    fact = Fact.objects.get(kind="inventory.observed")
    assert fact.body == {"source_kind": "agent", "os_supported": True}


def test_it_is_brought_to_the_form_of_the_json_dialect(send: Send) -> None:
    post(send, REPORT.encode())
    stored: dict[str, Any] = {row.name: row.content for row in Section.objects.all()}
    assert stored["hardware"]["memory"] == 16384
    assert stored["networks"][0]["mac"] == "3C:52:82:AA:BB:01"
    assert stored["networks"][0]["virtualdev"] is False
    assert stored["storages"] == [{"model": "NVMe 512", "disksize": 512110, "serial": "S6A1NX0T"}]
    assert stored["antivirus"][0]["enabled"] is True
    assert isinstance(stored["drives"], list)


def test_what_is_not_utf_8_is_read_as_iso_8859_1(send: Send) -> None:
    post(send, REPORT.replace("NB-KEU<", "Café<").encode("iso-8859-1"))
    assert Asset.objects.get().name == "Café"


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("a\x1bb", "a\ufffdb"),
        ("a\ufffeb", "a\ufffdb"),
        ("a&#27;b", "a\ufffdb"),
        ("a&#x1B;b", "a\ufffdb"),
        ("a&#xD800;b", "a\ufffdb"),
        ("a&#9999999;b", "a\ufffdb"),
        ("a&#233;b", "a\u00e9b"),
        ("a&copy=1&copy;b", "a&copy=1&copy;b"),
        ("a & b &amp; c", "a & b & c"),
        ("a&", "a&"),
    ],
)
def test_a_character_that_xml_has_no_place_for_refuses_no_report(
    send: Send, sent: str, stored: str
) -> None:
    post(send, REPORT.replace("NB-KEU<", f"{sent}<").encode())
    assert Asset.objects.get().name == stored


def test_a_missing_query_is_an_inventory(send: Send) -> None:
    post(send, REPORT.replace("<QUERY>INVENTORY</QUERY>", "").encode())
    assert Asset.objects.exists()


@pytest.mark.parametrize("query", ["SNMPQUERY", "NETDISCOVERY", "<b>"])
def test_what_tertib_does_not_do_is_said_in_xml(send: Send, query: str) -> None:
    said = query.replace("<", "&lt;").replace(">", "&gt;")
    body = REPORT.replace("<QUERY>INVENTORY</QUERY>", f"<QUERY>{said}</QUERY>")
    told = send(body.encode(), GLPI_Agent_ID="")
    assert told.status_code == 501
    assert query.lower() in unescape(told.content.decode())
    assert b"<b>" not in told.content


def test_an_injected_report_is_not_the_injectors_machine(send: Send) -> None:
    """The injector sends every machine's report under its own agent id."""
    for n in (1, 2):
        body = REPORT.replace("NB-KEU-2026", f"PC{n}-2026").replace("PF3X9K2L", "")
        body = body.replace("4C4C4544-0042-3510-8053-B7C04F4E3732", "")
        body = body.replace("<VIRTUALDEV>0", "<VIRTUALDEV>1")  # as if on one virtual network
        assert send(body.encode(), User_Agent="GLPI-Injector").status_code == 200
    assert Asset.objects.count() == 2


def test_a_known_machine_that_changes_its_dialect_stays_itself(send: Send, client: Client) -> None:
    post(send, REPORT.encode())
    post(send, REPORT.replace("25H2", "25H3").encode())
    assert Asset.objects.count() == 1
