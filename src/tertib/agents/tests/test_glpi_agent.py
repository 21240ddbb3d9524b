"""What a GLPI Agent really sends, byte for byte, from its first contact on."""

import gzip
import json
import zlib
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from conftest import Clock
from tertib.agents.models import Section
from tertib.agents.tests.machines import CONTACT, FULL, PARTIAL, PROLOG, Send, changed
from tertib.evidence.models import Fact
from tertib.inventory.models import Asset, Installed

pytestmark = pytest.mark.django_db


def test_its_first_contact_is_answered_so_that_it_asks_what_to_leave_out(send: Send) -> None:
    assert json.loads(send(PROLOG).content) == {"status": "pending"}
    told = json.loads(send(CONTACT).content)
    assert told["status"] == "ok"
    assert told["tasks"]["inventory"]["no-category"] == "process,environment,local_user"


def test_a_full_report_makes_an_asset_and_three_facts(send: Send) -> None:
    assert json.loads(send(FULL).content) == {"status": "ok", "expiration": 24}
    asset = Asset.objects.get()
    assert (asset.tag, asset.name, asset.type) == ("AST-1", "debian-ws-01", "desktop")
    assert Installed.objects.filter(asset=asset).count() == 1113
    facts = Fact.objects.filter(subject=asset.subject)
    assert set(facts.values_list("kind", flat=True)) == {
        "inventory.observed",
        "asset.recorded",
        "software.observed",
    }


def test_a_partial_report_belongs_to_its_machine_and_wipes_nothing(
    send: Send, clock: Clock
) -> None:
    send(FULL)
    asset = Asset.objects.get()
    before = {row.name: row for row in Section.objects.filter(subject=asset.subject)}
    clock.move(hours=24)
    assert send(PARTIAL).status_code == 200
    assert Asset.objects.count() == 1
    after = {row.name: row for row in Section.objects.filter(subject=asset.subject)}
    assert after.keys() == before.keys()
    for name, row in after.items():
        assert row.confirmed_at == clock.now
        assert (row.digest == before[name].digest) == (name != "drives"), name
    assert Installed.objects.filter(asset=asset).count() == 1113
    assert kinds(asset, clock.now) == {"inventory.observed", "asset.recorded"}


def test_an_unchanged_report_only_confirms(send: Send, clock: Clock) -> None:
    send(FULL)
    asset, made_at = Asset.objects.get(), clock.now
    clock.move(hours=24)
    send(FULL)
    assert set(Section.objects.values_list("changed_at", flat=True)) == {made_at}
    assert set(Section.objects.values_list("confirmed_at", flat=True)) == {clock.now}
    assert kinds(asset, clock.now) == {"inventory.observed", "asset.recorded", "software.observed"}


def test_the_same_report_within_a_minute_is_taken_in_once(send: Send, clock: Clock) -> None:
    send(FULL)
    clock.move(seconds=20)
    assert send(FULL).status_code == 200
    assert (Asset.objects.count(), Fact.objects.filter(kind="inventory.observed").count()) == (1, 1)


def test_one_entry_in_a_partial_report_deletes_no_software(send: Send, clock: Clock) -> None:
    send(FULL)
    clock.move(hours=1)
    extra = [{"name": "SAP GUI", "version": "8.00", "from": "extra"}]
    send(changed(PARTIAL, softwares=extra))
    assert Installed.objects.count() == 1114
    clock.move(hours=1)
    send(FULL)  # the next full report says what is really there
    assert Installed.objects.count() == 1113


def test_a_plausible_list_in_a_partial_report_replaces_the_software(
    send: Send, clock: Clock
) -> None:
    send(FULL)
    clock.move(hours=1)
    half = json.loads(FULL)["content"]["softwares"][:600]
    send(changed(PARTIAL, softwares=half))
    assert Installed.objects.count() == 600
    clock.move(hours=1)
    system = json.loads(FULL)["content"]["operatingsystem"]
    send(changed(PARTIAL, softwares=half[:5], operatingsystem=system))
    assert Installed.objects.count() == 5


def test_a_partial_report_adds_to_what_is_known_of_a_section(send: Send, clock: Clock) -> None:
    send(changed(FULL, bios={"ssn": "PF3X9K2L", "smodel": "T14", "smanufacturer": "Lenovo"}))
    clock.move(hours=1)
    send(changed(PARTIAL, bios={"ssn": "PF3X9K2L"}))
    kept: Any = Section.objects.get(name="bios").content
    assert kept["smodel"] == "T14"


def test_the_pending_updates_of_an_agents_extra_file_do_no_harm(send: Send) -> None:
    extra = [{"name": "openssl", "installed": "1", "available": "2", "security": True}]
    assert send(changed(FULL, pending_updates=extra)).status_code == 200


def test_labels_do_not_matter(send: Send, client: Client, address: str) -> None:
    for number, (body, label) in enumerate(
        [
            (zlib.compress(FULL), "Application/x-compress"),
            (gzip.compress(FULL), "application/x-compress-zlib"),
            (FULL, "application/x-compress-zlib"),
            (b"\xef\xbb\xbf" + FULL, "text/plain"),
        ]
    ):
        report = client.post(address, body, content_type=label)
        assert report.status_code == 200, (number, report.content)
    assert Asset.objects.count() == 1


@pytest.mark.parametrize("action", ["get_params", "netdiscovery", "netinventory", "register"])
def test_what_tertib_does_not_do_is_said_so(send: Send, action: str) -> None:
    response = send(json.dumps({"action": action, "deviceid": "x"}).encode())
    assert response.status_code == 501
    assert json.loads(response.content)["status"] == "error"


def test_a_switch_is_no_computer(send: Send) -> None:
    told = json.dumps({"deviceid": "sw", "itemtype": "NetworkEquipment", "content": {}})
    assert send(told.encode()).status_code == 501


def kinds(asset: Asset, at: datetime) -> set[str]:
    """Return what the facts of that instant about an asset are of."""
    facts = Fact.objects.filter(subject=asset.subject, occurred_at=at)
    return set(facts.values_list("kind", flat=True))
