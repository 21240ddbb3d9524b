"""Lapses group: one open item per control with a line per subject, closed by evidence alone."""

from datetime import timedelta
from typing import Any

import pytest

from tertib.audit.models import Entry
from tertib.evidence import subjects
from tertib.evidence.models import Subject
from tertib.lib.errors import Refused
from tertib.notify.actions import add_hook
from tertib.notify.models import Notice
from tertib.people.models import User
from tertib.work.actions import (
    Lapse,
    Mended,
    close_lines,
    finish,
    open_lines,
    open_task,
    sign_correction,
)
from tertib.work.models import Item, Line, Step
from tertib.work.tests.conftest import lapse

FRESH = "inv.hw.fresh"
DAY = timedelta(days=1)


@pytest.fixture
def printer(office: Any, clock: Any) -> Subject:
    return subjects.introduce("asset", label="PRN-1", now=clock.now)


def mend(item: Item, subject: Subject, now: Any, because: str = "evidence") -> None:
    line = Line.objects.get(item=item, subject=subject.uuid, closed_at=None)
    close_lines(item.control, [Mended(line.pk, because)], now=now)


def test_two_subjects_of_one_control_are_two_lines_of_one_item(
    budi: User, dewi: User, laptop: Subject, printer: Subject, clock: Any
) -> None:
    first = lapse(laptop, clock.now)
    second = lapse(printer, clock.move(days=1))
    assert first == second
    assert (second.lines_open, second.name, second.owner) == (2, "TGS-1", budi)
    assert second.title_id != second.title_en


def test_it_closes_with_the_last_line_and_the_next_lapse_opens_another(
    budi: User, laptop: Subject, printer: Subject, clock: Any
) -> None:
    item = lapse(laptop, clock.now)
    lapse(printer, clock.now)
    mend(item, laptop, clock.move(days=1))
    item.refresh_from_db()
    assert (item.lines_open, item.closed_at) == (1, None)
    mend(item, printer, clock.move(days=1))
    item.refresh_from_db()
    assert (item.lines_open, item.closed_at, item.closed_because) == (0, clock.now, "evidence")
    assert not Step.objects.filter(item=item, outcome="").exists()
    assert lapse(laptop, clock.move(days=1)).name == "TGS-2"


def test_told_twice_it_is_one_line(budi: User, laptop: Subject, clock: Any) -> None:
    told = [Lapse(laptop.uuid, 0, clock.now, None)]
    assert [open_lines(FRESH, told, now=clock.now) for _ in range(2)] == [1, 0]
    shifted = [Lapse(laptop.uuid, 0, clock.now - DAY, None)]  # late evidence: it began earlier
    assert open_lines(FRESH, shifted, now=clock.now) == 0
    assert Line.objects.get().began_at == clock.now  # as first detected


def test_found_again_by_its_key_the_very_line_and_item_open_again(
    budi: User, laptop: Subject, clock: Any
) -> None:
    item = lapse(laptop, began := clock.now)
    mend(item, laptop, clock.move(days=1))
    open_lines(FRESH, [Lapse(laptop.uuid, 0, began, None)], now=clock.move(days=1))
    again = Item.objects.get()
    assert (again, again.closed_at, again.lines_open) == (item, None, 1)
    assert Line.objects.count() == 1
    assert Step.objects.filter(item=item, kind="climb", outcome="").count() == 2
    assert [e.act for e in again.events.order_by("pk")] == ["opened", "closed", "reopened"]


def test_evidence_alone_closes_what_a_lapse_opened(budi: User, laptop: Subject, clock: Any) -> None:
    item = lapse(laptop, clock.now)
    with pytest.raises(Refused, match="TGS-1"):
        finish(item, by=budi, now=clock.now)
    item.refresh_from_db()
    assert item.closed_at is None


def test_a_cause_and_a_correction_close_the_line_of_an_item_but_not_of_a_subject(
    budi: User, laptop: Subject, clock: Any
) -> None:
    ticket = subjects.introduce("ticket", label="TKT-1", now=clock.now)
    control = "desk.first_response"
    open_lines(control, [Lapse(ticket.uuid, 7, clock.now, None)], now=clock.now)
    line = Line.objects.get()
    with pytest.raises(Refused):
        sign_correction(line, cause=" ", correction="x", by=budi, now=clock.now)
    words = {"cause": "Tidak ada petugas jaga", "correction": "Jadwal jaga dibuat"}
    assert sign_correction(line, **words, by=budi, now=clock.now)
    assert not sign_correction(line, **words, by=budi, now=clock.now)
    assert Item.objects.get().closed_because == "evidence"
    lapse(laptop, clock.now)
    with pytest.raises(Refused):
        sign_correction(Line.objects.get(subject=laptop.uuid), **words, by=budi, now=clock.now)


def test_a_subject_with_work_of_its_own_is_linked_and_climbs_and_is_not_doubled(
    budi: User, laptop: Subject, clock: Any
) -> None:
    due = clock.now + 3 * DAY
    own = open_task(
        title="Ganti baterai", due_by=due, owner=budi, by=budi, now=clock.now, subject=laptop
    )
    open_lines(FRESH, [Lapse(laptop.uuid, 0, clock.now, None)], now=clock.now)
    assert Item.objects.count() == 1
    assert Line.objects.get().item == own
    assert list(own.steps.filter(kind="climb").values_list("role", flat=True)) == [
        "kepala_ti",
        "manajemen",
    ]
    own.refresh_from_db()
    with pytest.raises(Refused):
        finish(own, by=budi, now=clock.now)
    mend_line = Line.objects.get()
    close_lines(FRESH, [Mended(mend_line.pk, "evidence")], now=clock.now)
    own.refresh_from_db()
    assert (own.closed_at, own.lines_open) == (None, 0)  # the lapse is over, its own work is not
    assert finish(own, by=budi, now=clock.now)


def test_every_change_is_noted(budi: User, laptop: Subject, clock: Any) -> None:
    item = lapse(laptop, clock.now)
    mend(item, laptop, clock.now)
    noted = Entry.objects.filter(subject=item.uuid).order_by("pk")
    assert [entry.action for entry in noted] == [
        *("open_item", "change_lines"),
        *("change_lines", "close_item"),
    ]


def test_a_machine_that_asks_for_it_hears_of_what_closes(
    budi: User, laptop: Subject, clock: Any
) -> None:
    add_hook(
        name="SIEM",
        url="https://siem.test/",
        options={"topics": ["work.closed"]},
        by=budi.uuid,
        now=clock.now,
    )
    item = lapse(laptop, clock.now)
    mend(item, laptop, clock.move(days=1))
    notice = Notice.objects.get(topic="work.closed")
    assert notice.data["number"] == item.name
    assert notice.data["because"] == "evidence"
