"""Clauses that change their state are told to the machines and chats that ask for it."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tertib.compliance import board
from tertib.compliance.models import Announced
from tertib.notify import actions as notify
from tertib.notify.topics import Topic, Words
from tertib.notify.topics import register as register_topic
from tertib.sop import versions
from tertib.ui.status import STATES

CLAUSE = "compliance.clause"


def register() -> None:
    label = _("A clause changes its state")
    register_topic(Topic(CLAUSE, label, _words, "file-text", event=True))


def announce(*, now: datetime) -> int:
    """Keep in which state each clause is, and tell of each that changed it. Return how many.

    The first time it only looks: what was so before is no news. Two workers, or a restart: once.
    Whoever asks for it later hears of changes from then on.
    """
    if not versions.law():
        return 0
    with versions.remembered():
        found = board.board(now, since=False)
    told = dict(Announced.objects.values_list("clause", "state"))
    changed = [one for one in found.clauses if told.get(one.clause.id) != one.state]
    if not told:
        Announced.objects.bulk_create(
            [Announced(clause=one.clause.id, state=one.state, since=now) for one in changed],
            ignore_conflicts=True,
        )
        return 0
    gone = told.keys() - {one.clause.id for one in found.clauses}
    if gone:  # another version of the SOP has no such clause
        Announced.objects.filter(clause__in=gone).delete()
    return sum(_tell(one, told.get(one.clause.id, ""), now) for one in changed)


@transaction.atomic
def _tell(one: board.ClauseNow, was: str, now: datetime) -> bool:
    clause = one.clause
    new = {"state": one.state, "since": now}
    if was:
        mine = Announced.objects.filter(clause=clause.id, state=was).update(**new)
    else:
        mine = Announced.objects.get_or_create(clause=clause.id, defaults=new)[1]
    if not mine:
        return False  # another worker was quicker
    return notify.announce(
        CLAUSE,
        f"{clause.id}:{one.state}:{now.isoformat()}",
        {
            "clause": clause.id,
            "state": one.state,
            "was": was,
            "title_id": clause.title.id,
            "title_en": clause.title.en,
            "url": f"{reverse('compliance:sop')}?buka={clause.id}#k{clause.id}",
        },
        now=now,
    )


def _words(data: Mapping[str, Any], language: str, _zone: tzinfo) -> Words:
    return Words(
        gettext("Clause %(clause)s is now: %(state)s.")
        % {"clause": data["clause"], "state": str(STATES[data["state"]].word)},
        data["title_en" if language == "en" else "title_id"],
    )
