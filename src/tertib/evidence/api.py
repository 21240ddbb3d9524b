"""`POST /api/v1/facts`: machines bring what they saw. The API speaks English."""

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import override
from ninja import Router, Schema, Status

from tertib.access.api import scope
from tertib.access.decorators import MachineRequest
from tertib.evidence import intake, rows
from tertib.lib.errors import Refused

router = Router(tags=["facts"])
LARGEST = 2 * 2**20  # bytes of a body
MOST_ROWS = 1000


class Taken(Schema):
    """kept: rows that stand in the ledger now (also those told before). refused: place → why."""

    kept: int
    refused: dict[int, str]


class Wrong(Schema):
    detail: str


@router.post(
    "/facts",
    auth=scope("facts.write"),
    response={200: Taken, 401: Wrong, 403: Wrong, 413: Wrong, 422: Wrong},
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
    with override("en"):
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
        try:
            report = intake.take(brought, source=machine.source, kinds=machine.kinds)
        except Refused as refusal:
            return Status(422, Wrong(detail=str(refusal)))
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
