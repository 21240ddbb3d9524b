"""The queue, the item, the calendar: what they show, to whom, and in how few queries."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tertib.evidence import subjects
from tertib.evidence.models import Subject
from tertib.people.models import Site, User
from tertib.work.actions import (
    Lapse,
    finish,
    open_lines,
)
from tertib.work.models import Attachment, Batch, Event, Item, Line
from tertib.work.tasks import climb
from tertib.work.tests.conftest import lapse, seen_by, task

DAY = timedelta(days=1)
LINK = "/tugas/TGS-1"
MOST = 12  # queries of a page of the queue, however much there is


def test_the_item_of_a_lapse_shows_its_lines_ladder_owner_and_why(
    budi: User, dewi: User, laptop: Subject, client: Client, clock: Any
) -> None:
    item = lapse(laptop, clock.now)
    assert "/eskalasi" in seen_by(budi, client, f"/tugas/{item.name}")
    clock.now += 20 * DAY
    climb(now=clock.now)
    shown = seen_by(budi, client, f"/tugas/{item.name}")
    assert "/eskalasi" not in shown  # it is with the last one already
    for words in ("LPT-7", "Budi Santoso", "Kepala TI", "Ketahuan terlambat", "Tertutup sendiri"):
        assert words in shown
    assert "Dieskalasi ke Kepala TI: Dewi Anggraini" in " ".join(shown.split())
    assert "/selesai" not in shown  # by evidence alone
    assert client.post(f"/tugas/{item.name}/selesai").status_code == 409


def test_what_is_done_stands_on_the_board_of_whose_it_was(
    budi: User, dewi: User, client: Client, clock: Any
) -> None:
    item = task(dewi, clock)
    finish(item, by=dewi, now=clock.now)
    assert item.name in seen_by(dewi, client, "/tugas/papan")
    assert item.name not in seen_by(budi, client, "/tugas/papan")
    assert item.name in seen_by(budi, client, "/tugas/papan?lihat=semua")


def test_what_is_put_off_is_in_its_own_view(budi: User, client: Client, clock: Any) -> None:
    item = task(budi, clock)
    client.force_login(budi)
    until = f"{(clock.now + 2 * DAY).isoformat()[:16]}"
    assert client.post(f"{LINK}/tunda", {"until": until}).status_code == 302
    assert item.title_id not in client.get("/tugas").content.decode()
    assert item.title_id in client.get("/tugas?lihat=ditunda").content.decode()
    assert client.post(f"{LINK}/tunda", {"until": "2020-01-01T00:00"}).status_code == 409


def test_filters_and_search_are_the_address(
    budi: User, laptop: Subject, client: Client, clock: Any
) -> None:
    lapse(laptop, clock.now)
    task(budi, clock, "Ganti UPS")
    assert "Ganti UPS" not in seen_by(budi, client, "/tugas?klausul=4.1.1")
    assert "Ganti UPS" in seen_by(budi, client, "/tugas?q=ups")
    assert "Ganti UPS" in seen_by(budi, client, "/tugas?q=tgs-2")
    assert "TGS-1" not in seen_by(budi, client, "/tugas?q=tgs-2")
    assert "Ganti UPS" in seen_by(budi, client, "/tugas?q=%00ups&dari=nonsense,9&lihat=x")


def test_a_view_is_kept_under_a_name_and_forgotten(
    budi: User, ani: User, client: Client, clock: Any
) -> None:
    client.force_login(budi)
    told = {"name": "Kabel", "query": "lihat=tim&q=kabel"}
    assert client.post("/tugas/tampilan", told)["Location"] == "/tugas?lihat=tim&q=kabel"
    shown = client.get("/tugas").content.decode()
    assert "Kabel" in shown
    assert "Kabel" not in seen_by(ani, client, "/tugas")
    client.force_login(budi)
    [pk] = [int(part.split("/")[0]) for part in shown.split("/tugas/tampilan/")[1:]]
    client.post(f"/tugas/tampilan/{pk}/hapus")
    assert "Kabel" not in client.get("/tugas").content.decode()


def test_pages_follow_one_another_and_lose_nothing(budi: User, client: Client, clock: Any) -> None:
    names = {task(budi, clock, f"Tugas {n}", days=1 + n // 10).name for n in range(55)}
    client.force_login(budi)
    first = client.get("/tugas").content.decode()
    following = first.split("dari=")[1].split('"')[0]
    second = client.get(f"/tugas?dari={following}").content.decode()

    def shown(page: str) -> set[str]:
        return {part.split('"')[0] for part in page.split('href="/tugas/')[1:]} & names

    assert len(shown(first)) == 50
    assert shown(first) | shown(second) == names
    assert not shown(first) & shown(second)


def test_several_are_changed_after_a_preview_and_back_again(
    budi: User, dewi: User, laptop: Subject, client: Client, clock: Any
) -> None:
    tasks = [task(budi, clock, f"Tugas {n}") for n in range(3)]
    item = lapse(laptop, clock.now)
    client.force_login(dewi)
    pks = [one.pk for one in [*tasks, item]]
    told = {"item": pks, "act": "finish", "query": "lihat=semua"}
    preview = client.post("/tugas/massal", told)
    assert "3 tugas akan dinyatakan selesai" in preview.content.decode()
    assert "hanya ditutup oleh bukti" in preview.content.decode()
    assert not Item.objects.filter(closed_at__isnull=False).exists()  # a preview changes nothing
    there = client.post("/tugas/massal", {**told, "langsung": "1"})["Location"]
    assert Item.objects.filter(closed_because="done").count() == 3
    assert "3 tugas diubah" in client.get(there).content.decode()
    batch = Batch.objects.get()
    assert client.post(f"/tugas/urungkan/{batch.pk}", {"query": ""}).status_code == 302
    assert not Item.objects.filter(closed_at__isnull=False).exists()
    assert tasks[0].steps.filter(outcome="").count() == 2  # its reminder and its due time again


def test_undo_leaves_alone_what_somebody_changed_since_and_ends_with_its_time(
    budi: User, dewi: User, client: Client, clock: Any
) -> None:
    first, second = task(budi, clock, "Satu"), task(budi, clock, "Dua")
    client.force_login(dewi)
    pks = [first.pk, second.pk]
    client.post("/tugas/massal", {"item": pks, "act": "take", "langsung": "1"})
    client.force_login(budi)
    client.post(f"/tugas/{first.name}/ambil")
    client.force_login(dewi)
    batch = Batch.objects.get()
    client.post(f"/tugas/urungkan/{batch.pk}")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.owner, bool(first.started_at)) == (budi, True)
    assert (second.owner, second.started_at) == (budi, None)
    client.post("/tugas/massal", {"item": pks, "act": "take", "langsung": "1"})
    clock.move(minutes=11)
    late = Batch.objects.latest("at")
    assert client.post(f"/tugas/urungkan/{late.pk}").status_code == 409
    client.force_login(budi)
    assert client.post(f"/tugas/urungkan/{late.pk}").status_code == 404  # it was not his


def test_two_who_take_it_at_once_are_both_told_what_holds(
    budi: User, dewi: User, client: Client, clock: Any
) -> None:
    item = task(budi, clock)
    for person in (dewi, dewi, budi):
        client.force_login(person)
        assert client.post(f"{LINK}/ambil").status_code == 302
    item.refresh_from_db()
    assert item.owner == budi
    assert Event.objects.filter(act="taken").count() == 2  # pressing twice is once


def test_comments_are_kept_as_text_and_told(
    budi: User, dewi: User, client: Client, clock: Any
) -> None:
    task(budi, clock)
    client.force_login(dewi)
    client.post(f"{LINK}/komentar", {"text": "<script>alert(1)</script> kabel longgar"})
    shown = client.get(LINK).content.decode()
    assert "&lt;script&gt;" in shown
    assert "kabel longgar" in shown
    assert client.post(f"{LINK}/komentar", {"text": ""}).status_code == 409


def test_files_are_kept_by_content_checked_and_given_as_downloads(
    budi: User, client: Client, clock: Any, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    task(budi, clock)
    client.force_login(budi)

    def send(name: str, content: bytes) -> int:
        file = SimpleUploadedFile(name, content)
        return client.post(f"{LINK}/lampirkan", {"file": file}).status_code

    assert send("foto.png", b"\x89PNG\r\n\x1a\n123") == 302
    assert send("lagi.png", b"\x89PNG\r\n\x1a\n123") == 302  # the same content: one file
    assert send("laman.html", b"<script>") == 409
    assert send("palsu.pdf", b"MZ...") == 409
    assert send("kosong.txt", b"") == 409
    assert send("besar.txt", b"x" * (10 * 2**20 + 1)) == 409
    assert sum(path.is_file() for path in settings.MEDIA_ROOT.rglob("*")) == 1
    kept = Attachment.objects.order_by("pk")[0]
    got = client.get(f"/tugas/lampiran/{kept.pk}")
    assert got.getvalue() == b"\x89PNG\r\n\x1a\n123"
    assert got["Content-Disposition"] == 'attachment; filename="foto.png"'
    assert got["X-Content-Type-Options"] == "nosniff"


def test_a_stranger_s_file_is_not_found(
    ani: User, budi: User, client: Client, clock: Any, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    task(budi, clock)
    client.force_login(budi)
    client.post(f"{LINK}/lampirkan", {"file": SimpleUploadedFile("a.txt", b"rahasia")})
    client.force_login(ani)
    assert client.get(f"/tugas/lampiran/{Attachment.objects.get().pk}").status_code == 404


def test_the_calendar_shows_the_month_and_its_feed_opens_with_its_key_alone(
    budi: User, ani: User, client: Client, clock: Any
) -> None:
    task(budi, clock, "Uji pulih, basis data; SAP")
    assert "Uji pulih" in seen_by(budi, client, "/tugas/kalender")
    assert "Uji pulih" not in seen_by(budi, client, "/tugas/kalender?bulan=2026-03")
    assert "Uji pulih" not in seen_by(ani, client, "/tugas/kalender?bulan=9999-99")
    client.force_login(budi)
    page = client.post("/tugas/kalender/umpan")
    assert page["Cache-Control"] == "no-store"
    address = "/kalender/" + page.content.decode().split("testserver/kalender/")[1].split('"')[0]
    stranger = Client()
    feed = stranger.get(address)
    assert feed["Content-Type"].startswith("text/calendar")
    assert "SUMMARY:TGS-1 Uji pulih\\, basis data\\; SAP\r\n" in feed.content.decode()
    assert stranger.get("/kalender/guess.ics").status_code == 404
    client.post("/tugas/kalender/umpan")  # another key: the first has ended
    assert stranger.get(address).status_code == 404


def test_a_task_is_opened_by_hand_and_an_employee_gives_it_to_nobody_else(
    ani: User, budi: User, client: Client, clock: Any
) -> None:
    due = (clock.now + 5 * DAY).isoformat()[:16]
    client.force_login(ani)
    told = {"title": "Minta kursi", "text": "", "owner": ani.pk, "due_by": due}
    assert client.post("/tugas/baru", {**told, "owner": budi.pk}).status_code == 422
    assert client.post("/tugas/baru", told)["Location"] == LINK
    late = client.post("/tugas/baru", {**told, "due_by": "2020-01-01T00:00"})
    assert (late.status_code, 'value="Minta kursi"' in late.content.decode()) == (422, True)
    past = {"at": "2020-01-01T00:00"}
    for house, back in (("testserver", True), ("elsewhere", False)):
        came_from = {"Referer": f"http://{house}{LINK}"}
        refused = client.post(f"{LINK}/ingatkan", past, headers=came_from)
        assert refused.status_code == 409
        assert (f'class="btn pri" href="{LINK}"' in refused.content.decode()) is back
    assert client.post(f"{LINK}/selesai").status_code == 302
    assert Item.objects.get().closed_because == "done"


def test_what_can_no_longer_be_good_is_signed_on_the_page(
    budi: User, dewi: User, client: Client, clock: Any
) -> None:
    ticket = subjects.introduce("ticket", label="TKT-9", now=clock.now)
    open_lines("desk.first_response", [Lapse(ticket.uuid, 3, clock.now, None)], now=clock.now)
    client.force_login(dewi)
    assert "TKT-9" in client.get(LINK).content.decode()
    line = Line.objects.get()
    told = {"cause": "Tidak ada jaga", "correction": "Jadwal baru"}
    assert client.post(f"/tugas/baris/{line.pk}/tandatangan", told).status_code == 302
    shown = client.get(LINK).content.decode()
    assert "Jadwal baru" in shown
    assert "Ditutup" in shown


def test_both_languages(budi: User, laptop: Subject, client: Client, clock: Any) -> None:
    item = lapse(laptop, clock.now)
    client.force_login(budi)
    client.cookies["django_language"] = "en"
    shown = client.get("/tugas").content.decode()
    assert item.title_en in shown
    assert "Nothing waits" not in shown
    assert "Closes by itself" in client.get(LINK).content.decode()


@pytest.mark.parametrize(
    "address",
    ["/tugas", "/tugas?lihat=semua", "/tugas?lihat=tim", "/tugas/papan", "/tugas/kalender"],
)
def test_a_page_of_the_queue_asks_little_however_much_there_is(
    budi: User, client: Client, clock: Any, address: str
) -> None:
    def give(numbers: range) -> None:
        for number in numbers:
            task(budi, clock, f"Tugas {number}")

    give(range(12))
    client.force_login(budi)

    def asked(page: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        return len(queries)

    asked(address)
    few = asked(address)
    assert few <= MOST
    assert few - asked("/sandi") <= 6  # what the frame asks is every page's
    give(range(12, 60))  # more than a page
    assert asked(address) == few


def test_an_item_asks_the_same_however_many_lines_it_has(
    budi: User, office: Site, client: Client, clock: Any
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(LINK).status_code == 200
        return len(queries)

    client.force_login(budi)
    few = [subjects.introduce("asset", label=f"A-{n}", now=clock.now) for n in range(2)]
    open_lines("inv.hw.fresh", [Lapse(one.uuid, 0, clock.now, None) for one in few], now=clock.now)
    asked()
    before = asked()
    many = [subjects.introduce("asset", label=f"B-{n}", now=clock.now) for n in range(20)]
    open_lines("inv.hw.fresh", [Lapse(one.uuid, 0, clock.now, None) for one in many], now=clock.now)
    assert asked() == before
