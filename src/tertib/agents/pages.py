"""People make and revoke the addresses that a site's agents report to."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tertib.access.decorators import needs
from tertib.agents import actions
from tertib.agents.models import Enrolment
from tertib.people.models import PersonRequest, Site


@needs("sites.manage")
@never_cache
@require_POST
def enrol(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Show the address that was made: the only time that this page does."""
    site = get_object_or_404(Site, uuid=uuid)
    path = actions.enrol(site, timezone.now(), by=request.user)
    address = settings.URL + path if settings.URL else request.build_absolute_uri(path)
    context = {"site": site, "address": address, "here": "people"}
    return render(request, "agents/enrolled.html", context)


@needs("sites.manage")
@require_POST
def revoke(request: PersonRequest, uuid: UUID, number: int) -> HttpResponse:
    enrolment = get_object_or_404(Enrolment.objects.select_related("site"), pk=number)
    actions.revoke(enrolment, by=request.user, now=timezone.now())
    return redirect("people:site", uuid)
