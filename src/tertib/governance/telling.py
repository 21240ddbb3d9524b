"""What people are told, through `notify`: rows in the caller's transaction, words when read."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, tzinfo
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tertib.governance.models import Action, Request, Waiver
from tertib.notify import actions as notify
from tertib.notify.topics import Topic, Words, register
from tertib.people import reach
from tertib.people.models import User
from tertib.sop import versions
from tertib.sop.models import Version
from tertib.ui.rules import calendar_day, last_day
from tertib.work.models import Item

DECIDE, DECIDED = "governance.decide", "governance.decided"
READ, LATE, ACTION, ENDED = (
    "governance.read",
    "governance.late",
    "governance.action",
    "governance.ended",
)
ANSWERS = {
    "granted": _("granted"),
    "approved": _("approved"),
    "refused": _("refused"),
}


def topics() -> None:
    """Register what this room tells, with its words."""
    for name, label, icon, words in (
        (DECIDE, _("Something waits for your decision"), "scale", _to_decide),
        (DECIDED, _("What you asked for was decided"), "scale", _decided),
        (READ, _("The SOP waits to be acknowledged"), "file-text", _read),
        (LATE, _("Somebody you manage has not acknowledged the SOP"), "users", _late),
        (ACTION, _("An action of the yearly review is yours"), "list-check", _action),
        (ENDED, _("A waiver has ended"), "circle-minus", _ended),
    ):
        register(Topic(name, label, words, icon=icon))


def waiver_asked(waiver: Waiver, *, now: datetime) -> None:
    role = versions.current(now).waiver_approver
    _to(
        _deciders(role, waiver.uuid, now),
        DECIDE,
        f"{waiver.uuid}:asked",
        {
            "what": "waiver",
            "title": waiver.control,
            "who": waiver.asked_by.full_name,
            "url": reverse("governance:waiver", args=[waiver.uuid]),
        },
        but=waiver.asked_by_id,
        now=now,
    )


def waiver_decided(waiver: Waiver, *, now: datetime) -> None:
    url = reverse("governance:waiver", args=[waiver.uuid])
    data = {"title": waiver.control, "answer": waiver.decision, "because": waiver.because}
    _to([waiver.asked_by_id], DECIDED, f"{waiver.uuid}:decided", data | {"url": url}, now=now)


def waiver_ended(waiver: Waiver, *, now: datetime) -> None:
    role = versions.current(now).waiver_approver
    url = reverse("governance:waiver", args=[waiver.uuid])
    people = {waiver.asked_by_id, *reach.holders(role, now)}
    _to(people, ENDED, f"{waiver.uuid}:ended", {"title": waiver.control, "url": url}, now=now)


def to_decide(request: Request, *, now: datetime) -> None:
    role = versions.current(now).approve_by
    _to(
        _deciders(role, request.uuid, now),
        DECIDE,
        f"{request.uuid}:asked",
        {
            "what": "request",
            "title": request.title,
            "who": request.asked_by.full_name,
            "url": reverse("governance:request", args=[request.uuid]),
        },
        but=request.asked_by_id,
        now=now,
    )


def decided(request: Request, *, now: datetime) -> None:
    url = reverse("governance:request", args=[request.uuid])
    data = {"title": request.title, "answer": request.decision, "because": request.because}
    _to([request.asked_by_id], DECIDED, f"{request.uuid}:decided", data | {"url": url}, now=now)


def agreed(action: Action, *, now: datetime) -> None:
    data = {
        "title": action.text,
        "by": action.due_on.isoformat(),
        "url": reverse("governance:review", args=[action.review.uuid]),
    }
    _to([action.owner_id], ACTION, f"{action.uuid}:agreed", data, now=now)


def to_read(people: Iterable[tuple[User, datetime]], version: Version, *, now: datetime) -> None:
    """Remind those who have not acknowledged it, each once per version and stage."""
    notify.tell_many(
        (
            notify.Told(
                person.uuid,
                READ,
                f"{version.uuid}:{'late' if due_by <= now else 'soon'}",
                {
                    "version": version.name,
                    "by": due_by.isoformat(),
                    "url": reverse("governance:acknowledge"),
                },
            )
            for person, due_by in people
        ),
        now=now,
    )


def late(people: Iterable[tuple[User, User]], version: Version, *, now: datetime) -> None:
    """Tell line managers (second) who of theirs (first) is late, once per person and version."""
    url = reverse("governance:acknowledge")
    notify.tell_many(
        (
            notify.Told(
                manager.uuid,
                LATE,
                f"{version.uuid}:{person.uuid}",
                {"version": version.name, "who": person.full_name, "url": url},
            )
            for person, manager in people
        ),
        now=now,
    )


def _deciders(role: str, matter: UUID, now: datetime) -> set[int]:
    """Return who holds the role, and the deputy who was handed it, if one of them is away."""
    owner = Item.objects.open().filter(matter_uuid=matter).values_list("owner", flat=True)
    return {*reach.holders(role, now), *(pk for pk in owner if pk)}


def _to(
    people: Iterable[int],
    topic: str,
    key: str,
    data: dict[str, Any],
    *,
    but: int | None = None,
    now: datetime,
) -> None:
    for person in User.objects.filter(pk__in=set(people) - {but}, is_active=True):
        notify.tell(person.uuid, topic, key, data, urgent=False, now=now)


type Data = Mapping[str, Any]


def _said(title: Callable[[Data], str]) -> Callable[[Data, str, tzinfo], Words]:
    return lambda data, language, _zone: Words(
        title(_named(data, language)), data.get("because", "")
    )


def _named(data: Data, language: str) -> Data:
    """Call a control as people do; what else bears a title keeps it."""
    law = versions.law()
    control = law[-1].sop.controls.get(data.get("title", "")) if law else None
    return {**data, "title": control.title.words(language)} if control else data


def _day(data: Data, language: str, zone: tzinfo) -> str:
    return calendar_day(last_day(datetime.fromisoformat(data["by"]), zone), language)


_decided = _said(
    lambda data: (
        gettext("“%(title)s” was %(answer)s.")
        % {"title": data["title"], "answer": ANSWERS.get(data["answer"], data["answer"])}
    )
)
_late = _said(
    lambda data: gettext("%(who)s has not acknowledged version %(version)s of the SOP.") % data
)
_ended = _said(
    lambda data: gettext("The waiver of %(title)s has ended: look at what became of it.") % data
)


def _to_decide(data: Data, language: str, _zone: tzinfo) -> Words:
    said = {
        "waiver": gettext("%(who)s asks for a waiver of %(title)s."),
        "request": gettext("%(who)s asks for: %(title)s."),
        "report": gettext("The monthly report waits for your signature: %(title)s."),
    }
    return Words(said[data["what"]] % _named(data, language))


def _read(data: Data, language: str, zone: tzinfo) -> Words:
    return Words(
        gettext("Read version %(version)s of the SOP and acknowledge it.") % data,
        gettext("Until %(day)s.") % {"day": _day(data, language, zone)},
    )


def _action(data: Data, language: str, _zone: tzinfo) -> Words:
    return Words(
        gettext("Yours from the yearly review: %(title)s") % data,
        gettext("Until %(day)s.") % {"day": calendar_day(date.fromisoformat(data["by"]), language)},
    )
