from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tertib.agents.views import report_with_password


class AgentsAtTheRoot:
    """`GET /` is Beranda; a `POST /` is an agent's that was given nothing but our name.

    Stands before sessions and CSRF: an agent has neither, and no page of ours posts there.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and request.path_info == "/":
            return report_with_password(request)
        return self.get_response(request)
