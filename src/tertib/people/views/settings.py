"""What the company says of itself."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tertib.access.decorators import needs
from tertib.lib.errors import Refused
from tertib.people import actions
from tertib.people.forms import Form
from tertib.people.forms_company import CompanyForm, MailboxForm
from tertib.people.models import Company, PersonRequest, Site


@needs("company.manage")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def company(request: PersonRequest) -> HttpResponse:
    """Show the company, and change its name and the zone of its head office."""
    if request.method != "POST":
        return _page(request)
    form = CompanyForm(request.POST)
    if not form.is_valid() or not _done(
        form, lambda told, now: actions.describe_company(**told, by=request.user, now=now)
    ):
        return _page(request, form=form)
    return redirect(reverse("people:company") + "?disimpan=1")


@needs("company.manage")
@sensitive_post_parameters("password")
@require_POST
def mailbox(request: PersonRequest) -> HttpResponse:
    form = MailboxForm(request.POST)

    def act(told: dict[str, Any], now: datetime) -> None:
        told["user"] = told["user"] or told["address"]
        actions.set_mailbox(**told, by=request.user, now=now)

    if not form.is_valid() or not _done(form, act):
        return _page(request, mailbox=form)
    return redirect(reverse("people:company") + "?disimpan=1")


def _done(form: Form, act: Any) -> bool:
    try:
        act(dict(form.cleaned_data), timezone.now())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _page(
    request: PersonRequest, *, form: Form | None = None, mailbox: Form | None = None
) -> HttpResponse:
    about, sites = Company.objects.get(), list(Site.objects.order_by("pk"))
    known = {"name": about.name, "zone": sites[0].zone if sites else ""}
    context = {
        "here": "settings",
        "section": "company",
        "company": about,
        "sites": sites,
        "form": form or CompanyForm(initial=known),
        "mailbox": mailbox or MailboxForm.told(about),
    }
    return render(request, "people/company.html", context, status=422 if form or mailbox else 200)
