from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from tertib.access.decorators import needs
from tertib.evidence import ledger, subjects
from tertib.lib.errors import Refused
from tertib.people.models import PersonRequest
from tertib.ui import links, panels
from tertib.work import actions, files, forms, pages, words
from tertib.work.models import Attachment, Event, Item, Line, Step
from tertib.work.rows import language, role_word
from tertib.work.rules import found_late
from tertib.work.views.common import ROOM, changeable, find, manages, sees_all, writable


@needs("work.own")
@require_safe
def item(request: PersonRequest, name: str) -> HttpResponse:
    now = ledger.now()
    found = find(request, name, now)
    may_act = manages(request, now) or pages.answers(found, request.user)
    start = _number(request.GET.get("baris"))
    of = None if may_act or sees_all(request, now) else request.user
    lines = pages.lines(found, of=of, start=start)
    known = subjects.known(line.subject for line in lines)
    about = links.described((one.kind, one.alias or "") for one in known.values())
    ladder, events = pages.ladder(found), pages.history(found)
    names = pages.raised_to(events)
    said = found.comments.select_related("by").order_by("at", "pk")
    kept = found.attachments.select_related("by").order_by("at", "pk")
    may = request.user.permissions(now=now)
    context = {
        "here": ROOM,
        "now": now,
        "item": found,
        "title": found.title(language()),
        "look": words.LOOKS[found.look],
        "state": pages.urgency(found, now),
        "role": role_word(found.role),
        "ended": words.ENDS.get(found.closed_because, ""),
        "why": _why(found),
        "raised": role_word(found.raised_role),
        "lines": [
            {
                **_line(line, known.get(line.subject), about, may),
                "signs": may_act or line.person_id == request.user.pk,
            }
            for line in lines
        ],
        "next_lines": start + pages.PAGE if len(lines) == pages.PAGE else None,
        "own_alone": of is not None,  # what is not theirs is not theirs to know
        "own_done": of is not None and bool(lines) and all(line.closed_at for line in lines),
        "lines_total": found.lines.count() if of is None else None,
        "rungs": _rungs(found, ladder, events, names),
        "thread": _thread([_event(event, names) for event in events], said, kept),
        "panels": list(panels.about("work", found.uuid, now)),
        "may_act": found.closed_at is None and may_act,
        "may_climb": any(not one.outcome for one in ladder if one.kind == Step.Kind.CLIMB),
        "may_give": found.closed_at is None and manages(request, now),
        "may_write": may_act or pages.concerned(found, request.user),
        "people": pages.people(now),
        "kinds": ",".join(f".{kind}" for kind in files.KINDS),
    }
    return render(request, "work/item.html", context)


def _button(
    act: Callable[..., object],
    form: type[Any] | None = None,
    *,
    permission: str = "work.own",
    among: Callable[..., Item] = changeable,
    to: str = "",
) -> Callable[..., HttpResponse]:
    """Return a view that lets an action do what the form tells, to what a person may change.

    among: how it is found. to: where it leads; "": back to the item.
    """

    @needs(permission)
    @require_POST
    def pressed(request: PersonRequest, name: str) -> HttpResponse:
        now = ledger.now()
        found = among(request, name, now)
        told = _told(form(request.POST)) if form else {}
        act(found, **told, by=request.user, now=now)
        return redirect(to) if to else redirect("work:item", name)

    return pressed


take = _button(actions.take)
finish = _button(actions.finish)
snooze = _button(actions.snooze, forms.SnoozeForm)
assign = _button(actions.assign, forms.AssignForm, permission="work.manage")
lend = _button(actions.lend, forms.LendForm, to="work:queue")  # until some day
escalate = _button(actions.escalate)  # now, not later
remind = _button(actions.remind, forms.RemindForm, among=find)  # whoever may read it
comment = _button(actions.comment, forms.CommentForm, among=writable)


@needs("work.own")
@require_POST
def give_back(request: PersonRequest, name: str) -> HttpResponse:
    now = ledger.now()
    actions.give_back(changeable(request, name, now), now=now)
    return redirect("work:queue")


@needs("work.own")
@require_POST
def attach(request: PersonRequest, name: str) -> HttpResponse:
    now = ledger.now()
    found = writable(request, name, now)
    file = _told(forms.FileForm(request.POST, request.FILES))["file"]
    actions.attach(found, name=file.name, chunks=file.chunks(), by=request.user, now=now)
    return redirect("work:item", name)


@needs("work.own")
@require_safe
def attachment(request: PersonRequest, pk: int) -> Any:
    """A kept file, as a download whatever it is: nothing of it runs in our pages."""
    kept = get_object_or_404(Attachment.objects.select_related("item"), pk=pk)
    find(request, kept.item.name, ledger.now())
    path = files.place(kept.sha256)
    if not path.is_file():
        raise Http404
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=kept.name, content_type=kept.kind
    )


@needs("work.own")
@require_POST
def sign(request: PersonRequest, pk: int) -> HttpResponse:
    """Sign the cause and the correction of what can no longer become good: also one's own."""
    now = ledger.now()
    line = get_object_or_404(Line.objects.select_related("item"), pk=pk)
    among = find if line.person_id == request.user.pk else changeable
    found = among(request, line.item.name, now)
    told = _told(forms.SignForm(request.POST))
    actions.sign_correction(line, **told, by=request.user, now=now)
    return redirect("work:item", found.name)


# --- Arranged for the page -----------------------------------------------------------------------


def _told(form: Any) -> dict[str, Any]:
    if not form.is_valid():
        raise Refused(forms.first_error(form))
    told: dict[str, Any] = form.cleaned_data
    return told


def _why(found: Item) -> str:
    name = found.instead_of.full_name if found.instead_of else ""
    told = {"role": role_word(found.role), "name": name}
    return str(words.WHY[found.why]) % told


def _line(
    line: Line, known: Any, about: Mapping[tuple[str, str], str], may: frozenset[str]
) -> dict[str, Any]:
    label = known.label or known.alias if known else ""
    return {
        "line": line,
        "label": gettext("The company") if known and known.kind == "org" else label or "\u2013",
        "about": about.get((known.kind, known.alias), "") if known else "",
        # Whose own line it is stands there already.
        "person": line.person if line.person and line.person.uuid != line.subject else None,
        "url": links.to(known.kind, known.alias, may) if known else None,
        "end": words.LINE_ENDS.get(line.because, ""),
        "signable": bool(line.trigger) and line.closed_at is None,
    }


def _event(event: Event, names: Mapping[int, str]) -> dict[str, Any]:
    told: dict[str, Any] = {"to": "", "role": "", **event.told}
    told["role"] = role_word(told["role"])
    act = words.ACTS.get(event.act)
    word = words.ENDS[told["because"]] if event.act == "closed" else act.word if act else event.act
    return {
        "at": event.at,
        "by": event.by,
        "words": str(word) % told,
        "icon": act.icon if act else "",
        "promised": event.act in ("raised", "overdue", "reminded"),
        "to": names.get(told["to"], ""),
        "found_at": event.found_at if found_late(event.at, event.found_at) else None,
    }


def _thread(events: list[dict[str, Any]], said: Iterable[Any], kept: Iterable[Any]) -> list[Any]:
    """Return what happened to it, was said of it and is kept with it, the oldest first."""
    thread = events[::-1]
    thread += [{"at": one.at, "by": one.by, "text": one.text} for one in said]
    thread += [{"at": one.at, "by": one.by, "file": one} for one in kept]
    return sorted(thread, key=lambda one: one["at"])


def _rungs(
    found: Item, steps: Iterable[Step], events: Iterable[Event], names: Mapping[int, str]
) -> list[dict[str, Any]]:
    """Return the way up: whose it is first, when it is due, and to whom it climbs, and when."""
    raised = {
        event.told.get("role"): names.get(event.told.get("to"), "")
        for event in events
        if event.act == "raised"
    }
    first = {
        "label": role_word(found.role) or gettext("Owner"),
        "who": found.owner.full_name if found.owner else "",
        "at": found.opened_at,
        "outcome": "begun",
    }
    rest = [
        {
            "label": gettext("Due") if step.kind == Step.Kind.DUE else role_word(step.role),
            "who": raised.get(step.role, "") if step.role else "",
            "at": step.at,
            "outcome": step.outcome,
        }
        for step in steps
    ]
    return [first, *rest] if any(step.kind == Step.Kind.CLIMB for step in steps) else []


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 0
