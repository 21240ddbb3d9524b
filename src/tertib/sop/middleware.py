from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tertib.sop import versions

SAFE = ("GET", "HEAD")


class OneLaw:
    """A page that only reads is judged by one law from its first line to its last."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE:
            return self.get_response(request)
        with versions.remembered():
            return self.get_response(request)
