"""What this room tells people: a link for a new password, to their own address."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tertib.notify import topics
from tertib.notify.topics import Words

LINK = "people.link"


def register() -> None:
    label = gettext_lazy("A link for a new password")
    topics.register(topics.Topic(LINK, label, _link, icon="key", required=True))


def _link(_data: Mapping[str, Any], _language: str, _zone: tzinfo) -> Words:
    return Words(
        _("Your link for a new password"),
        _(
            "Somebody asked for it on the sign-in page. It works once and for one hour. "
            "If it was not you, leave it: nothing changes."
        ),
    )
