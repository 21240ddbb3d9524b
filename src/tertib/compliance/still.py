"""Who has not stirred since an instant: they stood then as they are stored now, so nobody need
walk them.

Of a freshness that is exact: between two of its facts a standing waits for its next turn, and
nothing else of it changes. Whatever might have stirred it leaves it out: then it is walked.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Exists, Q

from tertib.compliance import plain
from tertib.compliance.changes import Row
from tertib.compliance.models import Standing, Sweep
from tertib.compliance.records import Ref, Waiver
from tertib.compliance.routes import Law, Routes
from tertib.evidence.models import Inbox, Merge
from tertib.sop.format import Freshness


def candidates(controls: Iterable[str], law: Law, routes: Routes, t: datetime) -> set[str]:
    """Return the controls of which somebody may have stood still: judged by one version since."""
    if law[-1].since > t:
        return set()
    forms = {control: routes.versions[control] for control in controls}
    return {id_ for id_, of in forms.items() if all(isinstance(one, Freshness) for one in of)}


def rows(
    controls: set[str], t: datetime, *, waivers: Mapping[str, Iterable[Waiver]]
) -> dict[str, list[Row]]:
    """Return, per control, those that have stood still since t and had evidence then.

    waivers: of those controls, as known now. One statement, so that what is judged while it reads
    is seen whole or not at all.
    """
    moved = {control: _moved(waivers.get(control, ()), t) for control in controls}
    asked = {control for control, subjects in moved.items() if None not in subjects}
    if not asked:
        return {}
    waiting = Inbox.objects.all()
    merges = Merge.objects.values("absorbed")
    of_many = Q(entry=Inbox.Entry.MERGE) | Q(subject=None) | Q(subject__in=merges)
    stored = Standing.objects.filter(
        Q(next_at=None) | Q(next_at__gt=t),
        ~Exists(waiting.filter(of_many)),
        ~Q(subject__in=waiting.exclude(subject=None).values("subject")),
        ~Q(control__in=Sweep.objects.values("control")),
        control__in=asked,
        turned_at__lte=t,
        decided_at__lte=t,
    )
    found: dict[str, list[Row]] = {control: [] for control in asked}
    for control, row in plain.standings(stored.exclude(state="")):
        if row.subject not in moved[control]:
            found[control].append(row)
    return found


def _moved(waivers: Iterable[Waiver], t: datetime) -> set[Ref | None]:
    """Return whose waivers began or ended after t, or will. None: everybody's."""
    return {w.subject for w in waivers if w.began_at > t or w.ended_at > t}
