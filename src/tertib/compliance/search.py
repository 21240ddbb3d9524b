"""What compliance offers to the search: the clauses of the SOP in force."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language

from tertib.people.models import User
from tertib.sop import versions
from tertib.ui import search
from tertib.ui.search import Hit, Source


def register() -> None:
    search.register(Source("sop", "SOP", "sop.read", _find, order=20))


def _find(text: str, _person: User, now: datetime) -> Iterator[Hit]:
    if not versions.law():
        return
    language = get_language()
    for clause in versions.current(now).clauses:
        title, controls = clause.title.words(language), [one.id for one in clause.controls]
        if search.holds(text, clause.id, title, clause.text.words(language), *controls):
            url = reverse("compliance:clause", args=[clause.id])
            yield Hit(f"{clause.id} {title}", url, icon="file-text")
