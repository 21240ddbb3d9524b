"""A small office, set up by the actions that the product uses."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from tertib.people.actions import add_person, first_start, give_role
from tertib.people.models import Site, User

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
PASSWORD = "tujuh ikan berenang pelan"


@pytest.fixture
def office(db: None) -> Site:
    return first_start(NEW_YEAR)


def hire(site: Site, name: str, role: str, *, password: str | None = None) -> User:
    return add_person(
        full_name=name,
        email=f"{name.lower()}@example.com",
        site=site,
        role=role,
        password=password,
        joined_at=NEW_YEAR,
        by=None,
        now=NEW_YEAR,
    )


@pytest.fixture
def ani(office: Site) -> User:
    return hire(office, "Ani", "pengguna")


@pytest.fixture
def admin(office: Site) -> User:
    return hire(office, "Dewi", "admin")


@pytest.fixture
def budi(office: Site) -> User:
    """Somebody who can sign in."""
    return hire(office, "Budi", "helpdesk", password=PASSWORD)


@pytest.fixture
def as_admin(admin: User, client: Client) -> Client:
    client.force_login(admin)
    return client


@pytest.fixture
def everybody(office: Site) -> dict[str, User]:
    """One person for each kind of permission, by role."""
    people = {role: hire(office, role, role) for role in ("pengguna", "kepala_ti", "manajemen")}
    people |= {role: hire(office, role, role) for role in ("admin", "auditor", "helpdesk")}
    give_role(people["kepala_ti"], "pengguna", by=None, now=NEW_YEAR)
    return people
