"""The only code of this room that writes."""

from tertib.people.actions.company import (
    describe_company,
    first_start,
    set_mailbox,
    set_up,
)
from tertib.people.actions.erasing import erase_again, erase_person
from tertib.people.actions.factors import (
    confirm_key,
    drop_factor,
    has_factor,
    prove,
    require_factor,
)
from tertib.people.actions.links import mail_sign_in, sign_in_by_link
from tertib.people.actions.passkeys import (
    add_passkey,
    has_passkey,
    must_show_passkey,
    remove_passkey,
    remove_passkeys,
    rename_passkey,
    sign_in_by_passkey,
)
from tertib.people.actions.persons import (
    add_person,
    change_person,
    choose_language,
    come_back,
    end_role,
    give_role,
    leave,
)
from tertib.people.actions.providers import (
    drop_identity,
    drop_provider,
    set_provider,
    sign_in_by_provider,
)
from tertib.people.actions.signin import (
    Throttled,
    end_session,
    end_sessions,
    first_link,
    mail_link,
    person_link,
    set_password,
    set_password_by_link,
    sign_in,
    valid_link,
)
from tertib.people.actions.sites import add_site, change_site
from tertib.people.actions.standing import be_away, be_back, delegate, set_manager, take_back
from tertib.people.actions.teams import add_team, close_team, name_lead, rename_team
from tertib.people.actions.tokens import issue_token, notice_token, revoke_token

__all__ = [
    "Throttled",
    "add_passkey",
    "add_person",
    "add_site",
    "add_team",
    "be_away",
    "be_back",
    "change_person",
    "change_site",
    "choose_language",
    "close_team",
    "come_back",
    "confirm_key",
    "delegate",
    "describe_company",
    "drop_factor",
    "drop_identity",
    "drop_provider",
    "end_role",
    "end_session",
    "end_sessions",
    "erase_again",
    "erase_person",
    "first_link",
    "first_start",
    "give_role",
    "has_factor",
    "has_passkey",
    "issue_token",
    "leave",
    "mail_link",
    "mail_sign_in",
    "must_show_passkey",
    "name_lead",
    "notice_token",
    "person_link",
    "prove",
    "remove_passkey",
    "remove_passkeys",
    "rename_passkey",
    "rename_team",
    "require_factor",
    "revoke_token",
    "set_mailbox",
    "set_manager",
    "set_password",
    "set_password_by_link",
    "set_provider",
    "set_up",
    "sign_in",
    "sign_in_by_link",
    "sign_in_by_passkey",
    "sign_in_by_provider",
    "take_back",
    "valid_link",
]
