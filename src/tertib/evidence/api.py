"""`/api/v1/facts`: machines bring what they saw, and read what is recorded. It speaks English."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status

from tertib.access.api import PAGE, REFUSALS, After, Limit, Wrong, begins_after, page, scope
from tertib.access.decorators import MachineRequest
from tertib.evidence import intake, rows, seals
from tertib.evidence.models import Fact, Retraction

router = Router(tags=["facts"])
READ = scope("evidence.read")
LARGEST = 2 * 2**20  # bytes of a body
MOST_ROWS = 1000


class Taken(Schema):
    """kept: rows that stand in the ledger now (also those told before). refused: place → why."""

    kept: int
    refused: dict[int, str]


class About(Schema):
    """label: what it is called now, empty where nobody may know it any more."""

    uuid: UUID
    kind: str
    label: str


class FactTold(Schema):
    """seq: the order of arrival. retracted: its source took it back."""

    seq: int
    kind: str
    subject: About
    occurred_at: datetime
    recorded_at: datetime
    outcome: str
    body: dict[str, Any]
    actor: UUID | None
    source: str
    source_id: str
    retracted: bool


class Facts(Schema):
    results: list[FactTold]
    next: str | None


@router.get("/ledger/facts", auth=READ, response={200: Facts, **REFUSALS}, url_name="ledger_facts")
def list_facts(
    request: HttpRequest,
    kind: Annotated[str | None, Query(max_length=60)] = None,
    subject: UUID | None = None,
    after: After = None,
    limit: Limit = PAGE,
) -> dict[str, Any]:
    """List facts in the order in which they arrived: who remembers `next` can go on from there.

    On PostgreSQL only as far as the seals reach (a minute ago): a fact that is being written could
    still stand before others that can be read.
    """
    gone = Retraction.objects.filter(fact=OuterRef("pk"))
    wanted = Fact.objects.select_related("subject").annotate(retracted=Exists(gone))
    if kind is not None:
        wanted = wanted.filter(kind=kind)
    if subject is not None:
        wanted = wanted.filter(subject=subject)
    if key := begins_after(after, int):
        wanted = wanted.filter(seq__gt=key[0])
    if connection.vendor != "sqlite":
        sealed = seals.horizon()
        wanted = wanted.filter(recorded_at__lt=sealed) if sealed else wanted.none()
    found = list(wanted.order_by("seq")[: limit + 1])
    shown, further = page(found, limit, lambda fact: (fact.seq,))
    return {"results": shown, "next": further}


@router.post(
    "/facts",
    auth=scope("facts.write"),
    response={200: Taken, 413: Wrong, **REFUSALS},
    url_name="facts",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"type": "array", "items": {"type": "object"}}},
                "application/x-ndjson": {"schema": {"type": "string"}},
            },
        }
    },
)
def take_facts(request: HttpRequest) -> Status[Taken | Wrong]:
    """Keep each row that is right; say of every other one why it is refused."""
    if _length(request) > LARGEST:
        return Status(413, Wrong(detail=f"At most {LARGEST} bytes at once."))
    text = request.read(LARGEST + 1)
    if len(text) > LARGEST:
        return Status(413, Wrong(detail=f"At most {LARGEST} bytes at once."))
    brought = _rows(text, request.content_type or "")
    if isinstance(brought, rows.Broken):
        return Status(422, Wrong(detail=brought.why))
    if len(brought) > MOST_ROWS:
        return Status(413, Wrong(detail=f"At most {MOST_ROWS} rows at once."))
    machine: MachineRequest = request  # type: ignore[assignment]
    report = intake.take(brought, source=machine.source, kinds=machine.kinds)
    return Status(200, Taken(kept=report.kept, refused=report.refused))


def _length(request: HttpRequest) -> int:
    told = request.headers.get("Content-Length", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 12 else 0


def _rows(text: bytes, content_type: str) -> list[object] | rows.Broken:
    """Return the rows of an array, or of a line each; Broken: it is neither."""
    if content_type in ("application/x-ndjson", "application/jsonl"):
        lines = [line for line in text.splitlines() if line.strip()]
        return [rows.parse_line(line) for line in lines[: MOST_ROWS + 1]]
    if content_type not in ("application/json", "text/json"):
        return rows.Broken(_("Send application/json or application/x-ndjson."))
    found = rows.parse(text)
    if isinstance(found, rows.Broken):
        return found
    return found if isinstance(found, list) else rows.Broken(_("Send a list of rows."))
