"""The only code of this room that writes."""

from tertib.people.actions.company import (
    describe_company,
    first_start,
    set_mailbox,
    set_up,
)
from tertib.people.actions.persons import (
    add_person,
    change_person,
    come_back,
    end_role,
    give_role,
    leave,
)
from tertib.people.actions.signin import (
    Throttled,
    first_link,
    person_link,
    set_password,
    set_password_by_link,
    sign_in,
    valid_link,
)
from tertib.people.actions.sites import add_site, change_site
from tertib.people.actions.tokens import issue_token, notice_token, revoke_token

__all__ = [
    "Throttled",
    "add_person",
    "add_site",
    "change_person",
    "change_site",
    "come_back",
    "describe_company",
    "end_role",
    "first_link",
    "first_start",
    "give_role",
    "issue_token",
    "leave",
    "notice_token",
    "person_link",
    "revoke_token",
    "set_mailbox",
    "set_password",
    "set_password_by_link",
    "set_up",
    "sign_in",
    "valid_link",
]
