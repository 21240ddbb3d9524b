"""One item as lists show it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import get_language, gettext, ngettext

from tertib.sop import versions
from tertib.ui.rules import known
from tertib.work import pages, words
from tertib.work.models import Item


def language() -> str:
    return known(get_language())


def role_word(role: str) -> str:
    """Return how the SOP calls a role; one that it no longer names keeps its id."""
    law = versions.law() if role else ()
    roles = law[-1].sop.roles if law else {}
    return str(getattr(roles[role].name, language())) if role in roles else role


def row(item: Item, now: datetime) -> dict[str, Any]:
    return {
        "item": item,
        "title": item.title(language()),
        "meta": ", ".join(_meta(item)),
        "look": words.LOOKS[item.look],
        "state": pages.urgency(item, now),
        "raised": role_word(item.raised_role),
        "ended": words.ENDS.get(item.closed_because, ""),
        "asleep": item.snoozed_until is not None and item.snoozed_until > now,
    }


def _meta(item: Item) -> Iterator[str]:
    yield item.name
    if item.clause:
        yield gettext("clause %(clause)s") % {"clause": item.clause}
    theirs, lines = getattr(item, "theirs", None), item.lines_open
    if theirs and theirs < lines:
        words = ngettext(
            "%(theirs)s of %(lines)s findings is yours",
            "%(theirs)s of %(lines)s findings are yours",
            theirs,
        )
        yield words % {"theirs": theirs, "lines": lines}
    elif lines:
        yield ngettext("%(lines)s finding", "%(lines)s findings", lines) % {"lines": lines}
