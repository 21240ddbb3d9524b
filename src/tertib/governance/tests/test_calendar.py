"""Hours and holidays: confirmed each year, asked for as work, changed by a version of its own."""

from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tertib.audit.models import Entry
from tertib.audit.trail import FOR_WHOM
from tertib.evidence import ledger
from tertib.governance import actions, calendars
from tertib.lib.errors import Refused
from tertib.people.actions import add_person, first_start
from tertib.people.actions.standing import be_away
from tertib.people.models import User
from tertib.sop import canonical, versions
from tertib.sop.actions import SHIPPED, approve, publish_shipped
from tertib.sop.models import Version
from tertib.sop.rewriting import NotBlocksError, next_name, with_calendar
from tertib.vault import keyring
from tertib.work.models import Item

NEW_YEAR, NOVEMBER = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 11, 24, 3, tzinfo=UTC)
PAGE = "/pengaturan/kalender"
DAY = (timedelta(hours=8), timedelta(hours=17))
WEEK = [(DAY,)] * 5 + [(), ()]


@pytest.fixture
def house(db: None, clock: Any) -> dict[str, User]:
    if not settings.KEYRING.exists():
        keyring.create(settings.KEYRING)
    clock.now = NOVEMBER
    site = first_start(NEW_YEAR)
    publish_shipped(NEW_YEAR)
    return {
        role: add_person(
            full_name=f"Dewi {role}",
            email=f"{role}@example.com",
            site=site,
            role=role,
            by=None,
            now=NEW_YEAR,
        )
        for role in ("kepala_ti", "manajemen", "helpdesk", "admin")
    }


@pytest.fixture
def approved(house: dict[str, User]) -> dict[str, User]:
    assert approve(publish_shipped(NEW_YEAR), by=house["manajemen"].uuid, now=NOVEMBER)
    return house


def digest(year: int) -> str:
    return calendars.digest(versions.current(ledger.now()).calendar, year)


def open_work() -> list[Item]:
    return list(Item.objects.open().filter(matter="calendar").order_by("title_id"))


def page(person: User) -> str:
    client = Client()
    client.force_login(person)
    return " ".join(unescape(client.get(PAGE).content.decode()).split())


def told(client: Client, **other: str) -> dict[str, str]:
    """Return the form as it is shown, with something changed."""
    form = client.get(f"{PAGE}/ubah").context["form"]
    shown = {field.name: field.value() for field in form if field.value() is not None}
    return {name: str(value) for name, value in shown.items()} | other


def test_a_provisional_sop_asks_for_nothing(house: dict[str, User]) -> None:
    assert actions.ask_for_years(now=NOVEMBER) == 0
    assert open_work() == []


def test_a_year_that_nobody_confirmed_is_somebody_s_work_once(approved: dict[str, User]) -> None:
    assert actions.ask_for_years(now=NOVEMBER) == 2
    assert actions.ask_for_years(now=NOVEMBER) == 0
    assert [item.owner for item in open_work()] == [approved["kepala_ti"]] * 2
    assert "Kalender 2026, 2027 belum dipastikan" in page(approved["kepala_ti"])


def test_the_next_year_is_asked_for_from_november_on(approved: dict[str, User], clock: Any) -> None:
    assert [year for year, *_ in calendars.wanted(datetime(2026, 10, 31, tzinfo=UTC))] == [2026]
    assert [year for year, *_ in calendars.wanted(NOVEMBER)] == [2026, 2027]


def test_confirming_ends_the_work(approved: dict[str, User]) -> None:
    actions.ask_for_years(now=NOVEMBER)
    client = Client()
    client.force_login(approved["kepala_ti"])
    for year in (2026, 2027):
        answer = client.post(f"{PAGE}/{year}/pastikan", {"digest": digest(year)})
        assert answer.status_code == 302
    assert open_work() == []
    assert "Dipastikan" in page(approved["kepala_ti"])
    assert not actions.confirm_year(2027, digest(2027), by=approved["kepala_ti"], now=NOVEMBER)


def test_the_deputy_of_the_head_confirms_what_was_handed_to_them(
    approved: dict[str, User], clock: Any
) -> None:
    head, deputy = approved["kepala_ti"], approved["helpdesk"]
    clock.now = timezone.now()  # a door reads the real clock
    days = {"began_at": clock.now, "ended_at": clock.now + timedelta(days=40)}
    be_away(head, **days, deputy=deputy, by=head, now=clock.now)
    year = clock.now.year
    client = Client()
    client.force_login(deputy)
    told = {"digest": digest(year)}
    assert "Sudah benar" not in page(deputy)  # nothing was handed over yet
    assert client.post(f"{PAGE}/{year}/pastikan", told).status_code == 409
    actions.ask_for_years(now=clock.now)
    assert open_work()[0].owner == deputy
    assert "Sudah benar" in page(deputy)
    assert client.post(f"{PAGE}/{year}/pastikan", told).status_code == 302
    assert Entry.objects.get(action="confirm_year").changed[FOR_WHOM][1] == str(head.uuid)
    assert client.get(f"{PAGE}/ubah").status_code == 403


def test_what_somebody_did_not_see_is_not_confirmed(approved: dict[str, User]) -> None:
    with pytest.raises(Refused):
        actions.confirm_year(2027, "0" * 64, by=approved["kepala_ti"], now=NOVEMBER)


def test_only_the_head_of_it_confirms_and_changes(approved: dict[str, User]) -> None:
    for role in ("helpdesk", "manajemen", "admin"):
        client = Client()
        client.force_login(approved[role])
        assert client.get(PAGE).status_code == 200
        assert client.post(f"{PAGE}/2027/pastikan", {"digest": digest(2027)}).status_code == 403
        assert client.get(f"{PAGE}/ubah").status_code == 403


def test_a_change_is_a_version_that_management_approves_and_nobody_reads_again(
    approved: dict[str, User], clock: Any
) -> None:
    client = Client()
    client.force_login(approved["kepala_ti"])
    for year in (2026, 2027):
        actions.confirm_year(year, digest(year), by=approved["kepala_ti"], now=NOVEMBER)
    hours = {f"ramadan_{day}": "08:00-12:00, 12.30-15.00" for day in ("mon", "tue")}
    free = told(client)["holidays"] + "\n2027-06-30"
    sent = told(client, effective_from="2026-12-01", holidays=free, hours_fri="08:00-16:00")
    answer = client.post(f"{PAGE}/ubah", sent | hours)
    assert answer.status_code == 302, answer.context["form"].errors
    made = Version.objects.get(name="1.0.1")
    assert answer.headers["Location"] == f"/versi/{made.uuid}"
    assert "Versi 1.0.1 menunggu manajemen" in page(approved["helpdesk"])
    assert date(2027, 6, 30) not in versions.current(NOVEMBER).calendar.holidays
    actions.approve_version(made, by=approved["manajemen"].uuid, now=NOVEMBER)
    clock.now = datetime(2026, 12, 2, tzinfo=UTC)
    now_ = versions.current(clock.now)
    assert now_.version == "1.0.1"
    assert date(2027, 6, 30) in now_.calendar.holidays
    assert len(now_.calendar.windows(date(2027, 2, 8))) == 2  # a Monday of Ramadan
    first = Version.objects.get(is_first=True)
    assert made.rest_digest == first.rest_digest  # nothing but the calendar
    # What it says of both years has changed, so both are confirmed once more.
    assert actions.ask_for_years(now=clock.now) == 2


def test_bad_hours_and_days_are_told_and_kept(approved: dict[str, User]) -> None:
    client = Client()
    client.force_login(approved["kepala_ti"])
    for wrong in (
        {"hours_mon": "delapan"},
        {"hours_mon": "17:00-08:00"},
        {"hours_mon": "08:00-12:00, 11:00-17:00"},
        {"holidays": "2027-13-40"},
        {"last": ""},
        {"last": "2028-01-01"},
        {f"hours_{day}": "" for day in ("mon", "tue", "wed", "thu", "fri")},
        {"effective_from": "2020-01-01"},
        {"first": "", "last": ""},  # what stands there, sent as it is: Ramadan as any other month
        {},
    ):
        answer = client.post(f"{PAGE}/ubah", told(client, **wrong))
        assert answer.status_code == 422, wrong
        assert answer.context["form"].errors
    assert Version.objects.count() == 1


def test_the_page_stays_within_its_statements(approved: dict[str, User]) -> None:
    client = Client()
    client.force_login(approved["kepala_ti"])
    with CaptureQueriesContext(connection) as asked:
        client.get(PAGE)
    assert len(asked) <= 20


def test_only_the_calendar_s_lines_of_a_file_change() -> None:
    text = SHIPPED.read_text()
    new = with_calendar(
        text,
        version="1.0.1",
        effective_from=date(2026, 12, 1),
        week=WEEK,
        holidays=[date(2026, 12, 25)],
        periods=[],
    )
    content = [canonical.content(one, []) for one in (text, new)]
    assert canonical.without_calendar(content[0]) == canonical.without_calendar(content[1])
    kept = [line for line in text.splitlines() if line not in new.splitlines()]
    assert len(kept) <= 5
    again = with_calendar(
        new,
        version="1.0.2",
        effective_from=date(2026, 12, 1),
        week=WEEK,
        holidays=[],
        periods=[],
    )
    assert "2026-12-25" not in again


def test_a_file_that_is_not_written_in_blocks_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(NotBlocksError):
        with_calendar(
            "sop: {version: 1.0.0}\n",
            version="1",
            effective_from=date(2026, 1, 1),
            week=WEEK,
            holidays=[],
            periods=[],
        )


def test_a_small_change_gets_the_next_free_name() -> None:
    assert next_name("1.0.0", []) == "1.0.1"
    assert next_name("1.0.0", ["1.0.1", "1.0.2"]) == "1.0.3"
    assert next_name("2026", []) == "2026.1"
