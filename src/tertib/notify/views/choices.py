"""How one wants to be told: topics, hours, browsers, and the way out of a mail."""

import json
from pathlib import Path
from uuid import UUID

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tertib.access.decorators import needs, public
from tertib.lib.errors import Refused
from tertib.notify import actions, topics
from tertib.notify import render as words
from tertib.notify.channels.push import public_key
from tertib.notify.forms import RhythmForm
from tertib.notify.models import Channel, Choice, Device, Rhythm
from tertib.notify.views import PersonRequest

WORKER = Path(__file__).parents[1] / "static" / "notify" / "worker.js"
KINDS = (Channel.Kind.MAIL, Channel.Kind.PUSH)


@needs("account.own")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: PersonRequest) -> HttpResponse:
    me = request.user.uuid
    rhythm = Rhythm.objects.filter(person=me).first() or Rhythm(person=me)
    form = RhythmForm(request.POST or None, initial=vars(rhythm))
    if request.method == "POST" and form.is_valid():
        told = (value.partition(" ") for value in request.POST.getlist("wanted"))
        wanted = {(topic, kind) for topic, _space, kind in told}
        actions.choose(me, wanted, rhythm=form.cleaned_data)
        return redirect(reverse("notify:choices") + "?disimpan=1")
    refused = set(Choice.objects.filter(person=me, wanted=False).values_list("topic", "kind"))
    there = {channel.kind: channel for channel in Channel.objects.filter(kind__in=KINDS)}
    push = there.get(Channel.Kind.PUSH)
    context = {
        "form": form,
        "topics": [
            (topic, [(kind, (topic.name, kind) not in refused) for kind in KINDS])
            # What leaves a choice first.
            for topic in sorted(topics.personal(), key=lambda topic: topic.required)
        ],
        "there": there,
        "devices": Device.objects.filter(person=me).order_by("-added_at"),
        "push_key": public_key(push.secret) if push and push.secret else "",
    }
    return render(request, "notify/choices.html", context, status=422 if form.errors else 200)


@needs("account.own")
@require_POST
def add_device(request: PersonRequest) -> HttpResponse:
    """Keep the subscription that a browser made; it sends JSON."""
    try:
        told = json.loads(request.body[:5000])
        endpoint, keys = str(told["endpoint"]), told["keys"]
        key, auth = str(keys["p256dh"]), str(keys["auth"])
    except (ValueError, KeyError, TypeError) as error:
        raise Refused(_("This browser gave an address that no push can be sent to.")) from error
    actions.add_device(
        request.user.uuid,
        endpoint=endpoint,
        key=key,
        auth=auth,
        label=_browser(request.headers.get("User-Agent", "")),
        now=timezone.now(),
    )
    return JsonResponse({}, status=201)


@needs("account.own")
@require_POST
def remove_device(request: PersonRequest, uuid: UUID) -> HttpResponse:
    actions.remove_device(request.user.uuid, uuid)
    return redirect("notify:choices")


@public("A browser fetches it when it updates what it runs, without a session; it holds no data.")
@require_safe
def service_worker(_request: PersonRequest) -> HttpResponse:
    """Serve what shows a push. At an address of its own, which never changes."""
    return HttpResponse(WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")


@public("The link of a mail: it is signed, and all it can do is to end such mails.")
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: PersonRequest, key: str) -> HttpResponse:
    """Ask first, because mail scanners open links; end them on POST (RFC 8058)."""
    delivery = words.delivery_of(key)
    if delivery is None:
        raise Http404
    if request.method == "POST" and not actions.unsubscribe(delivery):
        raise Http404
    context = {"key": key, "done": request.method == "POST"}
    return render(request, "notify/unsubscribe.html", context)


def _browser(agent: str) -> str:
    """Name a browser so that its owner knows it again."""
    names = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome"}
    systems = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows"}
    systems |= {"Mac OS": "macOS", "Linux": "Linux"}
    name = next((said for sign, said in names.items() if sign in agent), "Safari")
    system = next((said for sign, said in systems.items() if sign in agent), "")
    return f"{name}, {system}" if system else name
