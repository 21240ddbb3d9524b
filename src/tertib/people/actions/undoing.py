"""The last people list is undone as a whole, within a day, while nothing was built upon it.

The ledger forgets nothing: facts are retracted, memberships end when they began.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.db.models import Max, ProtectedError, Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from tertib.access import policy
from tertib.audit.actions import note
from tertib.audit.models import Entry
from tertib.evidence import ledger, populations, subjects
from tertib.evidence.models import Attributes, Fact, Membership, Subject
from tertib.lib.errors import Refused
from tertib.notify.actions import erase as empty_outbox
from tertib.people import erasing
from tertib.people.actions.erasing import forget_lines, pseudonym
from tertib.people.evidence import JOINED, LEFT
from tertib.people.models import (
    Absence,
    InTeam,
    ListChange,
    ListLoad,
    Reporting,
    User,
)

type Spans = dict[str, dict[int, dict[str, Any]]]

WITHIN = timedelta(hours=24)
NEW = ("join", "back")  # kinds of people who were not here before
FIELDS = ("full_name", "site_id", "team", "is_active", "left_at", "joined_at")
SPANS: dict[str, tuple[type[models.Model], tuple[str, ...]]] = {
    "InTeam": (InTeam, ("person",)),
    "Reporting": (Reporting, ("person", "manager")),
    "Absence": (Absence, ("person", "deputy")),
}


@dataclass(frozen=True, slots=True)
class Undo:
    """What would be undone, and what speaks against it."""

    load: ListLoad
    changes: list[tuple[ListChange, str]]  # with the person's name
    against: list[str]


def before(person: User | None) -> dict[str, Any]:
    """Return how it is with somebody, before a list changes it. None: nobody so far."""
    if person is None:
        return {"person": None, "roles": [], "fact": 0, "attributes": 0}
    facts = Fact.objects.filter(subject=person.uuid).aggregate(last=Max("seq"))
    told = Attributes.objects.filter(subject=person.uuid).aggregate(last=Max("seq"))
    return {
        "person": {name: _plain(getattr(person, name)) for name in FIELDS},
        "roles": [[*map(_plain, held)] for held in _roles(person.uuid)],
        "fact": facts["last"] or 0,
        "attributes": told["last"] or 0,
    }


def spans(person: User | None) -> Spans:
    """Return the teams, line managers and absences of somebody, as they are stored."""
    if person is None:
        return {name: {} for name in SPANS}
    return {
        name: {
            row["id"]: {field: _plain(value) for field, value in row.items()}
            for row in _spans(name, person).values()
        }
        for name in SPANS
    }


def keep(change: ListChange, person: User, were: Spans) -> None:
    """Note down what an act did, in its transaction. were: the spans before it."""
    are = spans(person)
    for name in SPANS:
        made = {*change.made.get(name, ()), *(are[name].keys() - were[name].keys())}
        change.made[name] = sorted(made)
        told = change.before.setdefault("spans", {}).setdefault(name, [])
        known = {row["id"] for row in told} | made
        told += [
            row for pk, row in were[name].items() if are[name].get(pk) != row and pk not in known
        ]
    of = person.uuid
    entries = Entry.objects.filter(Q(subject=of) | Q(actor=of)).aggregate(last=Max("pk"))
    facts = Fact.objects.filter(subject=of).aggregate(last=Max("seq"))
    members = Membership.objects.filter(subject=of).aggregate(last=Max("seq"))
    change.marks = {
        "entry": entries["last"] or 0,
        "fact": facts["last"] or 0,
        "membership": members["last"] or 0,
    }
    change.save()


def last(now: datetime) -> ListLoad | None:
    """Return the list that can be undone now: the last one, not older than a day."""
    found = ListLoad.objects.order_by("-at", "-pk").first()
    return found if found and not found.undone_at and found.at > now - WITHIN else None


def look(load: ListLoad) -> Undo:
    """Say what would be undone; nothing is changed. As many statements for one as for all."""
    changes = list(load.changes.filter(undone_at=None).order_by("-pk"))
    mine = load.changes.values("person")
    names = dict(User.objects.filter(uuid__in=mine).values_list("uuid", "full_name"))
    told = [(change, names.get(change.person, "")) for change in changes]
    touched = _touched({change.person: change for change in changes}) | _named(load)
    return Undo(load, told, [name for change, name in told if change.person in touched])


def undo_list(load: ListLoad, *, by: User, now: datetime) -> int:
    """Undo it, person by person, and return how many. Broken off, the same again does the rest.

    Raise Refused if it is too late, or if something was built upon it.
    """
    if last(now) != load:
        raise Refused(_("Only the last list can be undone, and only for a day."))
    found = look(load)
    if found.against:
        names = ", ".join(found.against[:5])
        raise Refused(
            _("Something was built upon this list since, so it stays. About: %(names)s.")
            % {"names": names}
        )
    changes = [change for change, _name in found.changes]
    for change in changes:  # first all that began, so that no two stand where one may
        with transaction.atomic():
            for name, pks in change.made.items():
                SPANS[name][0]._default_manager.filter(pk__in=pks).delete()
    done = sum(_undo(change, by=by, now=now) for change in changes)
    with transaction.atomic():
        if ListLoad.objects.filter(pk=load.pk, undone_at=None).update(undone_at=now):
            org = subjects.organisation()
            note("undo_list", org.pk, actor=by.uuid, now=now, people=(done, None))
    return done


def forget(*, now: datetime) -> int:
    """Delete what is too old to be undone: it holds names."""
    return int(ListLoad.objects.filter(at__lt=now - WITHIN).delete()[0])


@transaction.atomic
def _undo(change: ListChange, *, by: User, now: datetime) -> bool:
    mine = ListChange.objects.filter(pk=change.pk, undone_at=None)
    if not mine.update(undone_at=now):
        return False  # somebody pressed the same button
    person = User.objects.get(uuid=change.person)
    subject = Subject.objects.get(pk=change.person)
    known = change.before
    for fact in Fact.objects.filter(
        subject=subject, seq__gt=known["fact"], kind__in=(JOINED.name, LEFT.name)
    ):
        ledger.retract(fact, actor=by.uuid)
    _undo_roles(subject, known["roles"], by)
    _undo_attributes(subject, known["attributes"])
    if known["person"] is None:
        _undo_join(person, subject, by=by, now=now)
        return True
    for name, value in known["person"].items():
        setattr(person, name, parse_datetime(value) if name.endswith("_at") and value else value)
    person.save(update_fields=[name.removesuffix("_id") for name in FIELDS])
    subjects.rename(subject, person.full_name, now=now)
    for name, rows in known["spans"].items():
        for row in rows:
            _restore(SPANS[name][0], row)
    note("undo_change", person.uuid, actor=by.uuid, now=now)
    return True


def _undo_join(person: User, subject: Subject, *, by: User, now: datetime) -> None:
    """Forget somebody who never was: in the ledger only a number stays, that nothing counts."""
    empty_outbox(person.uuid)
    forget_lines(person, now=now)
    subjects.forget(subject, instead=pseudonym(person))
    note("undo_change", person.uuid, actor=by.uuid, now=now)
    try:
        person.delete()
    except ProtectedError as error:
        raise Refused(_("Something was built upon this list just now. Look again.")) from error


def _undo_roles(subject: Subject, were: Iterable[list[str]], by: User) -> None:
    known = {
        (population, parse_datetime(began)): parse_datetime(ended) if ended else None
        for population, began, ended in were
    }
    for population, began_at, ended_at in _roles(subject.pk):
        then = known.get((population, began_at), began_at)  # one that ends when it began never was
        if then != ended_at:
            ledger.record_membership(
                population, subject, began_at=began_at, ended_at=then, actor=by.uuid
            )


def _undo_attributes(subject: Subject, mark: int) -> None:
    rows = list(Attributes.objects.filter(subject=subject).order_by("began_at", "seq"))
    for at in sorted({row.began_at for row in rows if row.seq > mark}):
        earlier = [row.values for row in rows if row.seq <= mark and row.began_at <= at]
        populations.describe(subject, earlier[-1] if earlier else {}, at=at)


def _restore(model: type[models.Model], row: dict[str, Any]) -> None:
    values = {
        field.attname: field.to_python(row[field.attname])
        for field in model._meta.concrete_fields
        if not field.primary_key
    }
    model._default_manager.update_or_create(pk=row["id"], defaults=values)


def _touched(changes: dict[UUID, ListChange]) -> set[UUID]:
    """Return to whom something happened, or who did something, since the list changed them."""
    if not changes:
        return set()
    least = {
        name: min(change.marks[name] for change in changes.values())
        for name in ("entry", "fact", "membership")
    }
    found: set[UUID] = set()
    entries = Entry.objects.filter(pk__gt=least["entry"]).values_list("pk", "subject", "actor")
    for pk, subject, actor in entries.iterator():
        about, by = changes.get(subject), changes.get(actor) if actor else None
        # What somebody who was here before does, as signing in, stays as it is.
        if about and pk > about.marks["entry"] and (actor != subject or about.kind in NEW):
            found.add(subject)
        if by and pk > by.marks["entry"] and by.kind in NEW:
            found.add(by.person)
    of_people = {"subject__kind": "person"}
    facts = Fact.objects.filter(seq__gt=least["fact"], **of_people)
    members = Membership.objects.filter(seq__gt=least["membership"], **of_people)
    for name, rows in (("fact", facts), ("membership", members)):
        for seq, subject in rows.values_list("seq", "subject").iterator():
            change = changes.get(subject)
            if change and seq > change.marks[name]:
                found.add(subject)
    return found


def _named(load: ListLoad) -> set[UUID]:
    """Return the newcomers upon whom any row but the list's own stands."""
    made: dict[str, set[int]] = {}
    for told in load.changes.values_list("made", flat=True):
        for name, pks in told.items():
            made.setdefault(name, set()).update(pks)
    new = load.changes.filter(undone_at=None, kind="join").values("person")
    found: set[UUID] = set()
    for model, key in erasing.hanging(models.PROTECT):
        own = made.get(model.__name__, set())
        rows = model._default_manager.filter(**{f"{key}__uuid__in": new})
        for pk, person in rows.values_list("pk", f"{key}__uuid"):
            if pk not in own:
                found.add(person)
    return found


def _roles(person: UUID) -> list[tuple[str, datetime, datetime | None]]:
    """Return each role over time, as known now."""
    rows = Membership.objects.filter(subject=person, population__startswith=policy.ROLE)
    found = {
        (row.population, row.began_at): row.ended_at for row in rows.order_by("recorded_at", "seq")
    }
    return [(population, began, ended) for (population, began), ended in found.items()]


def _spans(name: str, person: User) -> models.QuerySet[Any]:
    model, fields = SPANS[name]
    asked = Q()
    for field in fields:
        asked |= Q(**{field: person})
    return model._default_manager.filter(asked)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
