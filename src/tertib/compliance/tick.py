"""What changes because time passes: the only place that asks which promise has fallen due."""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from tertib.compliance import writing
from tertib.compliance.inbox import PAIRS, apply
from tertib.compliance.judging import Ask, join
from tertib.compliance.kinds import begins
from tertib.compliance.models import Pulse, Standing
from tertib.compliance.routes import Law, names, routes
from tertib.evidence.vocabulary import claimed
from tertib.sop import versions
from tertib.sop.format import Control

log = logging.getLogger(__name__)


def fall_due(now: datetime) -> int:
    """Judge every standing whose next instant has come and return how many that was.

    Its transition is dated at that instant, found_at says when it was seen. Hours late or twice:
    the same transitions.
    """
    done, before = 0, None
    while rows := list(due(now)):
        if rows == before:
            log.error("standing_stays_due", extra={"control": rows[0][0]})
            break
        before = rows
        turn, law = writing.turn(), versions.law()
        ways = routes(law)
        asked = join(
            ((control, subject), Ask(at, False))
            for control, subject, at in rows
            if control in ways.versions
        )
        try:
            apply(asked, turn=turn, law=law, ways=ways, now=now)
        except writing.Outrun:
            before = None
        done += len(rows)
    return done


def due(now: datetime, some: int = PAIRS) -> QuerySet[Standing, tuple[str, UUID, datetime]]:
    """Return (control, subject, next_at) of what has fallen due, the longest due first."""
    rows = Standing.objects.filter(next_at__lte=now).order_by("next_at", "pk")
    return rows.values_list("control", "subject", "next_at")[:some]  # type: ignore[return-value]


def follow(law: Law) -> None:
    """See whether the SOP changed since the standings were judged; if so, have all judged again
    from the first instant at which the two differ.

    Where only a room came that claims a kind of fact, no standing changes, but what silence means.
    """
    turn, ways = writing.turn(), routes(law)
    versions_now = names(law)
    claims = sorted(
        claimed() & {kind for forms in ways.versions.values() for kind in _begun(forms)}
    )
    known: dict[str, list[Any]] = Pulse.objects.values_list("law", flat=True).get(pk=1) or {}
    before = known.get("versions", [])
    if known == (now := {"versions": versions_now, "claims": claims}):
        return
    apart = [row for row in [*before, *versions_now] if (row in before) != (row in versions_now)]
    since = min((datetime.fromisoformat(at) for at, _ in apart), default=None)
    writing.follow(now, since, law[0].since, ways, turn=turn)


def _begun(forms: Iterable[Control]) -> Iterator[str]:
    return (kind for form in forms if (kind := begins(form)))
