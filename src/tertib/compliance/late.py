"""Items whose missing act was done too late: lapsed until the window has passed, but work no more
(semantics 7).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from tertib.compliance import loading
from tertib.compliance.changes import Row, Stand
from tertib.compliance.kinds import sequence
from tertib.compliance.kinds.version import law_of
from tertib.compliance.loading import ALL, Around
from tertib.compliance.records import Slice
from tertib.compliance.routes import Law, routes
from tertib.evidence import reading
from tertib.sop.format import Control, Deadline
from tertib.sop.format import Sequence as SequenceControl


def done(
    rows: Mapping[str, Sequence[Row]], forms: Iterable[Control], law: Law, t: datetime
) -> frozenset[int]:
    """Return the lapsed items among those rows (by the seq of their fact) whose act came by t, as
    known now. Two queries where a sequence has lapsed, else none.
    """
    found = set[int]()
    asked: dict[tuple[str, UUID], SequenceControl] = {}
    for one in forms:
        lapsed = [row for row in rows.get(one.id, ()) if row.stand.state == "lapsed"]
        if isinstance(one, Deadline):
            found |= {row.stand.item for row in lapsed if answered(row.stand)}
        elif isinstance(one, SequenceControl):
            asked |= {(one.id, row.subject): one for row in lapsed}
    if asked:
        ways, around = routes(law), Around(None, reading.survivors())
        slices = loading.slices(dict.fromkeys(asked, ALL), around, law=law, routes=ways)
        for pair, slice_ in slices.items():
            found |= made_up(asked[pair], slice_, t)
    return frozenset(found)


def answered(stand: Stand) -> bool:
    """Whether a deadline's item has an answer, be it too late."""
    return bool(stand.deciding) and stand.deciding[0] != stand.item


def made_up(one: SequenceControl, slice_: Slice, t: datetime) -> set[int]:
    """Return the events for which all that had to come first has come by t, before or after."""
    version = law_of(slice_.law).at(t)
    if version is None:
        return set()
    by_then = [fact for fact in slice_.facts if fact.occurred_at <= t]
    return sequence.made_up(one, version, replace(slice_, facts=by_then))
