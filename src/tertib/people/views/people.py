"""The people, and the list that brings them."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from tertib.access import policy
from tertib.access.decorators import needs
from tertib.people.actions import roster as lists
from tertib.people.actions.undoing import last
from tertib.people.forms import ListForm
from tertib.people.models import PersonRequest, Site, Team, User
from tertib.people.roster import BYTES, Change, Plan
from tertib.people.rules import name_of
from tertib.people.words import example, named, role_names

PAGE = 50
SHOWN = 500  # changes of a preview; the number above them counts all
KINDS = {
    "join": _("Joins"),
    "back": _("Comes back"),
    "change": _("Changes"),
    "leave": _("Leaves"),
}
UNDONE = {
    "join": _("is taken out again"),
    "back": _("has left, as before"),
    "change": _("is as before"),
    "leave": _("works here, as before"),
}
WORDS = {
    "name": _("Name"),
    "roles": _("Roles"),
    "team": _("Team"),
    "site": _("Site"),
    "manager": _("Line manager"),
    "status": _("Status"),
}
STATUS = {"active": _("active"), "left": _("has left")}


@needs("people.read")
@require_safe
def people(request: PersonRequest) -> HttpResponse:
    now, query = timezone.now(), request.GET.get("q", "")[:100].strip()
    found = User.objects.select_related("site").order_by("full_name", "pk")
    if query:
        found = found.filter(Q(full_name__icontains=query) | Q(email__icontains=query))
    after = _uuid(request.GET.get("after"))
    if after and (last := User.objects.filter(uuid=after).first()):
        found = found.filter(
            Q(full_name__gt=last.full_name) | Q(full_name=last.full_name, pk__gt=last.pk)
        )
    rows = list(found[: PAGE + 1])
    teams = dict(Team.objects.values_list("word", "name"))
    context = {
        "rows": [
            (one, named(roles), teams.get(one.team, ""))
            for one, roles in lists.with_roles(rows[:PAGE], now=now)
        ],
        "after": rows[PAGE - 1].uuid if len(rows) > PAGE else None,
        "active": User.objects.filter(is_active=True).count(),
        "query": query,
        "may_manage": request.user.may("people.manage", now=now),
        "here": "people",
    }
    return render(request, "people/people.html", context)


@needs("people.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def import_list(request: PersonRequest) -> HttpResponse:
    """Take a file and show what it would change; shown again unchanged, do it."""
    if request.method != "POST":
        return _import(request, ListForm())
    form = ListForm(request.POST, request.FILES)
    file = request.FILES.get("file")
    data = file.read(BYTES + 1) if file else request.POST.get("text", "").encode()
    complete = "complete" in request.POST
    now = timezone.now()
    found = lists.compare(data, now=now, complete=complete, by=request.user)
    if not isinstance(found, Plan):
        return _import(request, form, faults=found, status=422)
    if file or request.POST.get("fingerprint") != _fingerprint(found):
        text = data.decode("utf-8-sig")
        mark, rows = _fingerprint(found), told(found.changes[:SHOWN])
        return _import(
            request, form, plan=found, told=rows, text=text, complete=complete, mark=mark
        )
    done = lists.take(found, by=request.user, now=now)
    return _import(request, ListForm(), done=done, faults=done.refused)


def _import(
    request: HttpRequest, form: ListForm, *, status: int = 200, **more: object
) -> HttpResponse:
    context = {"form": form, "here": "people", "last": last(timezone.now()), **more}
    if "plan" not in more:
        site = Site.objects.order_by("pk").first()
        context |= {"example": example(site.name if site else ""), "roles": list(policy.tree())}
    return render(request, "people/import.html", context, status=status)


def told(changes: Sequence[Change]) -> list[dict[str, object]]:
    """Return changes in the words of the page: people, teams and roles by their names."""
    names: dict[str, Mapping[str, str]] = {"roles": role_names(), "manager": _names(changes)}
    teams = dict(Team.objects.values_list("word", "name"))

    def called(what: str, value: str) -> str:
        if what == "roles":
            return ", ".join(names["roles"].get(role, role) for role in value.split(", "))
        if what == "team" and value:
            return teams.get(value) or name_of(value)  # one that the list brings, as it will be
        return names.get(what, {}).get(value) or str(STATUS.get(value, value))

    return [
        {
            "row": change.row.number if change.row else None,
            "name": change.name,
            "email": change.email,
            "kind": KINDS[change.kind],
            "words": [
                (WORDS[what], called(what, old), called(what, new))
                for what, (old, new) in change.words.items()
            ],
        }
        for change in changes
    ]


def _names(changes: Sequence[Change]) -> dict[str, str]:
    """Return how the line managers are called of whom a list tells the address."""
    told = {address for change in changes for address in change.words.get("manager", ())}
    new = {change.email: change.name for change in changes if change.email in told}
    found = User.objects.filter(email__in=told).values_list("email", "full_name")
    return {**new, **dict(found)}


def _fingerprint(plan: Plan) -> str:
    """Return what changes when the people, or the list, have changed since it was shown."""
    told = [(change.kind, change.email, change.words) for change in plan.changes]
    return sha256(repr(told).encode()).hexdigest()


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
