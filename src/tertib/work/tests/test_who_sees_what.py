"""Whose work somebody sees, what they may do with it, and where it leads them."""

from datetime import timedelta
from typing import Any

from django.test import Client

from tertib.evidence.models import Subject
from tertib.notify.models import Notice
from tertib.people.actions.standing import set_manager
from tertib.people.models import Site, User
from tertib.work.actions import (
    Lapse,
    Mended,
    close_lines,
    lend,
    open_lines,
)
from tertib.work.models import Item, Line
from tertib.work.tasks import climb
from tertib.work.tests.conftest import hire, lapse, seen_by, task

DAY = timedelta(days=1)
LINK = "/tugas/TGS-1"


def test_one_s_own_work_is_what_one_owns_what_was_raised_and_one_s_own_lines(
    budi: User, dewi: User, hadi: User, laptop: Subject, client: Client, clock: Any
) -> None:
    item = lapse(laptop, clock.now)
    assert item.name in seen_by(budi, client, "/tugas")
    assert item.name not in seen_by(dewi, client, "/tugas")
    clock.now += 10 * DAY
    climb(now=clock.now)
    assert item.name in seen_by(dewi, client, "/tugas")
    assert item.name in seen_by(budi, client, "/tugas")
    assert item.name not in seen_by(hadi, client, "/tugas")
    assert item.name in seen_by(hadi, client, "/tugas?lihat=semua")


def test_an_employee_sees_own_work_alone_and_learns_nothing_of_others(
    ani: User, budi: User, client: Client, clock: Any
) -> None:
    own, others = task(ani, clock, "Baca panduan"), task(budi, clock)
    shown = seen_by(ani, client, "/tugas?lihat=semua")
    assert own.title_id in shown
    assert others.title_id not in shown
    assert client.get(f"/tugas/{others.name}").status_code == 404
    assert client.post(f"/tugas/{others.name}/ambil").status_code == 404
    assert client.post(f"/tugas/{own.name}/tugaskan", {"to": budi.pk}).status_code == 403
    chosen = {"item": [others.pk], "act": "take", "langsung": "1"}
    assert client.post("/tugas/massal", chosen).status_code == 403
    others.refresh_from_db()
    assert (others.owner, others.started_at) == (budi, None)


def test_an_auditor_reads_everything_and_changes_nothing(
    office: Site, budi: User, client: Client, clock: Any
) -> None:
    auditor = hire(office, "Umar Audit", "auditor", clock.now)
    item = task(budi, clock)
    assert item.title_id in seen_by(auditor, client, f"/tugas/{item.name}")
    for act in ("ambil", "selesai", "eskalasi", "kembalikan"):
        assert client.post(f"/tugas/{item.name}/{act}").status_code == 403
    assert client.post(f"/tugas/{item.name}/komentar", {"text": "x"}).status_code == 403


def test_nobody_is_led_to_what_stays_closed_to_them(
    ani: User, budi: User, laptop: Subject, client: Client, clock: Any
) -> None:
    item = lapse(laptop, clock.now)
    assert 'href="/aset/LPT-7"' in seen_by(budi, client, LINK)
    lend(item, ani, until=clock.now + DAY, by=budi, now=clock.now)
    shown = seen_by(ani, client, LINK)
    assert "LPT-7" in shown
    assert "/aset/LPT-7" not in shown


def test_the_line_about_somebody_names_the_manager_who_has_to_act(
    ani: User, hadi: User, client: Client, clock: Any
) -> None:
    set_manager(ani, hadi, by=None, now=clock.now)
    joined = Lapse(ani.uuid, 7, clock.now, None)
    open_lines("trn.newcomers", [joined], now=clock.now)
    shown = seen_by(hadi, client, LINK)
    assert '<span class="mut sm">Hadi Wijaya</span>' in shown


def test_a_line_of_one_s_own_is_no_right_over_the_whole_task(
    ani: User, budi: User, dewi: User, client: Client, clock: Any
) -> None:
    lapses = [Lapse(one.uuid, 0, clock.now, None) for one in (ani, budi)]
    open_lines("usr.ack", lapses, now=clock.now)
    shown = seen_by(ani, client, LINK)
    assert "Budi Santoso" in seen_by(dewi, client, LINK)
    assert "Budi Santoso" not in shown  # nor is it hers to know who else has not
    assert 'href="/pernyataan"' in shown.split("<main")[1]
    client.force_login(ani)
    assert "/komentar" in shown
    assert "/ambil" not in shown
    queue = seen_by(ani, client, "/tugas")
    assert LINK in queue
    assert 'name="item"' not in queue
    for act in ("ambil", "selesai", "eskalasi", "kembalikan", "delegasikan", "tunda"):
        assert client.post(f"{LINK}/{act}").status_code == 403
    chosen = {"item": [Item.objects.get().pk], "act": "take", "langsung": "1"}
    assert client.post("/tugas/massal", chosen).status_code == 403
    assert client.post(f"{LINK}/komentar", {"text": "Sudah saya baca."}).status_code == 302
    remind = {"at": (clock.now + DAY).isoformat()[:16]}
    assert client.post(f"{LINK}/ingatkan", remind).status_code == 302
    assert 'name="item"' in seen_by(dewi, client, "/tugas")
    asked = Notice.objects.filter(read_at=None).exclude(topic="work.comment")
    assert {one.person for one in asked} == {ani.uuid, budi.uuid, dewi.uuid}
    ani_s = Line.objects.get(person=ani)
    close_lines("usr.ack", [Mended(ani_s.pk, "evidence")], now=clock.now)
    assert "Bagian Anda sudah selesai" in seen_by(ani, client, LINK)
    mended = [Mended(line.pk, "evidence") for line in Line.objects.exclude(pk=ani_s.pk)]
    close_lines("usr.ack", mended, now=clock.now)
    assert not asked.all()  # it is done: the bell rings for it no more
