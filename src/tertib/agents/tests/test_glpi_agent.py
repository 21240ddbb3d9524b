"""What a GLPI Agent really sends, byte for byte, from its first contact on."""

import json
from datetime import timedelta

import pytest

from tertib.agents.models import Section
from tertib.agents.tests.machines import CONTACT, FULL, PARTIAL, PROLOG, Send, changed
from tertib.evidence.models import Fact, Membership
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
