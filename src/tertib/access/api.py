"""The door of API operations, asked before the body is read, and what all of them answer with."""

from collections.abc import Callable
from typing import Annotated

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from ninja import Query, Schema

from tertib.lib import paging
from tertib.lib.errors import Refused

PAGE, MOST = 50, 200  # rows of a list, unless asked for; at most

After = Annotated[
    str | None,
    Query(max_length=paging.LONGEST, description="`next` of the page before; none: the first"),
]
Limit = Annotated[int, Query(ge=1, le=MOST, description="rows of the page")]


class scope:  # noqa: N801 reads as a word: auth=scope("facts.write")
    """Let only machines through whose token has that scope: None is 401, another scope 403."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.doors = [("token", name)]  # read by the walk over all URLs
        self.openapi_security_schema = {"type": "http", "scheme": "bearer"}

    def __call__(self, request: HttpRequest) -> str | None:
        shown: str = getattr(request, "scope", "")  # BearerToken, of the room people, says it
        if not shown:
            return None
        if self.name not in shown.split():
            raise PermissionDenied
        return shown


class Wrong(Schema):
    """Why something was refused, in plain words."""

    detail: str


REFUSALS = {401: Wrong, 403: Wrong, 422: Wrong}


def begins_after(after: str | None, *kinds: type) -> paging.Key | None:
    """Return the key after which a page begins. None: it is the first one."""
    if after is None:
        return None
    try:
        return paging.key(after, *kinds)
    except ValueError as error:
        raise Refused("`after` is not the `next` of a page of this list.") from error


def page[Row](
    rows: list[Row], limit: int, key: Callable[[Row], paging.Key]
) -> tuple[list[Row], str | None]:
    """Return a page of rows, read one further than the limit, and where the next one begins."""
    shown = rows[:limit]
    return shown, paging.cursor(*key(shown[-1])) if len(rows) > limit else None
