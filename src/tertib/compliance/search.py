"""What compliance offers to the search: the clauses of the SOP in force."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language

from tertib.compliance.models import Announced
from tertib.people.models import User
from tertib.sop import versions
from tertib.sop.format import Clause
from tertib.ui import search
from tertib.ui.search import Hit, Source
from tertib.ui.status import STATES


def register() -> None:
    search.register(Source("sop", "SOP", "sop.read", _find, order=20))


def _find(text: str, _person: User, now: datetime) -> Iterator[Hit]:
    if not versions.law():
        return
    language = get_language()
    fits = [clause for clause in versions.current(now).clauses if _holds(clause, text, language)]
    states = Announced.objects.filter(clause__in=[clause.id for clause in fits])
    known = dict(states.values_list("clause", "state")) if fits else {}
    for clause in fits:
        url = reverse("compliance:clause", args=[clause.id])
        state = STATES.get(known.get(clause.id, ""))
        meta = str(state.word).lower() if state else ""
        yield Hit(f"{clause.id} {clause.title.words(language)}", url, icon="file-text", meta=meta)


def _holds(clause: Clause, text: str, language: str | None) -> bool:
    title, controls = clause.title.words(language), [one.id for one in clause.controls]
    return search.holds(text, clause.id, title, clause.text.words(language), *controls)
