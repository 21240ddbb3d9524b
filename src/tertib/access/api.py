"""The door of API operations: asked before anything of the body is read."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


class scope:  # noqa: N801 reads as a word: auth=scope("facts.write")
    """Let only machines through whose token has that scope: None is 401, another scope 403."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.doors = [("token", name)]  # read by the walk over all URLs

    def __call__(self, request: HttpRequest) -> str | None:
        shown: str = getattr(request, "scope", "")  # BearerToken, of the room people, says it
        if not shown:
            return None
        if shown != self.name:
            raise PermissionDenied
        return shown
