"""What this room tells people: links that work once, to their own address."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tertib.notify import topics
from tertib.notify.topics import Words

LINK, SIGN_IN = "people.link", "people.sign_in"
DIRECTORY = "people.directory"
WAY_IN = "people.way_in"


def register() -> None:
    label = gettext_lazy("A link for a new password")
    topics.register(topics.Topic(LINK, label, _link, icon="key", required=True, secret=True))
    label = gettext_lazy("A link that signs you in")
    topics.register(topics.Topic(SIGN_IN, label, _sign_in, icon="key", required=True, secret=True))
    label = gettext_lazy("A new way into your account")
    topics.register(topics.Topic(WAY_IN, label, _way_in, icon="fingerprint", required=True))
    label = gettext_lazy("The directory was not read")
    topics.register(topics.Topic(DIRECTORY, label, _directory, icon="address-book"))


def _link(_data: Mapping[str, Any], _language: str, _zone: tzinfo) -> Words:
    return Words(
        _("Your link for a new password"),
        _(
            "Somebody asked for it on the sign-in page. It works once and for one hour. "
            "If it was not you, leave it: nothing changes."
        ),
    )


def _way_in(data: Mapping[str, Any], _language: str, _zone: tzinfo) -> Words:
    told = {"name": str(data["name"])}
    title = _("The passkey “%(name)s” opens your account from now on") % told
    if data["kind"] == "provider":
        title = _("You can sign in through %(name)s from now on") % told
    return Words(
        title,
        _("If it was not you, change your password, remove it, and tell whoever runs Tertib."),
    )


def _directory(data: Mapping[str, Any], _language: str, _zone: tzinfo) -> Words:
    why: str = data["trouble"]
    return Words(_("The list of people was not read from the directory"), _(why))


def _sign_in(_data: Mapping[str, Any], _language: str, _zone: tzinfo) -> Words:
    return Words(
        _("Your link to sign in"),
        _(
            "Somebody asked for it on the sign-in page. It works once and for 15 minutes. "
            "If it was not you, leave it: nobody comes in by it."
        ),
    )
