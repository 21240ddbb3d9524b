"""Entries of a directory become rows of a people list. Values in, values out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext_noop as N_  # noqa: N812 what tools extract by

from tertib.people.ldap.client import Entry
from tertib.people.roster import CELL, EMAIL, Fault, Known, Row
from tertib.people.rules import word_of

GUID = "objectguid"  # Active Directory keeps it as sixteen bytes
FEW, SHARE = 2, 5  # more than two leavers, and more than a fifth of the people: suspicious

OPENLDAP = {
    "filter": "(objectClass=inetOrgPerson)",
    "key": "entryUUID",
    "name": "cn",
    "email": "mail",
    "team": "ou",
    "site": "l",
}
ACTIVE_DIRECTORY = {
    # Bit 2 of userAccountControl: the account is disabled, so whoever had it has left.
    "filter": "(&(objectCategory=person)(objectClass=user)"
    "(!(userAccountControl:1.2.840.113556.1.4.803:=2)))",
    "key": "objectGUID",
    "name": "displayName",
    "email": "mail",
    "team": "department",
    "site": "physicalDeliveryOfficeName",
}


@dataclass(frozen=True)
class Mapped:
    """Which attribute says what; empty: none does."""

    key: str
    name: str
    email: str
    team: str = ""
    site: str = ""

    def names(self) -> list[str]:
        return [name for name in (self.key, self.name, self.email, self.team, self.site) if name]


@dataclass
class Read:
    rows: list[Row] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)  # by e-mail
    faults: list[Fault] = field(default_factory=list)  # each passed over
    spared: set[str] = field(default_factory=set)  # keys and addresses of those passed over
    nameless: int = 0  # without an e-mail address: accounts of services, and the like
    elsewhere: set[str] = field(default_factory=set)  # sites that nobody here knows


def read(entries: Iterable[Entry], mapped: Mapped, *, sites: Iterable[str]) -> Read:
    """Read what is whole; what is not is told, and changes nobody."""
    result, known = Read(), {site.casefold(): site for site in sites}
    told = [(entry, _text(entry, mapped.email).lower()) for entry in entries]
    times = Counter(email for _entry, email in told if email)
    for number, (entry, email) in enumerate(told, start=1):
        if not email:
            result.nameless += 1
            continue
        key, name = _key(entry, mapped.key), _text(entry, mapped.name)
        why = _wrong(key, name, email)
        if why is None and times[email] > 1:
            why = N_("Several entries have this address.")
        if why is not None:
            result.faults.append(Fault(number, why, _short(entry.dn)))
            result.spared |= {email, key}
            continue
        place = _text(entry, mapped.site)
        if place and place.casefold() not in known:
            result.elsewhere.add(place[:80])
        team = _text(entry, mapped.team)
        result.keys[email] = key
        result.rows.append(
            Row(
                number=number,
                name=name,
                email=email,
                roles=None,
                team=word_of(team) if team else None,
                site=known.get(place.casefold()),
                left=False,
                begin=None,
                end=None,
            )
        )
    return result


def moved(read: Read, known: Mapping[str, Known], seen: Mapping[str, str]) -> dict[str, str]:
    """Return the new address of each whose entry has another by now. seen: address by key."""
    moves = {
        seen[key]: email
        for email, key in read.keys.items()
        if key in seen and seen[key] != email and seen[key] in known and email not in known
    }
    taken = Counter(moves.values())
    return {old: new for old, new in moves.items() if taken[new] == 1}


def suspicious(leavers: int, people: int) -> bool:
    """Say whether so many leave at once that the filter is wrong rather than the company."""
    return leavers > FEW and leavers * SHARE > people


def _wrong(key: str, name: str, email: str) -> str | None:
    if not key:
        return N_("The entry has no key.")
    if not name or len(name) > CELL or not name.isprintable():
        return N_("The entry has no name that can be printed.")
    if not EMAIL.fullmatch(email) or len(email) > 254:
        return N_("This is no e-mail address.")
    return None


def _text(entry: Entry, attribute: str) -> str:
    values: Sequence[bytes] = entry.values.get(attribute.lower(), ())
    return " ".join(values[0].decode(errors="replace").split()) if values else ""


def _key(entry: Entry, attribute: str) -> str:
    values = entry.values.get(attribute.lower(), ())
    if not values:
        return ""
    raw = values[0]
    if attribute.lower() == GUID:
        return str(UUID(bytes_le=raw)) if len(raw) == 16 else ""
    return raw.decode(errors="replace")[:200]


def _short(dn: str) -> str:
    return "".join(letter for letter in dn if letter.isprintable())[:100]
