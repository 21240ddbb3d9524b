"""A passkey in a real browser, whose device is the browser's own virtual one."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from django.test.testcases import LiveServerThread
from django.utils import timezone
from playwright.sync_api import BrowserContext, CDPSession, ConsoleMessage, Page, sync_playwright

from conftest import CHROMIUM
from tertib.people.actions import add_person, first_start
from tertib.people.models import Passkey, User
from tertib.sop.actions import publish_shipped
from tertib.ui.assets import build

pytestmark = [pytest.mark.service("chromium"), pytest.mark.long, pytest.mark.once]
# The virtual device answers at once when the page offers keys by itself: what is tried with the
# button is tried in a browser that offers none.
NO_OFFER = "PublicKeyCredential.isConditionalMediationAvailable = async () => false"
PASSWORD = "tujuh ikan berenang pelan"
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")


@pytest.fixture
def budi(own_database: Any) -> User:
    now = timezone.now()
    site = first_start(now)
    publish_shipped(now)
    return add_person(
        full_name="Budi",
        email="budi@example.com",
        site=site,
        role="helpdesk",
        password=PASSWORD,
        by=None,
        now=now,
    )


@pytest.fixture
def server(budi: User, settings: Any) -> Iterator[str]:
    build()
    thread = LiveServerThread("127.0.0.1", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    settings.URL = f"http://localhost:{thread.port}"  # browsers make no key for a number
    yield settings.URL
    thread.terminate()


@pytest.fixture
def context(server: str) -> Iterator[BrowserContext]:
    # Playwright's own loop runs in this thread, and Django would take it for an async view.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        connections["default"].close()  # this loop kept one, to the database of the test before
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET])
        context = chromium.new_context(base_url=server)
        context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": "en", "url": server}])
        yield context
        chromium.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    complaints: list[str] = []

    def note(said: ConsoleMessage) -> None:
        if said.type == "error":
            complaints.append(said.text)

    page.on("console", note)
    yield page
    # The policy lets no inline script in; what the server refuses, a test asks for itself.
    assert [said for said in complaints if "422" not in said] == []


@pytest.fixture
def device(context: BrowserContext, page: Page) -> tuple[CDPSession, str]:
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable", {"enableUI": False})
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, made["authenticatorId"]


def path(page: Page) -> str:
    return urlsplit(page.url).path


def add_a_key(page: Page) -> None:
    page.goto("/masuk")
    page.get_by_label("E-mail").fill("budi@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto("/akun/passkey")
    page.get_by_label("Name").fill("My laptop")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_text("My laptop").wait_for()


def sign_out(page: Page) -> None:
    page.goto("/keluar")
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_url("**/masuk")


def test_somebody_adds_a_passkey_and_signs_in_with_it(
    page: Page, device: tuple[CDPSession, str]
) -> None:
    session, authenticator = device
    add_a_key(page)
    [held] = session.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})[
        "credentials"
    ]
    assert held["isResidentCredential"]
    assert held["rpId"] == "localhost"
    page.add_init_script(NO_OFFER)
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{settings.URL}/")
    page.goto("/akun")
    assert page.get_by_role("heading", level=1).inner_text() == "Budi"
    assert Passkey.objects.get().sign_count > 1


def test_the_page_offers_a_key_by_itself(page: Page, device: tuple[CDPSession, str]) -> None:
    add_a_key(page)
    page.goto("/keluar")
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_url(f"{settings.URL}/")
    assert Passkey.objects.get().sign_count > 1


def test_a_device_that_does_not_know_its_owner_opens_nothing(
    page: Page, device: tuple[CDPSession, str]
) -> None:
    session, authenticator = device
    add_a_key(page)
    known = {"authenticatorId": authenticator, "isUserVerified": False}
    session.send("WebAuthn.setUserVerified", known)
    page.add_init_script(NO_OFFER)
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("No passkey was given.").wait_for()
    assert path(page) == "/masuk"


def test_the_same_device_is_not_added_twice(page: Page, device: tuple[CDPSession, str]) -> None:
    add_a_key(page)
    page.goto("/akun/passkey")
    page.get_by_label("Name").last.fill("Again")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_text("This device has a passkey of yours already.").wait_for()
    assert Passkey.objects.count() == 1


def test_a_removed_key_opens_nothing_and_the_page_says_so(
    page: Page, device: tuple[CDPSession, str]
) -> None:
    add_a_key(page)
    Passkey.objects.all().delete()
    page.add_init_script(NO_OFFER)
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("This passkey was not accepted.").wait_for()
    assert path(page) == "/masuk/passkey"
