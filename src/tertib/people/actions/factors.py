"""The second factor: an app's codes, and codes for whoever lost the app."""

from datetime import datetime

from django.db import transaction

from tertib.audit.actions import note
from tertib.people import codes
from tertib.people.actions.signin import throttle
from tertib.people.models import CodeKey, Company, RecoveryCode, User, uuid_of
from tertib.people.rules import digest


def has_factor(person: User) -> bool:
    return CodeKey.objects.filter(person=person).exists()


@transaction.atomic
def confirm_key(person: User, secret: str, told: str, *, now: datetime) -> list[str] | None:
    """Ask for codes of this key from now on, and return those of recovery: shown once.

    None: the code is not of this key, or another key was confirmed already.
    """
    step = codes.step_of(secret, codes.plain(told), now)
    if step is None or has_factor(person):
        return None
    key = CodeKey(person=person, secret=secret, made_at=now, last_step=step)
    key.save(force_insert=True)
    note("confirm_key", person.uuid, actor=person.uuid, now=now)
    return _new_recovery(person)


def prove(person: User, told: str, *, place: str, now: datetime) -> bool:
    """Say whether a code is right. A code is taken once, also within its half minute.

    Raise Throttled after too many wrong ones.
    """
    tries = throttle(f"code {person.uuid}", place, now=now)
    said = codes.plain(told)
    with transaction.atomic():
        if _app(person, said, now) or _recovered(person, said, now):
            tries.delete()
            return True
    return False


@transaction.atomic
def drop_factor(person: User, *, by: User | None, now: datetime) -> bool:
    """Ask for no codes any more: a lost phone, or another app. False: there was none."""
    RecoveryCode.objects.filter(person=person).delete()
    if not CodeKey.objects.filter(person=person).delete()[0]:
        return False
    note("drop_factor", person.uuid, actor=uuid_of(by), now=now)
    return True


@transaction.atomic
def require_factor(required: bool, *, by: User, now: datetime) -> bool:
    """Let whoever has a role in IT sign in with a code, too. False: it was so already."""
    if not Company.objects.exclude(second_factor=required).update(second_factor=required):
        return False
    note("require_factor", by.uuid, actor=by.uuid, now=now, required=(not required, required))
    return True


def _app(person: User, said: str, now: datetime) -> bool:
    key = CodeKey.objects.filter(person=person).first()
    step = codes.step_of(str(key.secret), said, now) if key and key.secret else None
    newer = CodeKey.objects.filter(person=person, last_step__lt=step or 0)
    return bool(step is not None and newer.update(last_step=step))


def _recovered(person: User, said: str, now: datetime) -> bool:
    used = RecoveryCode.objects.filter(person=person, digest=digest(said)).delete()[0]
    if used:
        note("use_recovery_code", person.uuid, actor=person.uuid, now=now)
    return bool(used)


def _new_recovery(person: User) -> list[str]:
    RecoveryCode.objects.filter(person=person).delete()
    made = codes.recovery()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(person=person, digest=digest(one)) for one in made
    )
    return made
