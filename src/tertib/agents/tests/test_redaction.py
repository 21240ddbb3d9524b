"""What Tertib does not want to know is written nowhere: not in the database or its write-ahead
log, not in a server's log, not in an answer."""

import http.client
import json
import zlib
from typing import Any
from urllib.parse import urlsplit

import pytest

from conftest import OwnDatabase
from tertib.agents.models import Section
from tertib.agents.tests.conftest import House
from tertib.agents.tests.machines import machine
from tertib.agents.tests.windows import PLANTED, REPORT
from tertib.agents.wire.redact import KEYS, redact
from tertib.inventory.models import Asset, Release, Title

SECRET = "Kunci_Rahasia_8842"


def test_nothing_planted_in_a_report_is_found_afterwards(
    house: House, own_database: OwnDatabase
) -> None:
    spoken = machine(
        deviceid="json",
        name=f"pc token={SECRET}",
        softwares=[
            {"name": f"x --password {SECRET}", "version": f"1 Bearer {SECRET}"},
            {"name": "y", "comments": f"ftp://u:{SECRET}@h/", "command": SECRET},
        ],
        processes=[{"cmd": SECRET, "user": SECRET}],
        envs=[{"key": "A", "val": SECRET}],
        local_users=[{"login": SECRET}],
        hardware={"name": "pc", "lastloggeduser": SECRET, "LastLoggedUser": SECRET},
        printers=[{"name": "a", "nested": {"deeper": [{"Password": SECRET}]}}],
        unheard_of={"a": SECRET},
    )
    for body in (REPORT.encode(), spoken):
        for broken in (body, body[: len(body) // 2]):
            place = urlsplit(house.url)
            connection = http.client.HTTPConnection(place.netloc, timeout=30)
            connection.request("POST", f"/agent/{house.secret}/", zlib.compress(broken))
            answer = connection.getresponse()
            text = answer.read().decode()
            assert (answer.status == 200) == (broken is body)
            assert SECRET not in text
            assert PLANTED not in text
            connection.close()
    assert Asset.objects.count() == 2
    assert Release.objects.filter(raw_name__startswith="x --password [***]").exists()
    stored = [json.dumps(row.content) for row in Section.objects.all()]
    stored += list(Release.objects.values_list("raw_name", flat=True))
    stored += list(Title.objects.values_list("name", flat=True))
    found = [text for text in stored if SECRET in text or PLANTED in text]
    for file in own_database.folder.glob("*"):
        if file.is_file():
            data = file.read_bytes()
            found += [file.name for word in (SECRET, PLANTED) if word.encode() in data]
    assert found == []
    kept: Any = Section.objects.get(name="printers", content__0__name="Kantor").content
    assert kept[0]["port"] == ("http://[***]@10.0.0.9/ipp")


@pytest.mark.parametrize("key", sorted(KEYS))
def test_such_a_key_is_dropped_however_it_is_spelled_and_wherever_it_stands(key: str) -> None:
    for spelled in (key, key.upper()):
        nested = {"a": [{"b": {spelled: "x", "kept": 1}}]}
        assert redact(nested)[0] == {"a": [{"b": {"kept": 1}}]}
        assert redact([{spelled: "x", "kept": 1}])[0] == [{"kept": 1}]


def test_equal_content_has_equal_bytes_in_any_order() -> None:
    one, other = {"a": 1, "b": [{"x": 1, "y": 2}]}, {"b": [{"y": 2, "x": 1}], "a": 1}
    assert redact(one)[1] == redact(other)[1]


def test_a_secret_among_software_that_was_looked_through_before_is_masked() -> None:
    known = [{"name": f"title {n}", "version": "1"} for n in range(50)]
    hidden = [f"x password={SECRET}", f"x}},{{password={SECRET}", f"{{ --password {SECRET}"]
    for _ in range(2):  # an entry with a secret is never remembered as one without
        assert redact(known)[0] == known
        for text in hidden:
            clean, canonical = redact([*known, {"name": text, "version": "1"}, *known])
            assert SECRET not in canonical.decode()
            assert clean[:50] == clean[51:] == known
