"""The versions of the SOP: what each changes, and who approves it."""

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tertib.access.decorators import needs
from tertib.evidence import ledger
from tertib.governance import actions, deciding, pages
from tertib.governance.forms import UploadForm
from tertib.lib.errors import Refused
from tertib.people.models import PersonRequest
from tertib.sop import versions as law
from tertib.sop.actions import FaultyError
from tertib.sop.models import Version

SHOWN = 100  # faults of a file that a page lists


@needs("governance.read")
@require_safe
def versions(request: PersonRequest) -> HttpResponse:
    now = ledger.now()
    found = list(Version.objects.defer("text", "source_text").order_by("-pk"))
    names = pages.people(uuid for one in found for uuid in (one.author, one.approver))
    context = {
        "here": "decisions",
        "tab": "versions",
        "now": now,
        "rows": [
            (one, pages.standing(one, now), pages.author(one, names), names.get(one.approver))
            for one in found
        ],
        "why": law.provisional(now),
        "may_edit": request.user.may("sop.edit", now=now),
        "may_give": request.user.may("people.manage", now=now),
    }
    return render(request, "governance/versions.html", context)


@needs("governance.read")
@require_safe
def version(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """One version with what it changes: its weakenings first, then everything."""
    now = ledger.now()
    found = get_object_or_404(Version, uuid=uuid)
    old, changes = pages.changes(found, now)
    names = pages.people((found.author, found.approver, found.withdrawn_by))
    standing = pages.standing(found, now)
    waiting = standing in ("waiting", "provisional")
    context = {
        "here": "decisions",
        "tab": "versions",
        "now": now,
        "version": found,
        "sop": pages.sop_of(found),
        "standing": standing,
        "waiting": waiting,
        "old": old,
        "weaker": [change for change in changes if change.weakens],
        "others": [change for change in changes if not change.weakens],
        "author": pages.author(found, names),
        "approver": names.get(found.approver),
        "withdrawn_by": names.get(found.withdrawn_by),
        "why": law.provisional(now) if standing == "provisional" else None,
        "right": actions.may_approve(found, request.user, now=now) if waiting else None,
        "instead_of": deciding.decided_for(found.uuid, "approve_sop") if found.approver else "",
        "is_author": found.author == request.user.uuid,
        "may_withdraw": standing == "waiting" and request.user.may("sop.edit", now=now),
    }
    return render(request, "governance/version.html", context)


@needs("governance.read")
@require_safe
def file(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """The file as it was published."""
    found = get_object_or_404(Version, uuid=uuid)
    answer = HttpResponse(found.text, content_type="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="sop-{found.name}.yaml"'
    return answer


@needs("sop.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: PersonRequest) -> HttpResponse:
    """Publish a file as a version; show its faults, each with its line, if it has any."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    context = {"here": "decisions", "tab": "versions", "form": form}
    if not form.is_bound or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "governance/upload.html", context, status=status)
    now = ledger.now()
    source = form.cleaned_data["source"]
    text = source.decode(errors="replace") if source else _source(now=now)
    try:
        found = actions.publish_version(
            form.cleaned_data["file"], text, author=request.user.uuid, now=now
        )
    except FaultyError as faulty:
        more = {"faults": faulty.faults[:SHOWN], "total": len(faulty.faults)}
        return render(request, "governance/upload.html", context | more, status=422)
    except Refused as refused:
        form.add_error(None, str(refused))
        return render(request, "governance/upload.html", context, status=422)
    return redirect("governance:version", found.uuid)


@needs("sop.approve")
@require_POST
def approve(request: PersonRequest, uuid: UUID) -> HttpResponse:
    found = get_object_or_404(Version, uuid=uuid)
    if not actions.approve_version(found, by=request.user.uuid, now=ledger.now()):
        found.refresh_from_db()
        name = pages.people([found.approver]).get(found.approver, pages.NOTHING)
        raise Refused(_("%(name)s has approved this version already.") % {"name": name})
    return redirect("governance:version", uuid)


@needs("sop.edit")
@require_POST
def withdraw(request: PersonRequest, uuid: UUID) -> HttpResponse:
    found = get_object_or_404(Version, uuid=uuid)
    if not actions.withdraw_version(found, by=request.user.uuid, now=ledger.now()):
        raise Refused(_("Somebody else was faster: this version no longer waits."))
    return redirect("governance:version", uuid)


def _source(*, now: datetime) -> str:
    """Return the source text of the version in force."""
    name = law.current(now).version
    return Version.objects.values_list("source_text", flat=True).get(name=name)
