"""Server time of pages and explanations; a page's floor is its permission and frame, empty."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import include, path
from django.views.decorators.http import require_safe

from tertib.access.decorators import needs
from tertib.cli.bench import company, lives
from tertib.cli.bench.ledger import database
from tertib.cli.bench.rows import Row, must, p95, seconds
from tertib.cli.clock import Clock
from tertib.evidence.models import Alias, Fact, Subject
from tertib.people.actions import issue_token
from tertib.people.models import User

TIMES = 40  # that each page is asked for; in a tiny company fewer
FACTS = 4  # of each machine
MONTH = timedelta(days=30)
DAILY = 40  # days of reports of every day


@needs("sop.read")
@require_safe
def empty(request: HttpRequest) -> HttpResponse:
    """Show the frame of the page with nothing in it."""
    body = engines["django"].from_string('{% extends "ui/base.html" %}')
    return HttpResponse(body.render({"here": request.GET["here"]}, request))


urlpatterns = [
    path("", include("tertib.project.urls")),
    path("kosong", empty),
]


def page_sop(size: int, clock: Clock) -> list[Row]:
    return _page("page_sop", "/sop", "sop", size, clock)


def page_home(size: int, clock: Clock) -> list[Row]:
    return _page("page_home", "/", "home", size, clock)


def _page(name: str, address: str, here: str, size: int, clock: Clock) -> list[Row]:
    """A page as its reader waits for it: all that the server does, query by query."""
    settings.ROOT_URLCONF = "tertib.cli.bench.pages"
    lives.lived_in(size, size * FACTS, clock)
    client = Client()
    client.force_login(User.objects.get())
    shown, floor = asked(client, address), asked(client, f"/kosong?here={here}")
    figures, floors = in_turn(shown, floor, min(TIMES, size))
    with CaptureQueriesContext(connection) as queries:
        shown()
    with CaptureQueriesContext(connection) as fewest:
        floor()
    told, against = f"{size} assets", "the frame alone"
    count, least = len(queries), len(fewest)
    return [
        Row(name, told, database(), p95(figures) * 1e3, "ms", against, p95(floors) * 1e3),
        Row(f"{name}_queries", told, database(), count, "queries", against, least),
    ]


def explain(size: int, clock: Clock) -> list[Row]:
    """Every subject of inv.hw.fresh by name, through the API: now, as it stood a month ago, and
    that again where nearly all report every day.
    """
    made = lives.lived_in(size, size * FACTS, clock)
    key = issue_token(
        name="bench",
        scope="compliance.read",
        expires_at=clock.now + 12 * MONTH,
        by=None,
        now=clock.now - 12 * MONTH,
    )
    client = Client(headers={"Authorization": f"Bearer {key}"})
    address = "/api/v1/controls/inv.hw.fresh/explain"
    must(asked(client, address)().json()["total"] == size, "that all of them are explained")
    rows = [_explained(client, address, size, "now")]
    then = f"{address}?as_of={_written(clock.now - MONTH)}"
    rows.append(_explained(client, then, size, "a month ago"))
    company.facts(lives.daily(made, DAILY, clock), inbox=True)
    lives.judged(clock)
    then = f"{address}?as_of={_written(clock.now - MONTH)}"
    told = asked(client, then)().json()
    must(told["total"] == size, "that all of them are explained")
    rows.append(_explained(client, then, size, "a month ago, all reported since"))
    return rows


def _explained(client: Client, address: str, size: int, told: str) -> Row:
    figures, floors = in_turn(asked(client, address), _read_bare, min(TIMES, size))
    against = "reading names and facts"
    figure, floor = p95(figures) * 1e3, p95(floors) * 1e3
    return Row("explain", f"{size} subjects, {told}", database(), figure, "ms", against, floor)


def _written(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _read_bare() -> None:
    """Read what an explanation has to name: each asset, its first name, and a fact about it."""
    assets = Subject.objects.filter(kind="asset")
    list(assets.values_list("pk", "label"))
    list(Alias.objects.filter(subject__in=assets).values_list("subject", "name"))
    facts = Fact.objects.filter(kind="inventory.observed").order_by("-seq")
    list(facts.values_list("seq", "subject", "occurred_at", "recorded_at")[: assets.count()])


def asked(client: Client, address: str) -> Callable[[], Any]:
    def ask() -> Any:
        answer = client.get(address)
        must(answer.status_code == 200, f"a page at {address}, not {answer.status_code}")
        return answer

    return ask


def in_turn(
    work: Callable[[], Any], floor: Callable[[], Any], times: int
) -> tuple[list[float], list[float]]:
    """Time both, one after the other: what else the machine does hits both alike."""
    figures: list[float] = []
    floors: list[float] = []
    for _ in range(1 + times):
        figures.append(seconds(work))
        floors.append(seconds(floor))
    return figures[1:], floors[1:]  # the first ones load what stays loaded
