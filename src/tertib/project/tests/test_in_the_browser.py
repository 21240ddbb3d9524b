"""Every page in a real browser: for those who cannot see it, on a phone, by keyboard, and with
scripts switched off. The content security policy is on, and what it blocks is a failure.
"""

from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connection
from django.test import Client
from django.test.testcases import LiveServerThread
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from conftest import CHROMIUM
from tertib.agents.actions import enrol
from tertib.agents.tests.machines import FULL, packed
from tertib.compliance import handover
from tertib.compliance.tests import house as houses
from tertib.compliance.tests.house import House
from tertib.evidence import ledger, subjects
from tertib.people.actions import add_person, first_link, give_role
from tertib.ui.assets import build

pytestmark = [pytest.mark.service("chromium"), pytest.mark.long]
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
SIGNED_OUT = ("/masuk", "/masuk/lupa", "/keluar", "/nowhere")
SIGNED_IN = (
    *("/keputusan", "/versi", "/versi/unggah", "/pernyataan", "/pernyataan/daftar"),
    *("/pengecualian", "/pengecualian/ajukan?kendali=inv.hw.fresh", "/permintaan"),
    *("/permintaan/ajukan", "/evaluasi", "/evaluasi/mulai", "/laporan", "/laporan/2026-11"),
    *("/pemberitahuan", "/akun/pemberitahuan", "/pengaturan/saluran"),
    *("/pengaturan/saluran/email", "/pengaturan/saluran/chat", "/pengaturan/saluran/webhook"),
    *("/", "/sop", "/sop?buka=4.1.1a", "/sop?buka=4.3.1b&hanya=bermasalah"),
    *("/sop/4.1.1b?pada=2026-11-20T10:00", "/sop/4.1.1b/inv.hw.fresh"),
    *("/tugas", "/tugas?lihat=semua", "/tugas/TGS-1", "/tugas/papan", "/tugas/baru"),
    *("/tugas/kalender", "/aset", "/aset/AST-1", "/aset/AST-1/perangkat-lunak", "/aset/pertanyaan"),
    *("/cari", "/cari?q=4.1.1b", "/cari?q=nobody-at-all", "/jejak-audit", "/jejak-audit?siapa=x"),
    *("/pengaturan/perusahaan", "/pengaturan/kalender", "/pengaturan/kalender/ubah"),
    *("/pengaturan/backup", "/pengaturan/pekerjaan"),
    *("/orang", "/orang/impor", "/sandi", "/akun", "/akun/kode", "/lokasi", "/tim", "/kunci"),
    *("/akun/passkey", "/pengaturan/masuk", "/pengaturan/direktori"),
)
THEMES: dict[str, tuple[Literal["light", "dark"], ...]] = {
    "sqlite": ("light", "dark"),
    "postgresql": ("light",),  # colours ask no database
}
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}

type Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    build()
    # Playwright's own loop runs in this thread, and Django would take it for an async view.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET])
        yield chromium
        chromium.close()


@pytest.fixture
def house(own_database: Any, clock: Any, monkeypatch: pytest.MonkeyPatch) -> House:
    lived_in = houses.lived_in(clock)
    give_role(lived_in.dewi, "admin", by=None, now=clock.now)
    address = enrol(lived_in.site, clock.now)
    Client().post(address, packed(FULL), content_type="application/x-compress-zlib")
    lived_in.judge()
    handover.hand_over(clock.now)
    monkeypatch.setattr(ledger, "now", clock)  # the server's threads know no context of this one
    return lived_in


@pytest.fixture
def server(house: House) -> Iterator[str]:
    thread = LiveServerThread("127.0.0.1", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()


@pytest.fixture
def open_page(browser: Browser, server: str, house: House) -> Iterator[Open]:
    """Open an address; whatever the console complains about fails the test at its end."""
    client = Client()
    client.force_login(house.dewi)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_(address: str, *, signed_in: bool = True, language: str = "id", **how: Any) -> Page:
        how = {"viewport": WIDE, "base_url": server, "reduced_motion": "reduce", **how}
        context = browser.new_context(**how)
        contexts.append(context)
        cookies = {settings.LANGUAGE_COOKIE_NAME: language}
        if signed_in:
            cookies[settings.SESSION_COOKIE_NAME] = session
        context.add_cookies([{"name": n, "value": v, "url": server} for n, v in cookies.items()])
        page = context.new_page()
        page.on("console", lambda said: _note(complaints, page, said))
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


def _note(complaints: list[str], page: Page, said: Any) -> None:
    if said.type in ("error", "warning") and not page.url.endswith("/nowhere"):
        complaints.append(f"{page.url}: {said.text}")


def test_axe_finds_nothing_serious_in_either_theme(open_page: Open) -> None:
    first = first_link(timezone.now())  # links end by the wall clock
    assert first
    stranger, dewi = open_page("/masuk", signed_in=False), open_page("/")
    visits = [(stranger, address) for address in (*SIGNED_OUT, first)]
    found: list[str] = []
    for page, address in (*visits, *((dewi, address) for address in SIGNED_IN)):
        page.goto(address)
        for theme in THEMES[connection.vendor]:
            page.emulate_media(color_scheme=theme)
            found += [f"{address} {theme} {fault}" for fault in _faults(page)]
    assert found == []


@pytest.mark.once
def test_axe_would_find_something(open_page: Open) -> None:
    page = open_page("/masuk", signed_in=False)
    page.evaluate("document.querySelectorAll('label').forEach((label) => label.remove())")
    assert any(fault.startswith("label ") for fault in _faults(page))


def _faults(page: Page) -> list[str]:
    return [
        f"{violation['id']} {node['html'][:160]}"
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@pytest.mark.once
def test_nothing_is_wider_than_a_phone(open_page: Open) -> None:
    too_wide = []
    for language in ("id", "en"):
        page = open_page("/", viewport=PHONE, language=language)
        for address in SIGNED_IN:
            page.goto(address)
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > PHONE["width"]:
                too_wide.append((language, address, width))
            assert page.locator(".tabbar").is_visible()
    assert too_wide == []


@pytest.mark.once
def test_why_opens_by_keyboard_and_brings_the_records(open_page: Open) -> None:
    page = open_page("/sop")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    clause = page.locator("[id='k4.1.1b']")
    clause.locator("summary").first.focus()
    page.keyboard.press("Enter")
    clause.get_by_text("NB-KEU-010").wait_for()
    page.keyboard.press("Enter")
    assert not clause.get_by_text("NB-KEU-010").is_visible()


@pytest.mark.once
def test_a_deep_link_opens_its_clause(open_page: Open) -> None:
    page = open_page("/sop#k4.3.1b")
    page.locator("[id='k4.3.1b']").get_by_text("TKT-1142").wait_for()


@pytest.mark.once
def test_everything_is_there_without_scripts(open_page: Open) -> None:
    page = open_page("/", java_script_enabled=False)
    page.locator(".rowlink", has_text="4.1.1b").first.click()
    assert page.get_by_text("NB-KEU-010").is_visible()
    page.goto("/sop")
    clause = page.locator("[id='k4.3.1b']")
    clause.locator("summary").first.click()
    clause.locator(".why a").click()
    assert page.get_by_text("TKT-1142").is_visible()
    page.locator("details.me summary").first.click()
    page.get_by_role("button", name="English").first.click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("IT Department")
    page.locator("details.me summary").first.click()
    page.get_by_role("button", name="Dark").first.click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.locator("details.me summary").first.click()
    page.get_by_role("button", name="Sign out").first.click()
    assert page.url.endswith(reverse("people:sign_in"))


@pytest.mark.once
def test_beranda_shows_by_itself_what_changed(open_page: Open, house: House) -> None:
    page = open_page("/")
    cell = page.locator("a.cell", has_text="4.1.1b")
    assert "bad" in (cell.get_attribute("class") or "")
    for number in (8, 9, 10):
        laptop = subjects.find("asset", f"NB-KEU-{number:03}", at=house.clock.now)
        assert laptop is not None
        house.tell("inventory.observed", laptop, **houses.SEEN)
    house.judge()
    page.locator("a.cell.ok", has_text="4.1.1b").wait_for(timeout=9000)


@pytest.mark.once
def test_the_palette_is_found_filled_and_left_by_keyboard(open_page: Open) -> None:
    page = open_page("/sop")
    page.keyboard.press("/")
    field = page.get_by_role("combobox")
    assert field.evaluate("(e) => e === document.activeElement")
    field.press_sequentially("4.1.1b")
    option = page.get_by_role("option", name="4.1.1b")
    option.first.wait_for()
    chosen = page.locator("[role=option][aria-selected=true]")
    assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    assert _faults(page) == []
    page.keyboard.press("Escape")
    assert not page.locator("#palette").is_visible()
    page.keyboard.press("Control+k")
    page.locator("[role=option]").nth(1).wait_for()
    first = field.get_attribute("aria-activedescendant")
    page.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") != first
    field.fill("4.1.1b")
    page.keyboard.press("Enter")  # at once: what was typed counts, not what is still shown
    page.wait_for_url("**/sop/4.1.1b")


@pytest.mark.once
def test_the_search_works_without_scripts(open_page: Open) -> None:
    page = open_page("/", java_script_enabled=False)
    page.locator("a.cmd").click()
    page.get_by_role("searchbox").fill("4.1.1b")
    page.locator("main form button").click()
    page.locator("main a.rowlink").first.click()
    assert page.url.endswith("/sop/4.1.1b")


@pytest.mark.once
def test_an_employee_s_first_page_is_for_a_thumb(open_page: Open, house: House) -> None:
    employee = add_person(
        full_name="Siti Rahmawati",
        email="siti@example.com",
        site=house.site,
        role="pengguna",
        by=None,
        now=house.clock.now,
    )
    client = Client()
    client.force_login(employee)
    page = open_page("/", viewport=PHONE)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": page.url}]
    )
    page.goto("/")
    assert page.locator(".portal").is_visible()
    for target in page.locator(".portal a, .tabbar a, .top > a, .top summary").all():
        box = target.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 34, target.inner_text()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert _faults(page) == []


@pytest.mark.once
def test_a_session_that_ended_leads_to_the_sign_in_page(open_page: Open, server: str) -> None:
    page = open_page("/")
    page.context.clear_cookies()
    page.wait_for_url(f"{server}/masuk?next=/", timeout=9000)
