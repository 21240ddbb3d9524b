"""Passkeys: added, named, removed, and signed in with."""

import logging
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tertib.audit.actions import note
from tertib.lib.errors import Refused
from tertib.notify.actions import tell
from tertib.people import passkeys
from tertib.people.actions.signin import throttle
from tertib.people.models import Company, Passkey, SpentChallenge, User, uuid_of
from tertib.people.passkeys import House, NotAccepted
from tertib.people.rules import IN_IT
from tertib.people.telling import WAY_IN

log = logging.getLogger(__name__)

MOST = 10  # of one person: who has more has lost sight of them


def add_passkey(person: User, told: str, *, name: str, home: House, now: datetime) -> Passkey:
    """Keep the public half of a key that the person's browser made for our challenge."""
    try:
        answer = passkeys.read(told)
        made = passkeys.made(answer, home, person=person.uuid, now=now)
    except NotAccepted as error:
        log.info("passkey_not_added", extra={"why": str(error)[:200]})
        raise Refused(_("The browser's answer does not hold. Try it once more.")) from error
    with transaction.atomic():
        if Passkey.objects.filter(person=person).count() >= MOST:
            raise Refused(_("You have ten passkeys. Remove one that you no longer use."))
        if not spend(answer.challenge, now) or _known(made.credential):
            raise Refused(_("This passkey was added already."))
        key = Passkey.objects.create(
            person=person,
            credential=made.credential,
            public_key=made.public_key,
            sign_count=made.sign_count,
            name=name,
            made_at=now,
        )
        note("add_passkey", person.uuid, actor=person.uuid, now=now, name=(None, name))
        data = {"kind": "passkey", "name": name, "url": "/akun/passkey"}
        tell(person.uuid, WAY_IN, f"passkey:{key.uuid}", data, urgent=True, now=now)
    return key


def sign_in_by_passkey(told: str, *, place: str, home: House, now: datetime) -> User | None:
    """Return whose key answered our challenge, or None: why, nobody is told. Raise Throttled."""
    try:
        answer = passkeys.read(told)
    except NotAccepted:
        throttle("passkey", place, now=now)
        return None
    tries = throttle(f"passkey {answer.credential}", place, now=now)
    key = Passkey.objects.select_related("person__site").filter(credential=answer.credential)
    found = key.filter(person__is_active=True).first()
    try:
        if found is None:
            raise NotAccepted("unknown here")
        count = passkeys.proven(
            answer,
            home,
            public_key=found.public_key,
            sign_count=found.sign_count,
            owner=found.person.uuid.bytes,
            now=now,
        )
    except NotAccepted as error:
        log.info("passkey_not_accepted", extra={"why": str(error)[:200]})
        return None
    with transaction.atomic():
        # Of two copies of a key that count on from the same use, one is too late here.
        counts = Q(sign_count__lt=count) | Q(sign_count=0)
        used = Passkey.objects.filter(counts, pk=found.pk)
        if not spend(answer.challenge, now):
            return None
        if not used.update(sign_count=count, last_used_at=now):
            log.warning("passkey_counts_backwards", extra={"passkey": str(found.uuid)})
            return None
        tries.delete()
        note("sign_in_by_passkey", found.person.uuid, actor=found.person.uuid, now=now)
    return found.person


@transaction.atomic
def rename_passkey(person: User, passkey: UUID, name: str, *, now: datetime) -> bool:
    """False: the person has no such key, or it was called so."""
    key = Passkey.objects.filter(person=person, uuid=passkey).exclude(name=name).first()
    if key is None:
        return False
    Passkey.objects.filter(pk=key.pk).update(name=name)
    note("rename_passkey", person.uuid, actor=person.uuid, now=now, name=(key.name, name))
    return True


@transaction.atomic
def remove_passkey(person: User, passkey: UUID, *, by: User, now: datetime) -> bool:
    """Let a key open nothing any more. False: the person has no such key."""
    key = Passkey.objects.filter(person=person, uuid=passkey).first()
    if key is None or not Passkey.objects.filter(pk=key.pk).delete()[0]:
        return False
    note("remove_passkey", person.uuid, actor=uuid_of(by), now=now, name=(key.name, None))
    return True


@transaction.atomic
def remove_passkeys(person: User, *, by: User | None, now: datetime) -> int:
    """Remove all of a person's keys: a lost bag, or somebody who is forgotten."""
    gone = int(Passkey.objects.filter(person=person).delete()[0])
    if gone:
        note("remove_passkeys", person.uuid, actor=uuid_of(by), now=now, removed=(None, gone))
    return gone


def has_passkey(person: User) -> bool:
    return Passkey.objects.filter(person=person).exists()


def must_show_passkey(person: User, *, now: datetime) -> bool:
    """Say whether the password alone is too little for somebody who has a passkey, and no codes."""
    asked = Company.objects.filter(second_factor=True).exists()
    return asked and has_passkey(person) and bool(person.permissions(now=now) & IN_IT)


def _known(credential: str) -> bool:
    return Passkey.objects.filter(credential=credential).exists()


def spend(challenge: bytes, now: datetime) -> bool:
    """Use a challenge up, in the caller's transaction. False: it was answered before."""
    try:
        with transaction.atomic():
            SpentChallenge.objects.create(digest=sha256(challenge).hexdigest(), at=now)
    except IntegrityError:
        return False
    return True
