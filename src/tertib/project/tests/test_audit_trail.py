"""The page that says who did what: filters, pages, the file, and words for every action."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tertib.audit import trail
from tertib.audit.actions import note
from tertib.audit.models import Entry
from tertib.keep.tasks import back_up_nightly
from tertib.people.actions import add_person, add_site, first_start, give_role
from tertib.people.models import User
from tertib.sop.actions import publish_shipped
from tertib.work.actions import assign, finish, open_task

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
MOST = 20  # statements: who asks, the lines, and each room once for what it knows


@pytest.fixture
def dewi(db: None) -> User:
    site = first_start(NEW_YEAR)
    return add_person(
        full_name="Dewi Anggraini",
        email="dewi@example.com",
        site=site,
        role="kepala_ti",
        by=None,
        now=NEW_YEAR,
    )


@pytest.fixture
def siti(dewi: User) -> User:
    person = add_person(
        full_name="Siti Rahmawati",
        email="siti@example.com",
        site=dewi.site,
        role="pengguna",
        by=dewi,
        now=NEW_YEAR,
    )
    give_role(person, "helpdesk", by=dewi, now=NEW_YEAR, reason="pengganti Bayu")
    return person


@pytest.fixture
def page(dewi: User, client: Client) -> Client:
    client.force_login(dewi)
    return client


def text(client: Client, **asked: str) -> str:
    answer = client.get("/jejak-audit", asked)
    assert answer.status_code == 200
    return " ".join(unescape(answer.content.decode()).split())


def test_a_line_says_who_did_what_to_whom_why_and_leads_there(page: Client, siti: User) -> None:
    shown = text(page, tentang="siti@")
    assert "Memberi peran:" in shown
    assert f'href="/orang/{siti.uuid}">Siti Rahmawati' in shown
    assert "“pengganti Bayu”" in shown
    assert "Dewi Anggraini" in shown
    assert "<ins>helpdesk</ins>" in shown


def test_it_is_filtered_by_person_thing_action_and_days(page: Client, siti: User) -> None:
    now = timezone.now()
    add_site(name="Surabaya", zone="Asia/Jakarta", by=siti, now=now)
    assert "Menambahkan lokasi:" in text(page, siapa="rahmawati")
    assert "Memberi peran:" not in text(page, siapa="rahmawati")
    assert "Menambahkan lokasi:" in text(page, tentang="surabaya")
    assert "Memberi peran:" not in text(page, tentang="surabaya")
    assert "Menambahkan lokasi:" not in text(page, aksi="give_role")
    assert "Surabaya" not in text(page, sampai="2026-01-02")
    assert "Menambahkan lokasi:" in text(page, dari=f"{timezone.localtime(now):%Y-%m-%d}")
    assert "Tidak ada tindakan seperti itu" in text(page, siapa="nobody at all")


def test_work_is_found_by_its_number(page: Client, siti: User, dewi: User) -> None:
    now = timezone.now()
    due = now + timedelta(days=1)
    open_task(title="Ganti printer", due_by=due, owner=siti, by=dewi, now=now)
    assert 'href="/tugas/TGS-1">TGS-1 Ganti printer' in text(page, tentang="tgs-1")


def test_pages_go_on_without_losing_or_repeating_a_line(page: Client, dewi: User) -> None:
    for number in range(120):
        at = NEW_YEAR + timedelta(minutes=number // 3)  # three at the same instant
        note("take_back", dewi.uuid, actor=dewi.uuid, now=at, number=(None, f"n{number}."))
    seen, address = [], "/jejak-audit?aksi=take_back"
    for _page in range(5):
        shown = unescape(page.get(address).content.decode())
        seen += [f"n{n}." for n in range(120) if f"<ins>n{n}.</ins>" in shown]
        if 'btn mis"' not in shown:
            break
        following = re.search(r'btn mis"\s+href="([^"]+)"', shown)
        assert following
        address = following[1]
    assert sorted(seen) == sorted(f"n{n}." for n in range(120))


def test_what_cannot_be_read_in_a_filter_is_said_and_nothing_breaks(page: Client) -> None:
    asked = {"dari": "kemarin", "aksi": "no_such", "setelah": "x" * 9000, "siapa": "\0"}
    assert page.get("/jejak-audit", asked).status_code == 200


def test_the_file_holds_what_the_filter_finds_and_is_noted_itself(
    page: Client, dewi: User, siti: User
) -> None:
    add_site(name="=HYPERLINK(1)", zone="Asia/Jakarta", by=siti, now=timezone.now())
    answer = page.get("/jejak-audit.csv", {"siapa": "rahmawati"})
    rows = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert "Siti Rahmawati,'=HYPERLINK(1)" in rows
    assert "Memberi peran" not in rows
    line = Entry.objects.get(action="export_trail")
    assert (line.actor, line.changed["filter"]) == (dewi.uuid, [None, "siapa=rahmawati"])


def test_a_person_who_is_gone_leaves_a_line_that_can_be_read(page: Client) -> None:
    note("give_role", UUID(int=7), actor=UUID(int=8), now=NEW_YEAR)
    assert "Sudah tidak ada (00000000)" in text(page, aksi="give_role")


def test_it_stays_within_its_statements(page: Client, siti: User, dewi: User) -> None:
    now = timezone.now()
    for number in range(60):
        name = f"Lokasi {number}"
        add_site(name=name, zone="Asia/Jakarta", by=dewi, now=now)
    with CaptureQueriesContext(connection) as asked:
        page.get("/jejak-audit")
    assert len(asked) <= MOST


def test_only_who_may_read_it_does(siti: User, client: Client) -> None:
    client.force_login(siti)
    assert client.get("/jejak-audit").status_code == 403
    assert client.get("/jejak-audit.csv").status_code == 403


def test_no_number_of_the_database_and_no_code_stands_in_a_line(
    page: Client, siti: User, dewi: User
) -> None:
    """Names with links, and words: of roles, controls, ends, matters, kinds, jobs."""
    publish_shipped(NEW_YEAR)
    now = timezone.now()
    item = open_task(title="Ganti", due_by=now + timedelta(days=1), owner=siti, by=dewi, now=now)
    assign(item, dewi, by=dewi, now=now)
    finish(item, by=dewi, now=now)
    made = item.uuid
    lines: list[dict[str, Any]] = [
        {"control": (None, "inv.hw.fresh"), "matter": (None, "waiver"), "batch": (None, 4711)},
        {"role": ("pelatih", "kepala_ti"), "task": (None, back_up_nightly.module_path)},
        {
            "type": ("desktop", "server"),
            "kind": (None, "decision"),
            "ranges": ([], ["10.1.0.0/16"]),
        },
        {"deputy": (None, str(siti.uuid)), "held_on": (None, "2026-09-15")},
        {"for_whom": (None, str(siti.uuid))},
    ]
    for changed in lines:
        note("change_lines", made, actor=dewi.uuid, now=now, **changed)
    client_text = " ".join(re.sub(r"<[^>]+>", " ", text(page, orang="on")).split())
    for raw in ("inv.hw.fresh", "4711", "kepala_ti", "back_up", str(siti.uuid), "2026-09-15"):
        assert raw not in client_text, raw
    assert f"Penanggung jawab: {siti.full_name} → {dewi.full_name}" in client_text
    for word in ("pengecualian", "Kepala TI", "Backup malam", "Server", "10.1.0.0/16"):
        assert word in client_text, word
    assert "15 Sep 2026" in client_text
    shown = text(page, orang="on")
    assert f'<ins><a class="who" href="/orang/{siti.uuid}">Siti Rahmawati</a>' in shown
    rows = b"".join(page.get("/jejak-audit.csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert "4711" not in rows
    assert f"{siti.full_name} → {dewi.full_name}" in rows


def noted() -> Iterator[tuple[str, str]]:
    """Yield each action that the code notes, and where."""
    for path in Path(settings.PACKAGE).rglob("*.py"):
        if "tests" in path.parts or "demo" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id in ("note", "note_many") and node.args:
                for one in ast.walk(node.args[0]):
                    if isinstance(one, ast.Constant) and isinstance(one.value, str):
                        yield one.value, f"{path.parent.name}/{path.name}"


def test_every_action_that_is_noted_has_words() -> None:
    found = dict(noted())
    assert len(found) > 60
    missing = [f"{where}: {name}" for name, where in found.items() if name not in trail.actions()]
    assert missing == [], "say how it is called in trail.py"


def told() -> Iterator[tuple[str, str]]:
    """Yield each field that the code names in a line, and where."""
    for path in Path(settings.PACKAGE).rglob("*.py"):
        if "tests" in path.parts or "demo" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "note":
                for one in node.keywords:
                    if one.arg and one.arg not in ("actor", "now", "reason"):
                        yield one.arg, f"{path.parent.name}/{path.name}"


def test_every_field_that_is_noted_has_words_or_is_nobody_s() -> None:
    found = dict(told())
    assert len(found) > 30
    known = trail.fields()
    missing = [
        f"{where}: {name}"
        for name, where in found.items()
        if name not in known and not trail.is_inner(name)
    ]
    assert missing == [], "say how it is called in trail.py"
