"""One item as lists show it."""

from datetime import datetime
from typing import Any

from django.utils.translation import get_language

from tertib.sop import versions
from tertib.ui.rules import known
from tertib.work import pages, words
from tertib.work.models import Item


def language() -> str:
    return known(get_language())


def role_word(role: str) -> str:
    """Return how the SOP calls a role; one that it no longer names keeps its id."""
    roles = versions.law()[-1].sop.roles if role and versions.law() else {}
    return str(getattr(roles[role].name, language())) if role in roles else role


def row(item: Item, now: datetime) -> dict[str, Any]:
    return {
        "item": item,
        "title": item.title(language()),
        "look": words.LOOKS[item.look],
        "state": pages.urgency(item, now),
        "raised": role_word(item.raised_role),
    }
