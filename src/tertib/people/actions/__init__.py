"""The only code of this room that writes."""

from tertib.people.actions.company import first_start, name_company
from tertib.people.actions.persons import (
    add_person,
    change_person,
    come_back,
    end_role,
    give_role,
    leave,
)
from tertib.people.actions.sites import add_site, change_site
from tertib.people.actions.tokens import issue_token, notice_token, revoke_token

__all__ = [
    "add_person",
    "add_site",
    "change_person",
    "change_site",
    "come_back",
    "end_role",
    "first_start",
    "give_role",
    "issue_token",
    "leave",
    "name_company",
    "notice_token",
    "revoke_token",
]
