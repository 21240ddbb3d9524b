from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.forms import HiddenInput
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tertib.access.decorators import needs
from tertib.evidence import ledger
from tertib.lib.errors import Refused
from tertib.people.models import PersonRequest, User
from tertib.work import actions, forms, pages, words
from tertib.work.actions import bulk as bulk_actions
from tertib.work.models import Batch, Item, View
from tertib.work.rows import row
from tertib.work.rules import may_undo
from tertib.work.views.common import ROOM, asked, manages, sees_all


@needs("work.own")
@require_safe
def queue(request: PersonRequest) -> HttpResponse:
    """The queue: mine first, the team's one click away. A view is an address: ?lihat=tim&jenis=…"""
    now = ledger.now()
    wanted = _wanted(request, now)
    rows, following = pages.page(wanted, asked(request, "dari"), now)
    query = request.GET.copy()
    query.pop("selesai", None)
    query["dari"] = following
    context = {
        **_frame(request, wanted, now),
        "groups": [
            (name, [row(item, now) for item in items])
            for name, items in pages.grouped(rows, now, timezone.get_current_timezone())
        ],
        "picks": _picks(request, rows, now),
        "following": query.urlencode() if following else "",
        "further": bool(asked(request, "dari")),
        "people": pages.people(now) if wanted.everything and rows else [],
        "done": _done(request, now),
    }
    return render(request, "work/queue.html", context)


@needs("work.own")
@require_safe
def board(request: PersonRequest) -> HttpResponse:
    """The same work in columns: to begin, begun, put off, done."""
    now = ledger.now()
    wanted = _wanted(request, now, board=True)
    columns = pages.columns(wanted, now)
    context = {
        **_frame(request, wanted, now),
        "columns": [
            (name, [row(item, now) for item in items[: pages.COLUMN]], len(items) > pages.COLUMN)
            for name, items in columns
        ],
        "empty": not any(items for _name, items in columns),
    }
    return render(request, "work/board.html", context)


@needs("work.own")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PersonRequest) -> HttpResponse:
    """A task that no lapse opened. Whoever does not manage work gives it to themselves."""
    now = ledger.now()
    may_give = manages(request, now)
    form = forms.TaskForm(request.POST or None, now=now, initial=_asked_for(request))
    if not may_give:
        form.fields["owner"].queryset = User.objects.filter(pk=request.user.pk)  # type: ignore[attr-defined]
        form.fields["owner"].widget = HiddenInput()  # there is nothing to choose
    if request.method == "POST" and form.is_valid():
        item = actions.open_task(**form.cleaned_data, by=request.user, now=now)
        return redirect("work:item", item.name)
    status = 422 if request.method == "POST" else 200
    return render(request, "work/new.html", {"here": ROOM, "form": form}, status=status)


@needs("work.own")
@require_POST
def bulk(request: PersonRequest) -> HttpResponse:
    """First show what would change of each; with ?langsung or the preview's button do it."""
    now = ledger.now()
    there = _back(request)
    change = _change(request, now)
    items = _chosen(request, now)
    if not items:
        raise Refused(gettext("Choose at least one task."))
    if request.POST.get("langsung") == "1":
        batch = bulk_actions.do(items, change, by=request.user, now=now)
        mark = "&" if "?" in there else "?"
        return redirect(f"{there}{mark}{urlencode({'selesai': str(batch.pk)})}")
    planned = bulk_actions.plan(items, change, by=request.user, now=now)
    context = {
        "here": ROOM,
        "now": now,
        "act": change.act,
        "to": change.to,
        "until": change.until,
        "planned": [(row(one.item, now), one.refused) for one in planned],
        "count": sum(not one.refused for one in planned),
        "there": there,
    }
    return render(request, "work/preview.html", context)


@needs("work.own")
@require_POST
def undo(request: PersonRequest, batch: UUID) -> HttpResponse:
    found = get_object_or_404(Batch, pk=batch, by=request.user)
    bulk_actions.undo(found, by=request.user, now=ledger.now())
    return redirect(_back(request))


@needs("work.own")
@require_POST
def keep_view(request: PersonRequest) -> HttpResponse:
    query = request.POST.get("query", "").replace("\0", "")
    name = request.POST.get("name", "").replace("\0", "")
    actions.keep_view(request.user, name=name, query=query, now=ledger.now())
    return redirect(f"{reverse('work:queue')}?{query}")


@needs("work.own")
@require_POST
def forget_view(request: PersonRequest, pk: int) -> HttpResponse:
    actions.forget_view(request.user, pk, now=ledger.now())
    return redirect("work:queue")


def _asked_for(request: PersonRequest) -> dict[str, Any]:
    """Return what an empty form begins with: the words that the palette was asked for."""
    return {"owner": request.user.pk, "title": asked(request, "judul", 200)}


# --- What was asked for --------------------------------------------------------------------------


def _wanted(request: PersonRequest, now: datetime, *, board: bool = False) -> pages.Wanted:
    everything = sees_all(request, now)
    view = asked(request, "lihat") or "saya"
    allowed = pages.VIEWS if everything else pages.OWN
    if view not in allowed or (board and view in ("ditunda", "selesai")):
        view = "saya"
    if board and view == "saya":
        view = "milik"
    return pages.Wanted(
        person=request.user,
        roles=pages.held(request.user, now),
        everything=everything,
        view=view,
        look=asked(request, "jenis"),
        clause=asked(request, "klausul", 20),
        text=asked(request, "q"),
    )


def _frame(request: PersonRequest, wanted: pages.Wanted, now: datetime) -> dict[str, Any]:
    query = request.GET.copy()
    for name in ("dari", "selesai"):
        query.pop(name, None)
    return {
        "here": ROOM,
        "now": now,
        "wanted": wanted,
        "tally": pages.tally(request.user, now),
        "kept": list(View.objects.filter(person=request.user).order_by("name")),
        "looks": [(name, look.word) for name, look in words.LOOKS.items()],
        "query": query.urlencode(),
        "keys_off": request.COOKIES.get("tertib_keys") == "off",
    }


def _change(request: PersonRequest, now: datetime) -> bulk_actions.Change:
    act = request.POST.get("act", "")
    if act not in bulk_actions.ACTS:
        raise Refused(gettext("Choose what is to be done."))
    to = until = None
    if act == "assign":
        form: Any = forms.AssignForm(request.POST)
    elif act == "snooze":
        form = forms.SnoozeForm(request.POST)
    else:
        return bulk_actions.Change(act)
    if not form.is_valid():
        raise Refused(forms.first_error(form))
    to, until = form.cleaned_data.get("to"), form.cleaned_data.get("until")
    return bulk_actions.Change(act, to, until)


def _chosen(request: PersonRequest, now: datetime) -> list[Item]:
    """Return the chosen items, at most a page of them. Of others' only for who manages work."""
    pks = [pk for pk in request.POST.getlist("item") if pk.isascii() and pk.isdigit()]
    found = list(
        Item.objects.filter(pk__in=[int(pk) for pk in pks[: bulk_actions.MOST] if len(pk) < 19])
        .select_related("owner", "site")
        .order_by("due_by", "pk")
    )
    if not manages(request, now) and not all(pages.answers(item, request.user) for item in found):
        raise PermissionDenied
    return found


def _picks(request: PersonRequest, rows: list[Item], now: datetime) -> set[int]:
    """Return which of the rows this person may choose: what may be changed."""
    all_of_it = manages(request, now)
    return {
        item.pk
        for item in rows
        if item.closed_at is None and (all_of_it or pages.answers(item, request.user))
    }


def _back(request: PersonRequest) -> str:
    """Return the queue as it was: its own query only, no other address."""
    return f"{reverse('work:queue')}?{request.POST.get('query', '').replace(chr(0), '')[:300]}"


def _done(request: PersonRequest, now: datetime) -> Batch | None:
    """Return the change that was just made, while it can be undone."""
    try:
        key = UUID(asked(request, "selesai"))
    except ValueError:
        return None
    batch = Batch.objects.filter(pk=key, by=request.user, undone_at=None).first()
    return batch if batch and may_undo(batch.at, now) else None
