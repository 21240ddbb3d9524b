"""Where agents report. Who may is decided before a byte of the body is read."""

import logging
from collections.abc import Iterator

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt

from tertib.access.decorators import public
from tertib.agents import actions, registry
from tertib.agents.models import Enrolment
from tertib.agents.registry import Report
from tertib.agents.rules import basic_password, digest
from tertib.agents.wire import bounds, message, replies
from tertib.agents.wire.errors import BadReport
from tertib.agents.wire.replies import Reply
from tertib.agents.wire.unpack import unpack
from tertib.evidence import ledger
from tertib.lib.errors import Refused, trouble
from tertib.ui.errors import told

log = logging.getLogger(__name__)
CHUNK = 2**16
HOSTS = ("Computer", "Phone")  # what runs an agent itself
ENROLMENT = "Its enrolment stands in the address or as the password: the view asks for it first."


@public(ENROLMENT)
@csrf_exempt
def report(request: HttpRequest, enrolment: str) -> HttpResponse:
    """/agent/<enrolment>/: our own address, which holds all that an agent needs."""
    return _answer(request, enrolment)


@public(ENROLMENT)
@csrf_exempt
def report_with_password(request: HttpRequest) -> HttpResponse:
    """The addresses of other servers, so that moving here means changing a name."""
    return _answer(request, basic_password(request.headers.get("Authorization", "")))


def _answer(request: HttpRequest, secret: str) -> HttpResponse:
    if request.method in ("GET", "HEAD"):
        text = _("This is where inventory agents report. There is nothing to read here.")
        return HttpResponse(text, content_type="text/plain; charset=utf-8")
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD, POST"})
    with override("en"):  # what an agent writes to its log
        enrolment = _enrolment(secret)
        if enrolment is None:
            return _refuse(request, "This enrolment is not known here.", status=401)
        try:
            body = unpack(_chunks(request))
        except BadReport as error:
            return _refuse(request, str(error), status=error.status)
        try:
            return _send(_dispatch(request, body, enrolment))
        except BadReport as error:
            log.info("report_refused", extra={"why": str(error), "site": enrolment.site_id})
            return _refuse(request, str(error), status=error.status, body=body)
        except Refused as error:
            log.info("report_refused", extra={"why": str(error), "site": enrolment.site_id})
            return _refuse(request, str(error), status=409, body=body)
        except OperationalError as error:
            if not (what := trouble(error)):
                raise
            # The agent comes again; nothing of the report is stored.
            log.exception("report_not_stored", extra={"site": enrolment.site_id})
            return _refuse(request, ". ".join(map(str, told(what))), status=503, body=body)


def _dispatch(request: HttpRequest, body: bytes, enrolment: Enrolment) -> Reply:
    said = message.read(body, wanted=registry.wanted())
    agent_id = request.headers.get("GLPI-Agent-ID", "")[:64]
    if said.action == "prolog":
        return replies.prolog(speaks_json=bool(agent_id))
    if said.action == "contact":
        return replies.contact()
    if said.action != "inventory":
        raise BadReport(f"Tertib does not take {said.action[:40]!r}", status=501)
    if said.itemtype not in HOSTS:
        raise BadReport(f"Tertib does not take a {said.itemtype[:40]!r}", "itemtype", status=501)
    # An injector sends other machines' reports under its own id.
    injected = "injector" in request.headers.get("User-Agent", "").lower()
    told = Report(
        deviceid=said.deviceid,
        agent_id="" if injected else agent_id,
        partial=said.partial,
        digest=said.digest,
        sections=said.sections,
    )
    actions.accept(told, enrolment.site, now=ledger.now())
    return replies.taken(in_json=said.is_json)


def _enrolment(secret: str) -> Enrolment | None:
    if not secret or len(secret) > 200:
        return None
    found = Enrolment.objects.valid().filter(digest=digest(secret)).select_related("site")
    return found.defer("secret").first()


def _chunks(request: HttpRequest) -> Iterator[bytes]:
    """Read the body as it comes. Raise BadReport if it ends before the length that was promised."""
    promised = int(request.META.get("CONTENT_LENGTH") or 0)  # the web server has seen to a number
    if promised > bounds.UNPACKED:
        raise BadReport(f"more than {bounds.UNPACKED:,} bytes", "body", status=413)
    came = 0
    while chunk := request.read(CHUNK):
        came += len(chunk)
        yield chunk
    if came < promised:
        raise BadReport(f"ends after {came:,} of {promised:,} bytes", "body")


def _refuse(
    request: HttpRequest, why: str, *, status: int, body: bytes | None = None
) -> HttpResponse:
    """Answer in the agent's dialect: what its body is in; before it is read, by its header."""
    in_json = "GLPI-Agent-ID" in request.headers
    if body is not None:
        in_json = not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    response = _send(replies.refused(why, in_json=in_json, status=status))
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="Tertib"'
    return response


def _send(reply: Reply) -> HttpResponse:
    return HttpResponse(reply.body, status=reply.status, content_type=reply.content_type)
