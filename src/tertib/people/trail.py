"""How the audit trail calls what people do with people, sites, teams and keys."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tertib.audit import trail
from tertib.audit.trail import MOST, Thing, Words
from tertib.evidence.subjects import ORGANISATION
from tertib.people.models import ApiToken, Company, Site, Team, User
from tertib.people.words import role_names, scope_words

ACTIONS: Words = {
    "add_person": _("Added a person"),
    "change_person": _("Changed a person"),
    "choose_language": _("Chose the language of their mails"),
    "leave": _("Recorded that a person left"),
    "erase_person": _("Erased a person"),
    "erase_again": _("Erased a person again whom a backup brought back"),
    "take_list": _("Loaded a people list"),
    "undo_list": _("Undid a people list"),
    "undo_change": _("Undid what a people list changed"),
    "come_back": _("Recorded that a person came back"),
    "give_role": _("Gave a role"),
    "end_role": _("Ended a role"),
    "set_manager": _("Named a line manager"),
    "be_away": _("Recorded an absence"),
    "be_back": _("Ended an absence"),
    "delegate": _("Delegated a role"),
    "take_back": _("Took a delegated role back"),
    "sign_in": _("Signed in"),
    "mail_sign_in": _("Asked for a link that signs in"),
    "sign_in_by_link": _("Signed in by a link"),
    "confirm_password": _("Confirmed with the password"),
    "set_password": _("Set the password"),
    "person_link": _("Made a one-time link"),
    "end_session": _("Ended a session"),
    "end_sessions": _("Ended all sessions"),
    "confirm_key": _("Set up codes"),
    "drop_factor": _("Removed codes"),
    "use_recovery_code": _("Used a recovery code"),
    "require_factor": _("Changed whether codes are required"),
    "add_passkey": _("Added a passkey"),
    "rename_passkey": _("Renamed a passkey"),
    "remove_passkey": _("Removed a passkey"),
    "remove_passkeys": _("Removed all passkeys"),
    "sign_in_by_passkey": _("Signed in with a passkey"),
    "sign_in_by_provider": _("Signed in through the company's provider"),
    "link_identity": _("Joined an account of the provider"),
    "drop_identity": _("Parted an account of the provider"),
    "set_provider": _("Set the sign-in provider"),
    "drop_provider": _("Removed the sign-in provider"),
    "set_directory": _("Set the directory"),
    "drop_directory": _("Removed the directory"),
    "add_site": _("Added a site"),
    "change_site": _("Changed a site"),
    "add_team": _("Added a team"),
    "rename_team": _("Renamed a team"),
    "close_team": _("Closed a team"),
    "name_lead": _("Named who leads a team"),
    "describe_company": _("Changed the company"),
    "set_mailbox": _("Set the mailbox"),
    "issue_token": _("Made a key for a machine"),
    "revoke_token": _("Revoked a machine's key"),
}
FIELDS: Words = {
    "name": _("Name"),
    "full_name": _("Name"),
    "email": _("E-mail"),
    "site": _("Site"),
    "team": _("Team"),
    "role": _("Role"),
    "since": _("since"),
    "until": _("until"),
    "zone": _("Time zone"),
    "ranges": _("Address ranges"),
    "manager": _("Line manager"),
    "lead": _("Leads"),
    "scope": _("may do"),
    "joined_at": _("joined"),
    "left_at": _("left"),
    "address": _("Address"),
    "required": _("required"),
    "people": _("people"),
    "language": _("Language"),
    "deputy": _("Deputy"),
    "issuer": _("Provider"),
    "host": _("Server"),
    "removed": _("how many"),
    "ended": _("how many"),
}


def register() -> None:
    trail.register_people(_seek_people)
    trail.register(actions=ACTIONS, fields=FIELDS, find=_people, seek=_seek_people, order=10)
    trail.register(actions={}, told={"role": _roles, "scope": _scopes, "owner": _numbers}, order=10)
    trail.register(actions={}, find=_company, order=11)
    trail.register(actions={}, find=_sites, seek=_seek_sites, order=60)
    trail.register(actions={}, find=_teams, order=61)
    trail.register(actions={}, find=_tokens, order=62)


def _roles(asked: Collection[Any]) -> dict[Any, str]:
    names = role_names()
    return {role: names[role] for role in asked if role in names}


def _scopes(asked: Collection[Any]) -> dict[Any, str]:
    """One key may do several things."""
    words = scope_words()
    return {
        told: ", ".join(words.get(scope, scope) for scope in str(told).split()) for told in asked
    }


def _numbers(asked: Collection[Any]) -> dict[Any, Thing]:
    """Work says by a number of the database whose it was and is."""
    numbers = [number for number in asked if isinstance(number, int)]
    found = User.objects.filter(pk__in=numbers) if numbers else ()
    return {one.pk: _person(one) for one in found}


def _people(uuids: Collection[UUID]) -> dict[UUID, Thing]:
    found = User.objects.filter(uuid__in=uuids).only("uuid", "full_name", "erased_at")
    return {one.uuid: _person(one) for one in found}


def _person(one: User) -> Thing:
    url = reverse("people:person", args=[one.uuid])
    return Thing(one.full_name, url, erased=one.erased_at is not None)


def _seek_people(text: str) -> Iterable[UUID]:
    named = Q(full_name__icontains=text) | Q(email__icontains=text)
    return User.objects.filter(named).values_list("uuid", flat=True)[:MOST]


def _company(uuids: Collection[UUID]) -> dict[UUID, Thing]:
    if ORGANISATION not in uuids:
        return {}
    name = Company.objects.values_list("name", flat=True).first()
    return {ORGANISATION: Thing(name or gettext("The company"), reverse("people:company"))}


def _sites(uuids: Collection[UUID]) -> dict[UUID, Thing]:
    found = Site.objects.filter(uuid__in=uuids)
    return {one.uuid: Thing(one.name, reverse("people:site", args=[one.uuid])) for one in found}


def _seek_sites(text: str) -> Iterable[UUID]:
    return Site.objects.filter(name__icontains=text).values_list("uuid", flat=True)[:MOST]


def _teams(uuids: Collection[UUID]) -> dict[UUID, Thing]:
    found = Team.objects.filter(uuid__in=uuids)
    return {one.uuid: Thing(one.name, reverse("people:team", args=[one.uuid])) for one in found}


def _tokens(uuids: Collection[UUID]) -> dict[UUID, Thing]:
    found = ApiToken.objects.filter(uuid__in=uuids)
    return {one.uuid: Thing(one.name, reverse("people:tokens")) for one in found}
