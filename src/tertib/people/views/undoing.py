"""The last people list is undone: what that does is shown first."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tertib.access.decorators import needs
from tertib.people.actions import undoing
from tertib.people.models import PersonRequest, User
from tertib.people.views.people import SHOWN, UNDONE


@needs("people.manage")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: PersonRequest) -> HttpResponse:
    now = timezone.now()
    load = undoing.last(now)
    if load is None:
        return redirect("people:import_list")
    if request.method == "POST" and request.POST.get("load") == str(load.uuid):
        done = undoing.undo_list(load, by=request.user, now=now)
        return render(request, "people/undone.html", {"done": done, "here": "people"})
    found = undoing.look(load)
    context = {
        "load": load,
        "by": User.objects.filter(uuid=load.by).first() if load.by else None,
        "until": load.at + undoing.WITHIN,
        "changes": [(change, name, UNDONE[change.kind]) for change, name in found.changes[:SHOWN]],
        "count": len(found.changes),
        "against": found.against,
        "here": "people",
    }
    return render(request, "people/undo.html", context)
