"""A person who has left is erased: what goes and what stays is shown first."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tertib.access.decorators import needs
from tertib.people import actions
from tertib.people.actions import erasing
from tertib.people.forms import EraseForm
from tertib.people.models import PersonRequest, User


@needs("people.erase")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Show it; once the name was typed, do it."""
    somebody = get_object_or_404(User, uuid=uuid)
    now, form = timezone.now(), EraseForm(request.POST or None, person=somebody)
    told = erasing.preview(somebody, by=request.user, now=now)
    if request.method == "POST" and form.is_valid():
        actions.erase_person(somebody, by=request.user, now=now)
        return redirect("people:person", uuid)
    context = {"person": somebody, "told": told, "form": form, "here": "people"}
    return render(request, "people/erase.html", context, status=422 if form.errors else 200)
