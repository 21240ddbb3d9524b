"""Triage by single keys and by mouse, in a real browser: changed, previewed and taken back."""

import pytest
from playwright.sync_api import Page

from tertib.compliance.tests.house import House
from tertib.project.tests.test_in_the_browser import (  # fixtures
    Open,
    browser,
    house,
    open_page,
    server,
)
from tertib.work.models import Batch, Item, View

__all__ = ["browser", "house", "open_page", "server"]
pytestmark = [pytest.mark.service("chromium"), pytest.mark.long, pytest.mark.once]
QUEUE = "/tugas?lihat=semua"


def press(page: Page, *keys: str) -> None:
    page.wait_for_load_state()  # until then nothing listens
    for key in keys:
        page.keyboard.press(key)


def first(page: Page) -> Item:
    """The item of the row that has the focus."""
    name = page.evaluate("document.activeElement.getAttribute('href')").rsplit("/", 1)[1]
    return Item.objects.get(number=int(name.removeprefix("TGS-")))


def test_single_keys_move_take_snooze_and_undo(open_page: Open, house: House) -> None:
    page = open_page(QUEUE)
    press(page, "j", "j", "k")
    item = first(page)
    before = (item.owner_id, item.started_at, item.snoozed_until)
    press(page, "i")  # take it: done at once, with a way back
    page.wait_for_selector("[data-undo]")
    item.refresh_from_db()
    assert item.owner == house.dewi
    assert item.started_at
    press(page, "z")
    page.wait_for_selector("[data-undo]", state="detached")
    item.refresh_from_db()
    assert (item.owner_id, item.started_at, item.snoozed_until) == before
    press(page, "j", "h")
    page.wait_for_selector("[data-undo]")
    assert Item.objects.filter(snoozed_until__gt=house.clock.now).count() == 1
    press(page, "z")
    page.wait_for_selector("[data-undo]", state="detached")
    assert not Item.objects.filter(snoozed_until__isnull=False).exists()
    page.wait_for_load_state()
    press(page, "?")
    assert page.locator("#keys").evaluate("overlay => overlay.open")
    press(page, "j", "i")  # what lies under the overlay stays as it is
    assert Batch.objects.count() == 2
    press(page, "Escape", "g", "a")  # goes to the assets; G and A assigns nothing
    page.wait_for_url("**/aset")


def test_an_item_has_its_keys_and_they_can_be_switched_off(open_page: Open, house: House) -> None:
    page = open_page(QUEUE)
    press(page, "j", "Enter")
    page.wait_for_url("**/tugas/TGS-*")
    press(page, "r")
    assert page.evaluate("document.activeElement.name") == "text"
    page.evaluate("document.activeElement.blur()")
    press(page, "?")
    page.click("#keys [name=keys]")
    page.wait_for_load_state()
    press(page, "?")
    assert not page.locator("#keys").evaluate("overlay => overlay.open")


def test_several_are_chosen_by_key_and_changed_by_mouse_after_a_preview(
    open_page: Open, house: House
) -> None:
    page = open_page(QUEUE)
    press(page, "j", "x", "j", "x")
    page.select_option("select[name=act]", "take")
    page.click(".bulk button[type=submit]")
    assert "TGS-" in page.inner_text("main")
    assert not Batch.objects.exists()  # a preview changes nothing
    page.click("main form button.pri")
    page.wait_for_selector("[data-undo]")
    batch = Batch.objects.get()
    assert len(batch.before) == 2
    page.click("[data-undo] button")
    page.wait_for_selector("[data-undo]", state="detached")
    batch.refresh_from_db()
    assert batch.undone_at


def test_keys_do_nothing_while_somebody_types_or_has_switched_them_off(open_page: Open) -> None:
    page = open_page(QUEUE)
    press(page, "/")
    page.keyboard.type("ijz")
    assert not Batch.objects.exists()
    page.context.add_cookies([{"name": "tertib_keys", "value": "off", "url": page.url}])
    page.goto(QUEUE)
    press(page, "j", "i")
    assert not Batch.objects.exists()


def test_a_view_is_kept_under_a_name_and_is_an_address(open_page: Open) -> None:
    page = open_page("/tugas?lihat=semua&klausul=4.1")
    page.click("details.more summary >> text=Simpan")
    page.fill("input[name=name]", "Infrastruktur")
    page.press("input[name=name]", "Enter")
    page.wait_for_load_state()
    kept = View.objects.get()
    assert kept.name == "Infrastruktur"
    page.goto("/tugas")
    page.click("main >> text=Infrastruktur")
    assert "klausul=4.1" in page.url
