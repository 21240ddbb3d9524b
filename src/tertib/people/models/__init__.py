"""What is stored of the company, its people and their ways in."""

from tertib.people.models.company import (
    Absence,
    Company,
    Delegation,
    InTeam,
    Reporting,
    Site,
    Team,
)
from tertib.people.models.factors import CodeKey, RecoveryCode
from tertib.people.models.keys import ApiToken, Attempt, OneTimeLink
from tertib.people.models.lists import ListChange, ListLoad
from tertib.people.models.passkeys import Passkey, SpentChallenge
from tertib.people.models.persons import LANGUAGES, Held, PersonRequest, User, uuid_of
from tertib.people.models.sessions import Session
from tertib.people.models.ways_in import Directory, DirectoryEntry, Identity, Provider

__all__ = [
    "LANGUAGES",
    "Absence",
    "ApiToken",
    "Attempt",
    "CodeKey",
    "Company",
    "Delegation",
    "Directory",
    "DirectoryEntry",
    "Held",
    "Identity",
    "InTeam",
    "ListChange",
    "ListLoad",
    "OneTimeLink",
    "Passkey",
    "PersonRequest",
    "Provider",
    "RecoveryCode",
    "Reporting",
    "Session",
    "Site",
    "SpentChallenge",
    "Team",
    "User",
    "uuid_of",
]
