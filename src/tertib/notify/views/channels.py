"""The channels of the house: how they fare, and what an admin may do with them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tertib.access.decorators import needs
from tertib.lib.errors import Refused
from tertib.notify import actions, directory, topics
from tertib.notify.forms import ChatForm, HookForm, MailForm
from tertib.notify.models import Channel, Delivery, Line
from tertib.notify.views import PersonRequest

LATEST = 20
STARTED = {"host": "", "port": 587, "security": "starttls", "sender_name": "Tertib"}


@needs("company.manage")
@never_cache
@require_safe
def channels(request: PersonRequest) -> HttpResponse:
    found = Channel.objects.annotate(
        waiting=Count(
            "deliveries", filter=Q(deliveries__state__in=["waiting", "sending"]), distinct=True
        )
    ).order_by("pk")
    by_kind = {channel.kind: channel for channel in found if channel.kind in ("mail", "push")}
    context = {
        "here": "settings",
        "section": "channels",
        "now": timezone.now(),
        "mail": by_kind.get("mail"),
        "push": by_kind.get("push"),
        "chats": [channel for channel in found if channel.kind == "chat"],
        "hooks": [channel for channel in found if channel.kind == "hook"],
    }
    return render(request, "notify/channels.html", context)


@needs("company.manage")
@never_cache
@require_safe
def channel(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Show a channel and its latest messages; htmx asks again while one is under way."""
    found = get_object_or_404(Channel, uuid=uuid)
    latest = list(found.deliveries.order_by("-created_at", "-pk")[:LATEST])
    people = directory.look_up({one.person for one in latest if one.person})
    names = {uuid: person.name for uuid, person in people.items()}
    told = _told(latest) if found.kind in (Channel.Kind.CHAT, Channel.Kind.HOOK) else {}
    counts = found.deliveries.aggregate(
        waiting=Count("pk", filter=Q(state__in=["waiting", "sending"])),
        failed=Count("pk", filter=Q(state="failed")),
        sent=Count("pk", filter=Q(state="sent")),
        unsure=Count("pk", filter=Q(unsure__gt=0)),
    )
    context = {
        "here": "settings",
        "section": "mail" if found.kind == Channel.Kind.MAIL else "channels",
        "now": timezone.now(),
        "channel": found,
        "latest": [
            (one, names.get(one.person, "") if one.person else told.get(one.pk, ""))
            for one in latest
        ],
        "counts": counts,
        "soon": found.resume_at and found.resume_at < timezone.now() + timedelta(minutes=1),
        "under_way": any(
            one.state in (Delivery.State.WAITING, Delivery.State.SENDING) for one in latest
        ),
    }
    polled = "HX-Request" in request.headers
    part = "#live" if polled else ""
    return render(request, f"notify/channel.html{part}", {**context, "polled": polled})


def _told(sent: list[Delivery]) -> dict[int, str]:
    """Return what each message is about, where nobody is written to in person."""
    lines = Line.objects.filter(delivery__in=sent).values_list("delivery", "notice__topic")
    found: dict[int, list[str]] = {}
    for delivery, topic in lines:
        if delivery and topics.is_known(topic):
            label = str(topics.known(topic).label)
            found.setdefault(delivery, []).append(label)
    return {delivery: ", ".join(dict.fromkeys(labels)) for delivery, labels in found.items()}


@needs("company.manage")
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mail(request: PersonRequest) -> HttpResponse:
    found = Channel.objects.filter(kind=Channel.Kind.MAIL).first()
    started = found.options if found else STARTED
    stored = bool(found and found.secret)
    form = MailForm(request.POST or None, initial=started, stored=stored)
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        password = told.pop("password")
        new = (password or None) if told["user"] else ""
        set_ = actions.set_mail(told, new, by=request.user.uuid, now=timezone.now())
        return redirect("notify:channel", set_.uuid)
    context = {"here": "settings", "section": "mail", "form": form, "channel": found}
    return render(request, "notify/mail_form.html", context, status=422 if form.errors else 200)


@needs("company.manage")
@require_POST
def push(request: PersonRequest) -> HttpResponse:
    made = actions.turn_on_push(by=request.user.uuid, now=timezone.now())
    return redirect("notify:channel", made.uuid)


@needs("company.manage")
@sensitive_post_parameters("address")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add_chat(request: PersonRequest) -> HttpResponse:
    return _chat(request, None)


@needs("company.manage")
@sensitive_post_parameters("address")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_chat(request: PersonRequest, uuid: UUID) -> HttpResponse:
    return _chat(request, get_object_or_404(Channel, uuid=uuid, kind=Channel.Kind.CHAT))


@needs("company.manage")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add_hook(request: PersonRequest) -> HttpResponse:
    """Add a webhook; its key is shown on the page that answers, and nowhere else."""
    form = HookForm(request.POST or None)
    context = {"here": "settings", "section": "channels", "form": form, "key": ""}
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            made, key = actions.add_hook(
                name=told["name"],
                url=told["url"],
                options={"topics": told["topics"]},
                by=request.user.uuid,
                now=timezone.now(),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            context |= {"key": key, "channel": made}
    return render(request, "notify/hook_form.html", context, status=422 if form.errors else 200)


@needs("company.manage")
@require_POST
def send_again(request: PersonRequest, uuid: UUID, delivery: UUID) -> HttpResponse:
    found = get_object_or_404(Delivery, uuid=delivery, channel__uuid=uuid)
    actions.send_again(found, by=request.user.uuid, now=timezone.now())
    return redirect("notify:channel", uuid)


@needs("company.manage")
@require_POST
def remove_channel(request: PersonRequest, uuid: UUID) -> HttpResponse:
    found = get_object_or_404(Channel, uuid=uuid, kind__in=["chat", "hook"])
    actions.remove_channel(found, by=request.user.uuid, now=timezone.now())
    return redirect("notify:channels")


@needs("company.manage")
@require_POST
def test(request: PersonRequest, uuid: UUID) -> HttpResponse:
    return _do(request, uuid, actions.test)


@needs("company.manage")
@require_POST
def pause(request: PersonRequest, uuid: UUID) -> HttpResponse:
    return _do(request, uuid, actions.pause)


@needs("company.manage")
@require_POST
def resume(request: PersonRequest, uuid: UUID) -> HttpResponse:
    return _do(request, uuid, actions.resume)


def _do(request: PersonRequest, uuid: UUID, action: Callable[..., object]) -> HttpResponse:
    now: datetime = timezone.now()
    action(get_object_or_404(Channel, uuid=uuid), by=request.user.uuid, now=now)
    return redirect("notify:channel", uuid)


def _chat(request: PersonRequest, found: Channel | None) -> HttpResponse:
    initial = {"name": found.name, **found.options} if found else {"language": "id"}
    form = ChatForm(request.POST or None, initial=initial, stored=found is not None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            made = actions.set_chat(
                found,
                name=told["name"],
                address=told["address"].strip(),
                options={"language": told["language"], "topics": told["topics"]},
                by=request.user.uuid,
                now=timezone.now(),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("notify:channel", made.uuid)
    context = {"here": "settings", "section": "channels", "form": form, "channel": found}
    return render(request, "notify/chat_form.html", context, status=422 if form.errors else 200)
