"""Ways in: the password, throttled, and links that work once."""

import logging
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from secrets import token_urlsafe
from uuid import UUID

from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.crypto import salted_hmac

from tertib.audit.actions import note
from tertib.notify.actions import tell_secret
from tertib.people.models import (
    Attempt,
    Company,
    OneTimeLink,
    Session,
    SpentChallenge,
    User,
    uuid_of,
)
from tertib.people.rules import address, digest
from tertib.people.telling import LINK

log = logging.getLogger(__name__)

WINDOW = timedelta(minutes=15)
# Wrong tries within the window. From one place few; for one account more, so that a stranger who
# guesses elsewhere does not lock its owner out at once (and 100 an hour, as ASVS 2.2.1 asks).
PER_ACCOUNT_AND_ADDRESS, PER_ACCOUNT, PER_ADDRESS = 5, 25, 30
LINK_LASTS, MAILED_LASTS = timedelta(hours=24), timedelta(hours=1)
KEPT = timedelta(hours=1)  # attempts, and links that are over


class Throttled(Exception):
    """Too many wrong tries: not even the right password is looked at before `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


def sign_in(
    email: str, password: str, *, place: str, now: datetime, why: str = "sign_in"
) -> User | None:
    """Return the person, or None if anything was wrong: which, nobody is told. Raise Throttled.

    The try is counted before the password is looked at, so a hundred at once gain nothing.
    """
    same = throttle(address(email), place, now=now)
    person = authenticate(email=email, password=password)
    if not isinstance(person, User):
        account, source = _hidden(address(email)), _hidden(_network(place))
        log.info("sign_in_failed", extra={"account": account[:8], "from": source[:8]})
        return None
    with transaction.atomic():
        same.delete()
        note(why, person.uuid, actor=person.uuid, now=now)
    return person


def throttle(whose: str, place: str, *, now: datetime) -> QuerySet[Attempt]:
    """Count a try, and return those of the same account and place: whoever was right deletes them.

    Raise Throttled, and count nothing: waiting does not begin anew with each try.
    """
    account, source = _hidden(whose), _hidden(_network(place))
    attempt = Attempt.objects.create(account=account, address=source, at=now)
    recent = Attempt.objects.filter(at__gt=now - WINDOW)
    same = recent.filter(account=account, address=source)
    for tries, allowed in (
        (same, PER_ACCOUNT_AND_ADDRESS),
        (recent.filter(account=account), PER_ACCOUNT),
        (recent.filter(address=source), PER_ADDRESS),
    ):
        earlier = list(tries.order_by("-at", "-pk").values_list("at", flat=True)[: allowed + 1])
        if len(earlier) > allowed:
            attempt.delete()
            log.warning("sign_in_throttled", extra={"account": account[:8], "from": source[:8]})
            raise Throttled(earlier[-1] + WINDOW)
    return same


@transaction.atomic
def set_password(
    person: User, password: str, *, by: User, now: datetime, keep: str | None = None
) -> None:
    """Set a password; every session of the person but `keep` (its key) ends with it."""
    person.set_password(password)
    person.save(update_fields=["password"])
    Session.objects.filter(person=person).exclude(session_key=keep or "").delete()
    note("set_password", person.uuid, actor=by.uuid, now=now)


@transaction.atomic
def first_link(now: datetime) -> str | None:
    """Return the path of a new link that makes the first admin. None: there is one already.

    A new one puts an end to those before.
    """
    if Company.objects.filter(set_up_at__isnull=False).exists():
        return None
    OneTimeLink.objects.filter(user=None).delete()
    return f"/mulai/{new_link(None, now=now)}"


@transaction.atomic
def person_link(
    person: User, *, by: User | None, now: datetime, lasts: timedelta | None = None
) -> str:
    """Return the path of a new link with which a person sets a password, once."""
    OneTimeLink.objects.filter(user=person, signs_in=False).delete()
    note("person_link", person.uuid, actor=uuid_of(by), now=now)
    return f"/tautan/{new_link(person, now=now, lasts=lasts or LINK_LASTS)}"


def mail_link(email: str, *, place: str, now: datetime) -> None:
    """Mail a link for a new password to whoever has this address; nobody is told whether one has.

    Raise Throttled: also who asks too often for others is slowed down.
    """
    throttle(f"link {address(email)}", place, now=now)
    with transaction.atomic():
        person = User.objects.filter(email=address(email), is_active=True).first()
        if person is None:
            return
        path = person_link(person, by=person, now=now, lasts=MAILED_LASTS)
        until = now + MAILED_LASTS
        key = f"{person.uuid}:{now.isoformat()}"
        tell_secret(person.uuid, LINK, key, {}, secret=path, expires_at=until, now=now)


def valid_link(
    secret: str, *, now: datetime, first: bool, signs_in: bool = False
) -> OneTimeLink | None:
    """Return the link if it still works. None for one that is used, over, or never was."""
    open_ = Q(digest=digest(secret), used_at=None, expires_at__gt=now, user__isnull=first)
    asked = OneTimeLink.objects.select_related("user__site").filter(open_, signs_in=signs_in)
    link = asked.first()
    return None if link and link.user and not link.user.is_active else link


def use_link(link: OneTimeLink, *, now: datetime) -> bool:
    """Use a link up, in the caller's transaction. False: somebody was faster."""
    unused = OneTimeLink.objects.filter(pk=link.pk, used_at=None, expires_at__gt=now)
    return bool(unused.update(used_at=now))


@transaction.atomic
def set_password_by_link(link: OneTimeLink, password: str, *, now: datetime) -> bool:
    """False: the link was used meanwhile."""
    if link.user is None or not use_link(link, now=now):
        return False
    set_password(link.user, password, by=link.user, now=now)
    OneTimeLink.objects.filter(user=link.user, signs_in=True).delete()
    return True


@transaction.atomic
def end_session(person: User, session: UUID, *, by: User, now: datetime) -> bool:
    """End one session of a person: whoever has its key has nothing. False: it was over."""
    if not Session.objects.filter(person=person, uuid=session).delete()[0]:
        return False
    note("end_session", person.uuid, actor=by.uuid, now=now)
    return True


@transaction.atomic
def end_sessions(person: User, *, keep: str | None, by: User | None, now: datetime) -> int:
    """End every session of a person, but for the one with the key `keep`; return how many."""
    others = Session.objects.filter(person=person).exclude(session_key=keep or "")
    ended = int(others.delete()[0])
    if ended:
        note("end_sessions", person.uuid, actor=uuid_of(by), now=now, ended=(None, ended))
    return ended


def forget(*, now: datetime) -> int:
    """Delete attempts, links and sessions that are over."""
    old = now - KEPT
    gone = Attempt.objects.filter(at__lt=old).delete()[0]
    gone += OneTimeLink.objects.filter(Q(expires_at__lt=old) | Q(used_at__lt=old)).delete()[0]
    gone += SpentChallenge.objects.filter(at__lt=old).delete()[0]
    return gone + int(Session.objects.filter(expire_date__lt=now).delete()[0])


def new_link(
    person: User | None,
    *,
    now: datetime,
    lasts: timedelta = LINK_LASTS,
    signs_in: bool = False,
) -> str:
    """Return the secret of a new link; what is kept is its hash."""
    secret = token_urlsafe(32)
    OneTimeLink.objects.create(
        digest=digest(secret),
        user=person,
        issued_at=now,
        expires_at=now + lasts,
        signs_in=signs_in,
    )
    return secret


def _network(place: str) -> str:
    """Return the address, of version 6 its /64: one household has that many."""
    try:
        found = ip_address(place)
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address) and not found.ipv4_mapped:
        return found.exploded[:19]
    return str(found)


def _hidden(text: str) -> str:
    return salted_hmac("people.attempt", text, algorithm="sha256").hexdigest()
