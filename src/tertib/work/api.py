"""Work, for machines, in English."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Path, Query, Router, Schema

from tertib.access.api import PAGE, REFUSALS, After, Limit, Wrong, begins_after, page, scope
from tertib.lib.errors import Unknown
from tertib.work.models import Item, Line

router = Router(tags=["work"])
READ = scope("work.read")


class ItemTold(Schema):
    """number: TGS-12. raised_to: whom it climbed to. people are named by uuid."""

    number: str
    uuid: UUID
    look: str
    title: dict[str, str]
    control: str
    clause: str
    role: str
    owner: UUID | None
    owner_because: str
    raised_to: UUID | None
    site: UUID
    opened_at: datetime
    due_by: datetime
    closed_at: datetime | None
    closed_because: str
    open_lines: int


class LineTold(Schema):
    """trigger: seq of the fact that began it; 0: it is the subject's own."""

    control: str
    subject: UUID
    trigger: int
    began_at: datetime
    closed_at: datetime | None
    because: str


class ItemWithLines(ItemTold):
    lines: list[LineTold]


class Items(Schema):
    results: list[ItemTold]
    next: str | None


@router.get("/items", auth=READ, response={200: Items, **REFUSALS}, url_name="items")
def list_items(
    request: HttpRequest,
    state: Literal["open", "closed"] | None = None,
    control: Annotated[str | None, Query(max_length=60)] = None,
    after: After = None,
    limit: Limit = PAGE,
) -> dict[str, Any]:
    """List work in the order in which it was opened."""
    wanted = _read().order_by("pk")
    if state is not None:
        wanted = wanted.filter(closed_at__isnull=state == "open")
    if control is not None:
        wanted = wanted.filter(control=control.replace("\0", ""))
    if key := begins_after(after, int):
        wanted = wanted.filter(pk__gt=key[0])
    shown, further = page(list(wanted[: limit + 1]), limit, lambda one: (one.pk,))
    return {"results": [_told(one) for one in shown], "next": further}


@router.get(
    "/items/{number}",
    auth=READ,
    response={200: ItemWithLines, 404: Wrong, **REFUSALS},
    url_name="item",
)
def get_item(
    request: HttpRequest, number: Annotated[str, Path(pattern=r"^[A-Z]{3}-[0-9]{1,18}$")]
) -> dict[str, Any]:
    """Return one piece of work with its newest 500 lines, the open ones first."""
    prefix, _dash, digits = number.partition("-")
    item = _read().filter(prefix=prefix, number=int(digits)).first()
    if item is None:
        raise Unknown(_("There is no work %(number)s.") % {"number": number})
    lines = Line.objects.filter(item=item).order_by("-closed_at", "-began_at", "-pk")
    open_first = sorted(lines[:500], key=lambda line: line.closed_at is not None)
    return {**_told(item), "lines": open_first}


def _read() -> QuerySet[Item]:
    return Item.objects.select_related("owner", "raised_to", "site")


def _told(item: Item) -> dict[str, Any]:
    return {
        "number": item.name,
        "uuid": item.uuid,
        "look": item.look,
        "title": {"id": item.title_id, "en": item.title_en},
        "control": item.control,
        "clause": item.clause,
        "role": item.role,
        "owner": item.owner.uuid if item.owner else None,
        "owner_because": item.why,
        "raised_to": item.raised_to.uuid if item.raised_to else None,
        "site": item.site.uuid,
        "opened_at": item.opened_at,
        "due_by": item.due_by,
        "closed_at": item.closed_at,
        "closed_because": item.closed_because,
        "open_lines": item.lines_open,
    }
