"""Ratio: of what happened, how much was as required (semantics 4.8)."""

from datetime import datetime

from tertib.compliance.kinds.items import Events
from tertib.compliance.kinds.raw import Raw, earliest
from tertib.compliance.kinds.timed import period
from tertib.compliance.kinds.version import Version
from tertib.compliance.records import Fact, Key, Slice
from tertib.sop.format import Ratio


class Outcomes(Events):
    def __init__(self, control: Ratio, version: Version, sliced: Slice) -> None:
        super().__init__(control, control.event, version, sliced)
        self._require = control.require

    def at(self, key: Key, t: datetime) -> Raw:
        def as_required(event: Fact) -> Raw:
            when = period(self._require, event.body, self.version)
            since, until = when or (None, None)
            good = when is not None and (since is None or t >= since) and (not until or t < until)
            turns = earliest(t, since, until)
            return Raw("compliant" if good else "lapsed", turns, until if good else None, (event,))

        return self.at_event(key, t, as_required)


def judge(control: Ratio, version: Version, sliced: Slice) -> Outcomes:
    return Outcomes(control, version, sliced)
