"""Ratio: of what happened, how much was as required (semantics 4.8)."""

from datetime import datetime

from tertib.compliance.kinds.conditions import ask
from tertib.compliance.kinds.items import Events
from tertib.compliance.kinds.raw import Raw, sooner
from tertib.compliance.kinds.version import Version
from tertib.compliance.records import Fact, Key, Slice
from tertib.sop.format import Ratio


class Outcomes(Events):
    def __init__(self, control: Ratio, version: Version, sliced: Slice) -> None:
        super().__init__(control, control.event, version, sliced)
        self._require = control.require

    def at(self, key: Key, t: datetime) -> Raw:
        def as_required(event: Fact) -> Raw:
            answers = [ask(one, event.body, t, self.version) for one in self._require]
            good = all(answer.holds for answer in answers)
            turns = None
            for answer in answers:
                turns = sooner(turns, answer.next_at)
            return Raw("compliant" if good else "lapsed", turns, turns if good else None, (event,))

        return self.at_event(key, t, as_required)


def judge(control: Ratio, version: Version, sliced: Slice) -> Outcomes:
    return Outcomes(control, version, sliced)
