"""The API for machines: its description, its lists, and whatever is thrown at it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import positive_data_acceptance

from conftest import Clock, OwnDatabase
from tertib.access.policy import SCOPES
from tertib.compliance.tests import house
from tertib.compliance.tests.house import House
from tertib.evidence import seals
from tertib.people.actions import issue_token
from tertib.project.api import api

FAR = datetime(2999, 1, 1, tzinfo=UTC)
ALL = " ".join(sorted(SCOPES))


@pytest.fixture
def company(db: None, clock: Any) -> House:
    return house.lived_in(clock)


@pytest.fixture
def get(company: House, client: Client) -> Callable[..., Any]:
    return reader(company, client)


def reader(company: House, client: Client) -> Callable[..., Any]:
    secret = issue_token(
        name="reader", scope=ALL, expires_at=FAR, by=company.dewi, now=company.clock.now
    )

    def read(path: str, *, status: int = 200, **asked: str | int) -> Any:
        headers = {"Authorization": f"Bearer {secret}"}
        answer = client.get(f"/api/v1{path}", asked, headers=headers)
        assert answer.status_code == status, answer.content
        return answer.json()

    return read


def test_clauses_and_controls_say_what_the_page_says(get: Callable[..., Any]) -> None:
    whole = get("/clauses")
    assert (whole["counted"], whole["met"]) == (30, sum(one["met"] for one in whole["clauses"]))
    [clause] = [one for one in whole["clauses"] if one["clause"] == "4.1.1b"]
    assert get("/clauses/4.1.1b") == clause
    controls = get("/controls")["results"]
    [fresh] = [one for one in controls if one["control"] == "inv.hw.fresh"]
    assert fresh in clause["controls"]
    told = get("/controls/inv.hw.fresh/explain")
    assert (told["numerator"], told["denominator"]) == (fresh["numerator"], fresh["denominator"])
    lapsed = get("/controls", state="lapsed")["results"]
    assert lapsed == [one for one in controls if one["state"] == "lapsed"] != []


def test_a_past_moment_is_told_as_it_was_known_then(get: Callable[..., Any]) -> None:
    long_ago = "2026-03-01T00:00:00+07:00"
    then = get("/clauses", as_of=long_ago, known_at=long_ago)
    assert datetime.fromisoformat(then["as_of"]) == datetime.fromisoformat(long_ago)
    assert then["met"] != get("/clauses")["met"]


REFUSED = [
    ("/clauses", {"as_of": "2999-01-01T00:00:00Z"}, 422, "has not come"),
    ("/clauses", {"as_of": "2026-03-01T00:00:00"}, 422, "needs an offset"),
    ("/clauses", {"as_of": "noon"}, 422, "query.as_of"),
    ("/controls", {"state": "red"}, 422, "query.state"),
    ("/people", {"after": "nonsense"}, 422, "`next`"),
    ("/people", {"limit": "9999"}, 422, "query.limit"),
    ("/ledger/facts", {"subject": "PT Lain"}, 422, "query.subject"),
    ("/clauses/9.9z", {}, 404, "no clause 9.9z"),
    ("/controls/no.such/explain", {}, 404, "no control no.such"),
    ("/sop/versions/7", {}, 404, "no version 7"),
    ("/nowhere", {}, 404, ""),
]


def test_what_cannot_be_answered_is_refused_in_english_with_its_reason(
    get: Callable[..., Any],
) -> None:
    for path, asked, status, why in REFUSED:
        assert why in get(path, status=status, **asked)["detail"], path


def test_a_long_list_is_read_page_by_page_and_whole(
    own_database: OwnDatabase, clock: Clock, client: Client
) -> None:
    """Its own database: on PostgreSQL only what is committed can be sealed, and then listed."""
    company = house.lived_in(clock)
    get = reader(company, client)
    seals.seal(clock.move(minutes=5))
    pages, after = [get("/ledger/facts", limit=7)], None
    while after := pages[-1]["next"]:
        pages.append(get("/ledger/facts", limit=7, after=after))
    seqs = [fact["seq"] for page in pages for fact in page["results"]]
    assert seqs == sorted(set(seqs))
    assert len(seqs) > 14
    assert seqs == [fact["seq"] for fact in get("/ledger/facts", limit=200)["results"]]
    [one] = get("/ledger/facts", limit=1, kind="inventory.observed")["results"]
    about = get("/ledger/facts", subject=one["subject"]["uuid"])["results"]
    assert {fact["subject"]["uuid"] for fact in about} == {one["subject"]["uuid"]}


def test_people_places_and_versions_are_listed(get: Callable[..., Any], company: House) -> None:
    [dewi] = [one for one in get("/people")["results"] if one["email"] == company.dewi.email]
    assert (dewi["full_name"], dewi["active"]) == (company.dewi.full_name, True)
    assert "kepala_ti" in dewi["roles"]
    assert dewi["site"] in [site["uuid"] for site in get("/sites")]
    [version] = get("/sop/versions")
    assert version["state"] == "in_force"
    assert get(f"/sop/versions/{version['version']}")["text"].startswith("#")


@pytest.mark.django_db
def test_the_description_is_open_and_names_every_operation(client: Client) -> None:
    told = client.get("/api/v1/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    operations = [one for path in told["paths"].values() for one in path.values()]
    assert all(one["summary"] and one["security"] for one in operations)
    asked = [asks for one in operations for asks in one.get("parameters", ())]
    assert all(asks["name"] for asks in asked)  # a description with a nameless one helps nobody
    limits = [asks["schema"]["maximum"] for asks in asked if asks["name"] == "limit"]
    assert limits == [200] * 5
    assert {"200", "401", "403", "422"} <= set.intersection(
        *(set(one["responses"]) for one in operations)
    )


# --- Whatever is thrown at it --------------------------------------------------------------------

some = settings(
    max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
OPERATIONS = [
    (path, method)
    for path, operations in api.get_openapi_schema()["paths"].items()
    for method in operations
]


@pytest.fixture
def described(company: House) -> Iterator[Any]:
    """The API with its real front, in this test's transaction: nobody closes the connection."""
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    for signal in ends:
        signal.connect(close_old_connections)


def test_a_machine_with_every_scope_gets_what_is_described(described: Any, company: House) -> None:
    token = issue_token(name="all", scope=ALL, expires_at=FAR, by=None, now=company.clock.now)

    def throw(case: Any) -> None:
        case.call_and_validate(
            headers={"Authorization": f"Bearer {token}"},
            excluded_checks=[positive_data_acceptance],  # no schema knows which moment has come
        )

    for path, method in OPERATIONS:
        thrown = given(described[path][method].as_strategy())(throw)  # type: ignore[no-untyped-call]
        some(thrown)()


def test_a_machine_without_a_token_learns_nothing(described: Any) -> None:
    def throw(case: Any) -> None:
        answer = case.call()
        assert (answer.status_code, answer.json()) == (401, {"detail": "Unauthorized"})

    for path, method in OPERATIONS:
        thrown = given(described[path][method].as_strategy())(throw)  # type: ignore[no-untyped-call]
        some(thrown)()
