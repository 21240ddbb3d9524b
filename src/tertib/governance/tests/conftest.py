"""A company with two of management, a head of IT, a technician and an employee."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from tertib.people.actions import add_person, first_start
from tertib.people.models import Site, User
from tertib.sop.actions import publish_shipped

START = datetime(2026, 1, 5, 2, tzinfo=UTC)  # a Monday, 09:00 in Jakarta


@dataclass
class Office:
    clock: Any
    site: Site
    head: User
    boss: User
    other_boss: User
    technician: User
    employee: User

    @property
    def now(self) -> datetime:
        now: datetime = self.clock.now
        return now

    def browser(self, person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    def post(self, person: User, address: str, **fields: Any) -> Any:
        return self.browser(person).post(address, fields)

    def page(self, person: User, address: str, language: str = "en") -> str:
        client = self.browser(person)
        client.cookies["django_language"] = language
        answer = client.get(address)
        assert answer.status_code == 200, address
        return answer.content.decode()


@pytest.fixture
def office(db: None, clock: Any) -> Office:
    clock.now = START
    site = first_start(clock.now)
    publish_shipped(clock.now)

    def hire(name: str, role: str) -> User:
        return add_person(
            full_name=name,
            email=f"{name.split()[0].lower()}@contoh.test",
            site=site,
            role=role,
            by=None,
            now=clock.now,
        )

    return Office(
        clock,
        site,
        head=hire("Dewi Anggraini", "kepala_ti"),
        boss=hire("Bambang Sutrisno", "manajemen"),
        other_boss=hire("Sri Rahayu", "manajemen"),
        technician=hire("Budi Santoso", "helpdesk"),
        employee=hire("Ani Lestari", "pengguna"),
    )
