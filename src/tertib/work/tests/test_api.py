"""Work for machines: listed a page at a time, one with its lines, behind its own scope."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tertib.evidence.models import Subject
from tertib.people.actions import issue_token
from tertib.people.models import User
from tertib.work.actions import open_task
from tertib.work.tests.conftest import lapse


@pytest.fixture
def machine(budi: User, clock: Any) -> Client:
    key = issue_token(
        name="reader",
        scope="work.read",
        expires_at=clock.now + timedelta(days=20_000),
        by=None,
        now=clock.now,
    )
    return Client(headers={"Authorization": f"Bearer {key}"})


def test_items_are_listed_page_by_page_and_filtered(
    machine: Client, budi: User, laptop: Subject, clock: Any
) -> None:
    lapse(laptop, clock.now)
    for number in range(4):
        due_by = clock.now + timedelta(days=1)
        open_task(title=f"T{number}", due_by=due_by, owner=budi, by=budi, now=clock.now)
    seen, after = [], ""
    while True:
        told = machine.get(f"/api/v1/items?limit=2{after}").json()
        seen += [item["number"] for item in told["results"]]
        if told["next"] is None:
            break
        after = f"&after={told['next']}"
    assert seen == [f"TGS-{number}" for number in range(1, 6)]
    of_control = machine.get("/api/v1/items?control=inv.hw.fresh&state=open").json()["results"]
    assert [(one["owner"], one["open_lines"]) for one in of_control] == [(str(budi.uuid), 1)]
    assert machine.get("/api/v1/items?state=closed").json()["results"] == []


def test_one_item_comes_with_its_lines(
    machine: Client, budi: User, laptop: Subject, clock: Any
) -> None:
    item = lapse(laptop, clock.now)
    told = machine.get(f"/api/v1/items/{item.name}").json()
    assert [(line["subject"], line["because"]) for line in told["lines"]] == [
        (str(laptop.uuid), "")
    ]
    assert told["title"]["id"] == item.title_id
    assert machine.get("/api/v1/items/TGS-99").status_code == 404
    assert machine.get("/api/v1/items/%00").status_code in (404, 422)
    assert Client().get("/api/v1/items").status_code == 401
