"""Which kinds of fact anybody can tell (semantics 5): claimed by a room, or recorded once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tertib.compliance.kinds import begins
from tertib.compliance.models import Total
from tertib.compliance.routes import Routes
from tertib.evidence import vocabulary

type Tells = Callable[[str], bool]  # whether anybody can tell of facts of that kind


@dataclass(frozen=True, slots=True)
class Told:
    claimed: frozenset[str]
    heard_at: Mapping[str, datetime]  # kind → when the first of an unclaimed one occurred

    @classmethod
    def of(cls, totals: Mapping[str, Total], routes: Routes) -> "Told":
        claimed, heard_at = vocabulary.claimed(), dict[str, datetime]()
        for control, forms in routes.versions.items():
            at = totals[control].heard_at if control in totals else None
            for form in forms if at else ():
                if at and (kind := begins(form)) and kind not in claimed:
                    heard_at[kind] = min(heard_at.get(kind, at), at)
        return cls(claimed, heard_at)

    def at(self, t: datetime) -> Tells:
        return lambda kind: (
            kind in self.claimed or (kind in self.heard_at and self.heard_at[kind] <= t)
        )
