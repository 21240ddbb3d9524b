"""Keys of machines: issued, revoked, and noticed when used."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from secrets import token_urlsafe

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tertib.access.policy import SCOPES
from tertib.audit.actions import note
from tertib.evidence.ledger import OURS
from tertib.lib.errors import Refused
from tertib.people.models import ApiToken, User, uuid_of
from tertib.people.rules import digest

MINUTE = timedelta(minutes=1)  # no finer: a write per request would be dear


@transaction.atomic
def issue_token(
    *,
    name: str,
    scope: str,
    expires_at: datetime,
    by: User | None,
    now: datetime,
    kinds: Iterable[str] | None = None,
) -> str:
    """Return the secret of a new token: the only time that anybody sees it.

    scope: names with spaces between. kinds: those of the facts it may bring, None for all.
    An expired name can't be used again: what it once brought stays its own.
    """
    asked = sorted(set(scope.split())) or [scope]
    for one in asked:
        if one not in SCOPES:
            raise Refused(_("There is no scope %(scope)s.") % {"scope": one})
    if name == OURS or not name or ApiToken.objects.filter(name=name).exists():
        raise Refused(_("There is a token called %(name)s already.") % {"name": name})
    secret = token_urlsafe(32)
    token = ApiToken.objects.create(
        name=name,
        digest=digest(secret),
        scope=" ".join(asked),
        kinds=None if kinds is None else sorted(kinds),
        issued_at=now,
        expires_at=expires_at,
    )
    note("issue_token", token.uuid, actor=uuid_of(by), now=now, scope=(None, scope))
    return secret


@transaction.atomic
def revoke_token(name: str, *, by: User | None, now: datetime) -> bool:
    """Let a token end now. False: there is none, or it had ended."""
    living = ApiToken.objects.filter(name=name, expires_at__gt=now)
    token = living.first()
    if token is None or not living.update(expires_at=now):
        return False
    note("revoke_token", token.uuid, actor=uuid_of(by), now=now, name=(name, None))
    return True


def notice_token(token: ApiToken, *, now: datetime) -> None:
    """Remember when it was last used, to the minute."""
    if token.last_used_at and now - token.last_used_at < MINUTE:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - MINUTE)
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
