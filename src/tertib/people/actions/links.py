"""A link by mail that signs in, once and soon, for whoever has no password at hand."""

from datetime import datetime, timedelta

from django.db import transaction

from tertib.audit.actions import note
from tertib.notify.actions import tell_secret
from tertib.people.actions.signin import new_link, throttle, use_link
from tertib.people.models import OneTimeLink, User
from tertib.people.rules import address
from tertib.people.telling import SIGN_IN

LASTS = timedelta(minutes=15)


def mail_sign_in(email: str, *, place: str, now: datetime) -> None:
    """Mail a link that signs in to whoever has this address; nobody is told whether one has.

    Raise Throttled, as for a link for a new password.
    """
    throttle(f"link {address(email)}", place, now=now)
    with transaction.atomic():
        person = User.objects.filter(email=address(email), is_active=True).first()
        if person is None:
            return
        OneTimeLink.objects.filter(user=person, signs_in=True).delete()
        path = f"/masuk/tautan/{new_link(person, now=now, lasts=LASTS, signs_in=True)}"
        note("mail_sign_in", person.uuid, actor=person.uuid, now=now)
        key = f"{person.uuid}:{now.isoformat()}"
        until = now + LASTS
        tell_secret(person.uuid, SIGN_IN, key, {}, secret=path, expires_at=until, now=now)


@transaction.atomic
def sign_in_by_link(link: OneTimeLink, *, now: datetime) -> User | None:
    """Return whose link it is; a second factor is asked as after the password. None: used up."""
    if link.user is None or not link.signs_in or not use_link(link, now=now):
        return None
    note("sign_in_by_link", link.user.uuid, actor=link.user.uuid, now=now)
    return link.user
