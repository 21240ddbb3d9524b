"""What is broken or meant to harm: refused within two seconds and a hundred megabytes by a real
server, with an error that names the place. Nothing of it is stored, and others are served."""

import gzip
import http.client
import json
import os
import socket
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tertib.agents.models import Section
from tertib.agents.tests.conftest import House
from tertib.agents.tests.machines import FULL, machine
from tertib.agents.wire.bounds import TEXT
from tertib.evidence.models import Fact, Subject
from tertib.inventory.models import Asset, Identifier, Release, Title

SECONDS, MEGABYTES = 2, 100
MB = 2**20


def xml(inside: str, before: str = "", encoding: str = "UTF-8") -> bytes:
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>{before}<REQUEST><DEVICEID>x</DEVICEID>'
        f"<QUERY>INVENTORY</QUERY><CONTENT>{inside}</CONTENT></REQUEST>"
    )
    return text.encode(encoding)


def told(**content: object) -> bytes:
    return json.dumps({"deviceid": "x", "content": content}).encode()


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha" * 50}">' for n in range(10))
# name: (body, status, what the error names)
HOSTILE: dict[str, tuple[Callable[[], bytes], int, str]] = {
    "zip bomb": (lambda: zlib.compress(bytes(300 * MB), 9), 413, "body: unpacks to more"),
    "gzip bomb": (lambda: gzip.compress(b" " * 300 * MB), 413, "body: unpacks to more"),
    "bomb in a bomb": (lambda: zlib.compress(zlib.compress(bytes(300 * MB))), 400, "body"),
    "truncated": (lambda: zlib.compress(FULL)[:9000], 400, "body: the compressed data ends"),
    "damaged": (lambda: zlib.compress(FULL)[:500] + bytes(900), 400, "body: the compressed data"),
    "trailing": (lambda: zlib.compress(FULL) + b"more", 400, "body: something follows"),
    "too large": (lambda: b"{" + b" " * 9 * MB + b"}", 413, "body: more than"),
    "large and incompressible": (lambda: zlib.compress(os.urandom(3 * MB)), 413, "body: more than"),
    "empty": (lambda: b"", 400, "body: it is empty"),
    "noise": (lambda: b"\x00\x01\x02" * 100, 400, "body: it is neither"),
    "billion laughs": (
        lambda: xml("<BIOS><SSN>&l9;</SSN></BIOS>", f"<!DOCTYPE x [{LAUGHS}]>"),
        400,
        "in line 1",
    ),
    "a file of the server": (
        lambda: xml("<A>&f;</A>", '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'),
        400,
        "a document type or an entity",
    ),
    "a DTD elsewhere": (
        lambda: xml("<A/>", '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">'),
        400,
        "a document type",
    ),
    "DTD in UTF-16": (
        lambda: xml("<A>&f;</A>", '<!DOCTYPE x [<!ENTITY f "y">]>', "UTF-16"),
        400,
        "body",
    ),
    "DTD in UTF-7": (
        lambda: b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE x+AD4-<REQUEST/>',
        400,
        "not well-formed XML",
    ),
    "deep XML": (lambda: xml("<A>" * 100_000), 400, "body"),
    "quite deep XML": (lambda: xml("<A>" * 30 + "</A>" * 30), 400, "deeper than 8"),
    "many elements": (lambda: xml("<A/>" * 1_000_000), 413, "body: more than"),
    "long name in XML": (
        lambda: xml(f"<SOFTWARES><NAME>{'a' * MB}</NAME></SOFTWARES>"),
        400,
        "content.softwares[0].name: too long",
    ),
    "unclosed XML": (lambda: b"<REQUEST><CONTENT>", 400, "line 1, column"),
    "deep JSON": (lambda: b'{"deviceid":' + b"[" * 100_000, 400, "not well-formed JSON"),
    "deep closed JSON": (
        lambda: b'{"deviceid":"x","content":{"a":%b%b}}' % (b"[" * 900, b"]" * 900),
        400,
        "content.a",
    ),
    "quite deep JSON": (
        lambda: told(a=json.loads("[" * 9 + "]" * 9)),
        400,
        "content.a[0][0]",
    ),
    "many values": (lambda: b'{"a":[' + b"[]," * 2_000_000 + b"[]]}", 413, "body: more than"),
    "many keys": (
        lambda: told(bios={f"k{n}": n for n in range(400)}),
        400,
        "content.bios: too many",
    ),
    "many entries": (lambda: told(softwares=[{}] * 21_000), 400, "content.softwares: too many"),
    "long name": (
        lambda: told(softwares=[{"name": "ok"}, {"name": "a" * MB}]),
        400,
        "content.softwares[1].name: too long",
    ),
    "long text": (lambda: told(bios={"x": "a" * (TEXT + 1)}), 400, "content.bios.x: too long"),
    "wide text": (lambda: told(a="\N{GRINNING FACE}" * 600_000), 400, "content.a: too long"),
    "long key": (lambda: told(bios={"k" * MB: 1}), 400, "content.bios"),
    "long device id": (lambda: machine(deviceid="x" * 1000), 400, "deviceid: too long"),
    "no device id": (lambda: b'{"content":{}}', 400, "deviceid: missing"),
    "empty device id": (lambda: machine(deviceid=""), 400, "deviceid: empty"),
    "device id of another type": (lambda: b'{"deviceid":{},"content":{}}', 400, "deviceid"),
    "no content": (lambda: b'{"deviceid":"x"}', 400, "content: missing"),
    "a list": (lambda: b"[1]", 400, "body"),
    "content is a list": (lambda: b'{"deviceid":"x","content":[]}', 400, "content"),
    "software is a text": (lambda: told(softwares="all"), 400, "content.softwares"),
    "software holds texts": (lambda: told(softwares=["a"]), 400, "content.softwares[0]"),
    "half a JSON": (lambda: FULL[:5000], 400, "line"),
    "a lone surrogate": (lambda: b'{"deviceid":"\\ud800","content":{}}', 400, "body"),
    "not UTF-8": (lambda: b'{"deviceid":"\xff\xfe","content":{}}', 400, "body"),
    "slow to search": (
        lambda: told(
            **{f"a{n}": "pwd=-----BEGIN PRIVATE KEY-----" * 600 for n in range(290)},
            b=[[[[[[[[]]]]]]]],
        ),
        400,
        "content.b",
    ),
}


@pytest.fixture
def post(house: House) -> Callable[[bytes], tuple[int, str]]:
    place = urlsplit(house.url)

    def send(body: bytes) -> tuple[int, str]:
        connection = http.client.HTTPConnection(place.netloc, timeout=30)
        with suppress(BrokenPipeError, ConnectionResetError):  # refused before all was sent
            connection.request("POST", f"/agent/{house.secret}/", body, {"User-Agent": "test"})
        answer = connection.getresponse()
        status, text = answer.status, answer.read().decode()
        connection.close()
        return status, text

    return send


@pytest.mark.alone
def test_it_is_refused_in_time_with_its_place_and_leaves_nothing(
    house: House, post: Callable[[bytes], tuple[int, str]]
) -> None:
    assert post(FULL)[0] == 200
    before = rows()
    slow, large, wrong = {}, {}, {}
    for name, (make, status, place) in HOSTILE.items():
        body = make()
        resting = [reset_peak(pid) for pid in house.pids]
        began = time.monotonic()
        answered, text = post(body)
        took = time.monotonic() - began
        grown = max(peak(pid) - rest for pid, rest in zip(house.pids, resting, strict=True))
        if (answered, place in text) != (status, True):
            wrong[name] = (answered, text)
        if took > SECONDS:
            slow[name] = took
        if grown > MEGABYTES * MB:
            large[name] = grown // MB
    assert wrong == {}, wrong
    assert slow == {}, slow
    assert large == {}
    assert rows() == before
    assert post(machine(deviceid="good", serial="SN-1"))[0] == 200


def test_a_length_that_lies_harms_nobody(
    house: House, post: Callable[[bytes], tuple[int, str]]
) -> None:
    place = urlsplit(house.url)
    for length in (len(FULL) // 2, len(FULL) + 1000, 10**12):
        with socket.create_connection((place.hostname or "", place.port or 0), timeout=5) as line:
            line.sendall(
                f"POST /agent/{house.secret}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                f"Content-Length: {length}\r\n\r\n".encode()
                + FULL
            )
            line.settimeout(5)
            try:
                if length > len(FULL):
                    line.shutdown(socket.SHUT_WR)  # it may have been refused and closed already
                answer = line.recv(200)
            except OSError:
                answer = b""
            assert not answer.startswith(b"HTTP/1.1 200"), length
    assert not Asset.objects.exists()
    assert post(FULL)[0] == 200


def test_what_cannot_be_kept_in_a_column_is_kept_without_it(
    house: House, post: Callable[[bytes], tuple[int, str]]
) -> None:
    """A NUL, huge and strange numbers, empty entries: odd, but no reason to lose the report."""
    odd = machine(
        deviceid="odd",
        name="nol\0nol",
        softwares=[
            {"name": "a\0b", "version": "1\0"},
            {"name": None},
            {},
            {"name": 7, "version": 1.5},
        ],
        drives=[{"total": 10**30, "free": -1}, {"total": "banyak", "free": None}],
        cpus=[{"name": None}],
    )
    assert post(odd)[0] == 200
    assert Asset.objects.get().name == "nolnol"


def rows() -> list[int]:
    models = (Asset, Identifier, Section, Release, Title, Subject, Fact)
    return [model._default_manager.count() for model in models]


def reset_peak(pid: int) -> int:
    """Forget the highest memory of a process and return what it uses now, in bytes."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    return peak(pid)


def peak(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    [line] = [line for line in lines if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024
