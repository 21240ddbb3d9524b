"""API, forms and lists of people, with what is broken or meant to harm, at a real server: refused
within two seconds and a hundred megabytes, with words that name the place. Nothing of it is stored,
and others are served meanwhile. Reports and SOP files have tests of their own."""

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest

from tertib.agents.tests.test_hostile_reports import MB, MEGABYTES, SECONDS, peak, reset_peak
from tertib.cli.tests.browser import Browser
from tertib.cli.tests.conftest import Start
from tertib.cli.tests.house import House, children
from tertib.project.tests.installation import words

pytestmark = pytest.mark.alone
SECRET = "jalak bali di dahan waru"
HEAD = "name,email,site\n"
UNREAD = "Permintaan ini tidak dapat dibaca Tidak ada yang berubah"
ROW = {
    "fact": "inventory.observed",
    "subject": {"kind": "asset", "key": "LPT-7"},
    "at": "2026-01-05T09:00:00+07:00",
    "body": {"source_kind": "agent"},
}


def row(**change: object) -> bytes:
    return json.dumps([{**ROW, **change}]).encode()


DEEP: object = "x"
for _level in range(60):
    DEEP = [DEEP]
# name: (what is sent, status, what the answer names)
type Cases = dict[str, tuple[Callable[[], Any], int, str]]
API: Cases = {
    "too large": (lambda: b"[" + b" " * 3 * MB + b"]", 413, "At most 2097152 bytes"),
    "too many": (lambda: b"[" + b"1," * 1000 + b"1]", 413, "At most 1000 rows"),
    "deep": (lambda: b"[" * MB, 422, "nested too deeply"),
    "half a list": (lambda: row()[:-3], 422, "line 1, column"),
    "no UTF-8": (lambda: b'["\xff"]', 422, "UTF-8"),
    "nothing": (lambda: b"", 422, "line 1, column 1"),
    "an object": (lambda: b'{"fact": 1}', 422, "a list"),
    "rows of nothing": (lambda: b"[" + b"{}," * 999 + b"{}]", 200, '"999":"A row is a fact'),
    "a deep row": (lambda: row(body={"source_kind": DEEP}), 200, '"0":"This is nested'),
    "a name of a megabyte": (lambda: row(**{"n" * MB: 1}), 200, '"0":"A text is too long'),
    "a number of a megabyte": (
        lambda: b'[{"fact": %b}]' % (b"9" * MB),
        200,
        '"0":"a number is too large"',
    ),
    "many values": (lambda: row(body={"source_kind": ["x"] * 100_000}), 200, '"0":"A row holds'),
    "many names": (
        lambda: row(body={f"k{n}": n for n in range(100_000)}),
        200,
        '"0":"A row holds too many values."',
    ),
    "long before anybody": (lambda: row(at="0001-01-01T00:00:00Z"), 200, "before the year 1900"),
}
LISTS: Cases = {
    "too large": (
        lambda: HEAD.encode() + b"Ani,ani@contoh.test,x\n" * 300_000,
        422,
        "lebih besar dari 2 MB",
    ),
    "huge": (lambda: HEAD.encode() + b"x" * 60 * MB, 422, "lebih besar dari 2 MB"),
    "one endless line": (lambda: b"x" * (2 * MB - 10), 422, "Baris Alasan 1 "),
    "an endless cell": (lambda: f'{HEAD}"{"x" * MB}'.encode(), 422, "Baris Alasan 2 "),
    "many rows": (lambda: HEAD.encode() + b"a,b,c\n" * 30_000, 422, "Lebih dari 20.000 baris"),
    "many columns": (lambda: b"," * MB + b"\n", 422, "Baris Alasan 1 Lebih dari 40 kolom"),
    "no text": (lambda: bytes(range(256)) * 1000, 422, "Baris Alasan 2 Ini bukan UTF-8"),
    "nothing": (lambda: b"", 422, "Berkas kosong"),
}
FORMS: Cases = {
    "a name of a megabyte": (
        lambda: {"email": "x" * MB, "password": "y"},
        422,
        "Email Pastikan nilai",
    ),
    "a password of a megabyte": (
        lambda: {"email": "a@b.test", "password": "x" * MB},
        422,
        "Password Pastikan",
    ),
    "a zero byte": (lambda: {"email": "a\0b", "password": "y"}, 422, "Email Karakter null"),
    "many fields": (lambda: {f"k{n}": "" for n in range(50_000)}, 400, UNREAD),
    "too large": (lambda: {"email": "x" * 12 * MB}, 400, UNREAD),
    "nothing": (dict, 422, "Email Wajib diisi"),
}


@dataclass
class Door:
    house: House
    browser: Browser
    token: str
    pids: list[int]  # of the processes that answer

    def api(self, body: bytes) -> tuple[int, str]:
        bearer = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        return self._post("/api/v1/facts", body, bearer)

    def form(self, fields: dict[str, str]) -> tuple[int, str]:
        stranger = Browser(self.house)
        told = {"csrfmiddlewaretoken": stranger.token("/masuk"), **fields}
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": stranger.cookies}
        return self._post("/masuk", urlencode(told).encode(), kind)

    def list_(self, file: bytes) -> tuple[int, str]:
        edge, token = "edge-of-a-part", self.browser.token("/orang/impor")
        told = f'--{edge}\r\nContent-Disposition: form-data; name="{{}}"{{}}\r\n\r\n'
        body = told.format("csrfmiddlewaretoken", "").encode() + token.encode() + b"\r\n"
        body += told.format("file", '; filename="a.csv"').encode() + file
        body += f"\r\n--{edge}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={edge}"}
        return self._post("/orang/impor", body, {**kind, "Cookie": self.browser.cookies})

    def _post(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.house.port, timeout=30)
        try:
            with suppress(BrokenPipeError, ConnectionResetError):  # refused before all was sent
                connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            return answer.status, words(text) if text.startswith("<") else text
        finally:
            connection.close()


@pytest.fixture
def door(start_again: Start) -> Door:
    house = start_again().wait()
    browser = Browser(house)
    first = house.told("become the administrator").removeprefix(browser.home)
    who = {"full_name": "Sari", "email": "sari@contoh.test"}
    assert browser.send(first, password=SECRET, again=SECRET, **who) == "/sop"
    token = house.verb("tokens", "issue", "nas").stdout.split()[-1]
    return Door(house, browser, token, children(house.part("web")))


@contextmanager
def others(house: House) -> Iterator[list[float]]:
    """Somebody else asks for a page again and again; yield how long each answer took."""
    waits, stop = [0.0], threading.Event()

    def ask() -> None:
        while not stop.wait(0.05):
            began = time.monotonic()
            assert house.answers("/masuk")
            waits.append(time.monotonic() - began)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    yield waits
    stop.set()
    asking.join(timeout=30)


def stored(house: House) -> list[int]:
    tables = ("evidence_fact", "evidence_subject", "evidence_membership", "people_user")
    return [house.query(f"SELECT count(*) FROM {table}")[0][0] for table in tables]  # noqa: S608


def test_every_door_refuses_in_time_and_names_the_place(door: Door) -> None:
    doors: list[tuple[str, Callable[[Any], tuple[int, str]], Cases]] = [
        ("API", door.api, API),
        ("list", door.list_, LISTS),
        ("form", door.form, FORMS),
    ]
    calls = [
        (send, f"{which}: {name}", case)
        for which, send, cases in doors
        for name, case in cases.items()
    ]
    assert door.api(json.dumps([]).encode())[0] == 200
    before = stored(door.house)
    slow, large, wrong = {}, {}, {}
    with others(door.house) as waits:
        for send, name, (make, status, place) in calls:
            what = make()
            resting = [reset_peak(pid) for pid in door.pids]
            began = time.monotonic()
            answered, text = send(what)
            took = time.monotonic() - began
            grown = max(peak(pid) - rest for pid, rest in zip(door.pids, resting, strict=True))
            if (answered, place in text) != (status, True):
                wrong[name] = (answered, text[-1500:])
            if took > SECONDS:
                slow[name] = took
            if grown > MEGABYTES * MB:
                large[name] = grown // MB
    assert wrong == {}, wrong
    assert slow == {}, slow
    assert large == {}, large
    assert max(waits) < SECONDS
    assert len(waits) > 10  # all the while
    assert stored(door.house) == before
    assert children(door.house.part("web")) == door.pids  # nobody died of it
