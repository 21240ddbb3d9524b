"""The provider that may say who somebody is, and whom its word lets in."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as N_  # noqa: N812 what tools extract by

from tertib.audit.actions import note
from tertib.notify.actions import tell
from tertib.people import oidc
from tertib.people.actions.passkeys import spend
from tertib.people.actions.persons import add_person
from tertib.people.actions.signin import throttle
from tertib.people.models import Identity, Provider, Site, User
from tertib.people.oidc import Client, Pending, Trouble
from tertib.people.roster import EMAIL
from tertib.people.rules import address
from tertib.people.telling import WAY_IN

log = logging.getLogger(__name__)

NO_ADDRESS = N_("The provider says no e-mail address of yours.")
NOT_VERIFIED = N_("The provider has not verified your e-mail address.")
NOBODY = N_("Nobody who works here has your address. Ask whoever runs Tertib to add you.")
ANOTHER = N_("Your address belongs to another account at the provider. Tell whoever runs Tertib.")
EMPLOYEE = "pengguna"


@dataclass(frozen=True)
class Said:
    """What an ID token says of somebody, in our words."""

    subject: str
    email: str
    verified: bool
    name: str


@transaction.atomic
def set_provider(told: Mapping[str, Any], secret: str | None, *, by: User, now: datetime) -> None:
    """Let this provider say who somebody is. secret: None leaves the one that is stored."""
    before = Provider.objects.filter(pk=1).first()
    provider = before or Provider(pk=1)
    changed: dict[str, Any] = {
        name: (getattr(before, name) if before else None, value)
        for name, value in told.items()
        if not before or getattr(before, name) != value
    }
    for name, value in told.items():
        setattr(provider, name, value)
    if secret is not None:
        provider.client_secret = secret or None
        changed["client_secret"] = (None, "…")
    provider.save()
    note("set_provider", by.uuid, actor=by.uuid, now=now, **changed)
    oidc.forget()


@transaction.atomic
def drop_provider(*, by: User, now: datetime) -> bool:
    """Let nobody in through a provider any more; who somebody was there stays known."""
    name = Provider.objects.filter(pk=1).values_list("name", flat=True).first()
    if not Provider.objects.filter(pk=1).delete()[0]:
        return False
    note("drop_provider", by.uuid, actor=by.uuid, now=now, name=(name, None))
    oidc.forget()
    return True


def sign_in_by_provider(
    provider: Provider,
    client: Client,
    pending: Pending | None,
    came: Mapping[str, str],
    *,
    place: str,
    now: datetime,
) -> User:
    """Return whom the provider's answer lets in. Raise Trouble, or Throttled.

    The network is asked before anything is written, and outside of any transaction.
    """
    tries = throttle(f"provider {pending.state if pending else ''}", place, now=now)
    said = _said(provider, oidc.finish(client, pending, came))
    with transaction.atomic():
        if pending is None or not spend(f"provider {pending.state}".encode(), now):
            raise Trouble(oidc.OTHER_TRY)
        person = _whose(provider, said, now)
        tries.delete()
        note("sign_in_by_provider", person.uuid, actor=person.uuid, now=now)
    return person


def _said(provider: Provider, claims: Mapping[str, Any]) -> Said:
    email = claims.get(provider.claim)
    found = address(email) if isinstance(email, str) else ""
    sure = claims.get(provider.verified) in (True, "true", "1", 1)
    name = claims.get("name")
    told = " ".join(name.split())[:200] if isinstance(name, str) and name.isprintable() else ""
    return Said(str(claims["sub"]), found, sure, told or found.partition("@")[0])


def _whose(provider: Provider, said: Said, now: datetime) -> User:
    """Return the person: known by the provider's own name for them, else by their address."""
    here = User.objects.select_related("site").filter(is_active=True)
    known = Identity.objects.filter(issuer=provider.issuer, subject=said.subject).first()
    if known is not None:
        person = here.filter(pk=known.person_id).first()
        if person is None:
            raise Trouble(NOBODY, "left")
        return person
    if not EMAIL.fullmatch(said.email) or len(said.email) > 254:
        raise Trouble(NO_ADDRESS)
    if not said.verified:
        raise Trouble(NOT_VERIFIED)
    person = here.filter(email=said.email).first()
    if person is None:
        person = _admitted(provider, said, now)
    elif Identity.objects.filter(person=person, issuer=provider.issuer).exists():
        raise Trouble(ANOTHER)  # an address that was given to somebody else meanwhile
    try:
        with transaction.atomic():
            told = {"issuer": provider.issuer, "subject": said.subject, "since": now}
            Identity.objects.create(person=person, **told)
    except IntegrityError as error:
        raise Trouble(oidc.OTHER_TRY) from error
    note("link_identity", person.uuid, actor=person.uuid, now=now, issuer=(None, provider.issuer))
    data = {"kind": "provider", "name": provider.name, "url": "/akun"}
    tell(person.uuid, WAY_IN, f"provider:{now.isoformat()}", data, urgent=True, now=now)
    return person


def _admitted(provider: Provider, said: Said, now: datetime) -> User:
    if not provider.admits or User.objects.filter(email=said.email).exists():
        raise Trouble(NOBODY)  # or has left
    site = Site.objects.order_by("pk").first()
    if site is None:
        raise Trouble(NOBODY, "no site")
    return add_person(
        full_name=said.name, email=said.email, site=site, role=EMPLOYEE, by=None, now=now
    )


def drop_identity(person: UUID, *, by: User, now: datetime) -> bool:
    """Forget who somebody is at the provider: the next sign-in goes by the address again."""
    with transaction.atomic():
        gone = Identity.objects.filter(person__uuid=person).delete()[0]
        if gone:
            note("drop_identity", person, actor=by.uuid, now=now)
    return bool(gone)
