"""Who has left is forgotten: the name goes, what they proved stays, under a pseudonym.

Sealed rows know people by uuid alone (decision 7), so no seal is touched.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import models, transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from tertib.audit.actions import note
from tertib.audit.models import Entry
from tertib.evidence import subjects
from tertib.evidence.models import Alias, Fact, Subject
from tertib.lib.errors import Refused
from tertib.lib.forgetting import Names
from tertib.people import erasing
from tertib.people.actions.persons import leave
from tertib.people.erased import listed as list_of_erased
from tertib.people.erased import write_down
from tertib.people.erasing import Texts, Words
from tertib.people.models import ApiToken, User, uuid_of
from tertib.people.reach import last_admin

NOWHERE = "dihapus.invalid"  # RFC 2606: no mail ever goes there
RENAMED = ("change_person", "add_person")  # audit lines that tell earlier names and addresses


@dataclass(frozen=True, slots=True)
class Preview:
    """What an erasure would do, in numbers."""

    pseudonym: str
    removed: list[tuple[Words, int]]  # 0: nothing to count
    kept: list[tuple[Words, int, Words]]
    masked: int  # texts elsewhere in which the name stands
    sealed: int  # where it stands and cannot be taken out
    stays: list[Words]


def pseudonym(person: User) -> str:
    return f"Orang {person.pk:04}"


def preview(person: User, *, by: User, now: datetime) -> Preview:
    """Say what would go and what would stay; nothing is changed. Raise Refused if it may not be."""
    _may(person, by, now)
    names = _names(person)
    removed = [(part.label, part.count(person)) for part in erasing.parts() if part.erase]
    kept = [
        (part.label, part.count(person), part.why) for part in erasing.parts() if not part.erase
    ]
    ways_in = sum(count for _rows, count in _own(person))
    return Preview(
        pseudonym=names.pseudonym,
        removed=[
            (_("Name, e-mail address and password"), 0),
            (_("Ways in, sessions and own settings"), ways_in),
            *removed,
        ],
        kept=kept,
        masked=sum(1 for texts in erasing.texts() for _hit in _hits(texts, names)),
        sealed=_sealed(person, names),
        stays=erasing.stays(),
    )


def erase_person(person: User, *, by: User, now: datetime) -> str:
    """Forget who somebody was, and return the pseudonym. Raise Refused.

    Room by room, so that no writer waits long; the name itself goes last. Broken off, the same
    again does the rest.
    """
    _may(person, by, now)
    return _erase(person, "erase_person", by=by, now=now)


@dataclass(frozen=True, slots=True)
class Again:
    """What a backup brought back. open: who is the only admin in it, and was not erased."""

    erased: list[str]
    open: list[UUID]


def erase_again(*, now: datetime) -> Again:
    """Erase whom a backup has brought back: who is on the list outside of it, and named here.

    Whoever had not left yet when it was made leaves first. Run before a page is served.
    """
    erased, still = list[str](), list[UUID]()
    listed = list_of_erased()
    for person in User.objects.filter(uuid__in=listed, erased_at=None).order_by("pk"):
        if person.is_active and last_admin(person, now):
            still.append(person.uuid)
            continue
        if person.is_active:
            gone_by = max(person.joined_at, min(listed[person.uuid], now))
            leave(person, left_at=gone_by, by=None, now=now)
        erased.append(_erase(person, "erase_again", by=None, now=now))
    return Again(erased, still)


def _erase(person: User, action: str, *, by: User | None, now: datetime) -> str:
    names = _names(person)
    for part in erasing.parts():
        if part.erase:
            part.erase(person)
    forget_lines(person, now=now)
    for texts in erasing.texts():
        _mask(texts, names, now)
    with transaction.atomic():
        gone = User.objects.filter(pk=person.pk, is_active=False, erased_at=None)
        if not gone.update(
            full_name=names.pseudonym, email=f"orang-{person.pk:04}@{NOWHERE}", erased_at=now
        ):
            raise Refused(_("This person was erased already, or works here again."))
        person.refresh_from_db()
        person.set_unusable_password()
        person.language = User._meta.get_field("language").default
        person.save(update_fields=["password", "language"])
        for rows, _count in _own(person):
            rows.delete()
        for subject in _subjects(person):
            subjects.forget(subject, instead=names.pseudonym)
        for texts in erasing.texts():  # what was written meanwhile
            if texts.model in (Entry, Subject, Alias):
                _mask(texts, names, now)
        note(action, person.uuid, actor=uuid_of(by), now=now)
        transaction.on_commit(write_down, robust=True)  # a full disk: the next start does it
    return names.pseudonym


def forget_lines(person: User, *, now: datetime) -> None:
    """Take a person's names out of the audit lines about them, and of no others."""
    texts = Texts(Entry, ("reason", "changed"), stamp="erased_at")
    _mask(texts, _names(person, elsewhere=False), now, only=Q(subject=person.uuid))


def _may(person: User, by: User, now: datetime) -> None:
    """Raise Refused unless this person may be erased."""
    name = {"name": person.full_name}
    if person.erased_at:
        raise Refused(_("%(name)s was erased already.") % name)
    if by.pk == person.pk:
        raise Refused(_("Nobody erases themselves: somebody else must do it."))
    if person.is_active and last_admin(person, now):
        raise Refused(_("%(name)s is the only admin. Give the role to somebody else first.") % name)
    if person.is_active:
        raise Refused(_("%(name)s still works here. First let them leave, then erase them.") % name)


def _names(person: User, *, elsewhere: bool = True) -> Names:
    """Return every name that somebody ever had here. elsewhere: for texts that may mean others."""
    told = {person.full_name, person.email} | subjects.names(_subjects(person))
    lines = Entry.objects.filter(subject=person.uuid, action__in=RENAMED)
    for changed in lines.values_list("changed", flat=True):
        for what in ("full_name", "email"):
            told |= {one for one in changed.get(what, ()) if isinstance(one, str)}
    others = set(User.objects.exclude(pk=person.pk).values_list("full_name", flat=True))
    alike = {name.casefold() for name in others}
    if elsewhere:  # of two who are called the same, nobody can say whom a text means
        told = {name for name in told if name.casefold() not in alike}
    return Names(told, pseudonym(person), others=others)


def _subjects(person: User) -> list[Subject]:
    """Return all that the ledger takes for this person, and who bears their address elsewhere."""
    found = subjects.same(Subject.objects.get(uuid=person.uuid))
    address = subjects.folded(person.email)
    elsewhere = Subject.objects.filter(aliases__folded=address, kind="person").distinct()
    return found + [one for one in elsewhere if one not in found]


def _own(person: User) -> Iterator[tuple[models.QuerySet[models.Model], int]]:
    """Yield the rows that are a person's alone: keys, links, sessions, whatever goes with them."""
    for model, key in erasing.hanging(models.CASCADE):
        rows = model._default_manager.filter(**{key: person})
        yield rows, rows.count()


def _hits(
    texts: Texts, names: Names, only: Q | None = None
) -> Iterator[tuple[int, dict[str, object]]]:
    """Yield each row in which the name stands, with what would stand there instead."""
    if not names.hints:
        return
    asked = Q()
    as_text = {f"text_{field}": Cast(field, TextField()) for field in texts.fields}
    for field in as_text:
        for hint in names.hints:
            asked |= Q(**{f"{field}__icontains": hint})
    rows = texts.rows.alias(**as_text).filter(asked)
    for pk, *values in (rows.filter(only) if only else rows).values_list("pk", *texts.fields):
        changed = {}
        for field, value in zip(texts.fields, values, strict=True):
            longest = getattr(texts.model._meta.get_field(field), "max_length", None)
            new = names.replaced(value, longest)
            if field == "folded":  # as `evidence.subjects` writes names
                new = subjects.folded(new)
            if new != value:
                changed[field] = new
        if changed:
            yield pk, changed


@transaction.atomic
def _mask(texts: Texts, names: Names, now: datetime, *, only: Q | None = None) -> None:
    for pk, changed in list(_hits(texts, names, only)):
        stamp = {texts.stamp: now} if texts.stamp else {}
        texts.rows.filter(pk=pk).update(**changed, **stamp)


def _sealed(person: User, names: Names) -> int:
    """Count where the name stands in what is sealed: it should not, and cannot be taken out."""
    told = ApiToken.objects.values_list("name", flat=True)
    found = sum(names.inside(name) for name in told)
    keys = Fact.objects.filter(subject__in=_subjects(person)).values_list("source_id", flat=True)
    return found + sum(names.inside(key) for key in keys)
