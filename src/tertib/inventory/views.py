from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms as django_forms
from django.db.models import Q
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from tertib.access.decorators import needs
from tertib.evidence import ledger, subjects
from tertib.evidence.models import Alias
from tertib.inventory import actions, csv, forms, pages, words
from tertib.inventory.lifecycle import supported
from tertib.inventory.models import Asset, Question
from tertib.lib.errors import Refused
from tertib.people.models import PersonRequest
from tertib.sop import versions
from tertib.ui import panels

ROOM = "assets"  # of the menu


@needs("inventory.read")
@require_safe
def assets(request: PersonRequest) -> HttpResponse:
    wanted = _wanted(request)
    rows, following = pages.page(wanted, _asked(request, "dari"))
    present = Asset.objects.present()
    query = request.GET.copy()
    query["dari"] = following
    context = {
        "here": ROOM,
        "now": ledger.now(),
        "rows": [(asset, words.TYPES[asset.type], words.STATUSES[asset.status]) for asset in rows],
        "following": query.urlencode() if following else "",
        "wanted": wanted,
        "query": request.GET.urlencode(),
        "total": present.count(),
        "found": wanted.of(present).count() if wanted.any else None,
        "to_review": present.filter(to_review=True).count(),
        "questions": Question.objects.filter(answer="").count(),
        "types": [(value, shown.word) for value, shown in words.TYPES.items()],
        "statuses": words.STATUSES.items(),
    }
    return render(request, "inventory/assets.html", context)


@needs("inventory.read")
@require_safe
def export(request: PersonRequest) -> Any:
    """The assets of the list as a file for a spreadsheet."""
    found = _wanted(request).of(Asset.objects.present())
    rows = found.select_related("site", "owner").order_by("tag")
    lines: Iterator[str] = csv.lines(rows.iterator(500))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="aset.csv"'
    return response


@needs("inventory.read")
@require_safe
def asset(request: PersonRequest, tag: str) -> HttpResponse:
    found = _find(tag)
    if found.tag != tag:
        return redirect("inventory:asset", found.tag)
    return _page(request, found)


@needs("inventory.read")
@require_safe
def software(request: PersonRequest, tag: str) -> HttpResponse:
    found = _own(tag)
    text = _asked(request, "q")
    rows = pages.software(found, text=text, after=_asked(request, "dari", 300))
    following = ""
    if len(rows) > pages.PAGE:
        rows = rows[: pages.PAGE]
        query = request.GET.copy()
        query["dari"] = f"{rows[-1].release.title.name},{rows[-1].release_id}"
        following = query.urlencode()
    context = {
        "here": ROOM,
        "asset": found,
        "rows": rows,
        "text": text,
        "following": following,
    }
    return render(request, "inventory/software.html", context)


@needs("inventory.manage")
@require_POST
def change_entry(request: PersonRequest, tag: str) -> HttpResponse:
    return _change(request, _own(tag), "entry", forms.EntryForm(request.POST))


@needs("inventory.manage")
@require_POST
def change_owner(request: PersonRequest, tag: str) -> HttpResponse:
    form = forms.OwnerForm(request.POST, units=_units(ledger.now()))
    return _change(request, _own(tag), "owner", form)


@needs("inventory.manage")
@require_POST
def change_place(request: PersonRequest, tag: str) -> HttpResponse:
    return _change(request, _own(tag), "place", forms.PlaceForm(request.POST))


@needs("inventory.manage")
@require_POST
def change_status(request: PersonRequest, tag: str) -> HttpResponse:
    return _change(request, _own(tag), "status", forms.StatusForm(request.POST))


@needs("inventory.read")
@require_safe
def questions(request: PersonRequest) -> HttpResponse:
    asked = Question.objects.filter(answer="").order_by("asked_at", "pk")
    rows = asked.select_related("new__site", "old__site")[: pages.PAGE]
    context = {
        "here": ROOM,
        "now": ledger.now(),
        "rows": [
            (question, words.REASONS.get(question.reason, ""), (question.new, question.old))
            for question in rows
        ],
        "total": asked.count(),
        "may_manage": request.user.may("inventory.manage", now=timezone.now()),
    }
    return render(request, "inventory/questions.html", context)


@needs("inventory.manage")
@require_POST
def answer(request: PersonRequest, pk: int) -> HttpResponse:
    said = request.POST.get("answer")
    if said not in Question.Answer.values:
        return HttpResponse(status=422)
    question = get_object_or_404(Question, pk=pk)
    same = said == Question.Answer.SAME
    actions.answer(question, same=same, by=request.user, now=ledger.now())
    return redirect("inventory:questions")


def _wanted(request: PersonRequest) -> pages.Wanted:
    return pages.Wanted(
        text=_asked(request, "q"),
        status=_asked(request, "status"),
        type=_asked(request, "jenis"),
        review=_asked(request, "tinjau") == "1",
    )


def _asked(request: PersonRequest, name: str, longest: int = 100) -> str:
    return request.GET.get(name, "").replace("\0", "").strip()[:longest]


def _own(tag: str) -> Asset:
    _refuse_nul(tag)
    found = Asset.objects.present().select_related("subject", "site", "owner")
    return get_object_or_404(found, tag=tag)


def _find(key: str) -> Asset:
    """Return the asset that a tag, a serial, a name or an old tag means."""
    _refuse_nul(key)
    found = Asset.objects.present().select_related("subject", "site", "owner")
    if asset := found.filter(tag=key).first():
        return asset
    named = Alias.objects.filter(kind="asset", folded=subjects.folded(key))
    bearers = {ledger.root(alias.subject) for alias in named.select_related("subject")[:2]}
    asset = found.filter(subject__in=bearers).first() if len(bearers) == 1 else None
    if asset is None:
        raise Http404
    return asset


def _refuse_nul(key: str) -> None:
    """Say what is true: nothing is called so. A database would make an error of it."""
    if "\0" in key:
        raise Http404


def _units(now: datetime) -> list[tuple[str, str]]:
    """Return the SOP's roles, by which a unit may own an asset."""
    language = "en" if get_language() == "en" else "id"
    turns = [turn for turn in versions.law() if turn.since <= now]
    roles = turns[-1].sop.roles if turns else {}
    return [(role, getattr(told.name, language)) for role, told in roles.items()]


def _change(
    request: PersonRequest, asset: Asset, name: str, form: django_forms.Form
) -> HttpResponse:
    if not form.is_valid():
        return _page(request, asset, status=422, **{name: form})
    try:
        actions.change_asset(asset, by=request.user, now=ledger.now(), **form.cleaned_data)
    except Refused as refused:  # what was typed stays
        form.add_error(None, str(refused))
        return _page(request, asset, status=422, **{name: form})
    return redirect("inventory:asset", asset.tag)


def _page(request: PersonRequest, asset: Asset, *, status: int = 200, **bound: Any) -> HttpResponse:
    now = ledger.now()
    units = _units(now)
    may_manage = request.user.may("inventory.manage", now=timezone.now())
    about = Q(new=asset) | Q(old=asset)
    context = {
        "here": ROOM,
        "now": now,
        "asset": asset,
        "type": words.TYPES[asset.type],
        "status_word": words.STATUSES[asset.status],
        "unit": dict(units).get(asset.unit, asset.unit),
        "supported": supported(asset.system, asset.system_version, timezone.localdate(now)),
        "machine": pages.machine(asset),
        "software": pages.software(asset, few=True),
        "events": [(event, words.ACTS.get(event.act)) for event in pages.history(asset)],
        "asked": Question.objects.filter(about, answer="").exists(),
        "panels": list(panels.about("asset", asset.subject_id, now)),
        "forms": _forms(asset, units) | bound if may_manage else None,
        **{f"open_{name}": True for name in bound},  # the form that was refused stays open
    }
    return render(request, "inventory/asset.html", context, status=status)


def _forms(asset: Asset, units: list[tuple[str, str]]) -> dict[str, django_forms.Form]:
    says = {name: getattr(asset, name) for name in ("tag", "serial", "type", "status", "place")}
    owner = {"owner": forms.OwnerForm.chosen(asset)}
    return {
        "entry": forms.EntryForm(initial=says),
        "owner": forms.OwnerForm(initial=owner, units=units),
        "place": forms.PlaceForm(initial={**says, "site": asset.site_id}),
        "status": forms.StatusForm(initial=says),
    }
