"""A year of the rooms that are not built yet."""

from collections.abc import Iterator

from tertib.cli.demo.rooms.data import changes, datasets, systems
from tertib.cli.demo.rooms.helpdesk import helpdesk
from tertib.cli.demo.rooms.infrastructure import licences, maintenance, register
from tertib.cli.demo.rooms.network import accounts, links, posture
from tertib.cli.demo.rooms.training import training
from tertib.cli.demo.told import DAY, Brought, Told

ROOMS = (
    *(register, licences, maintenance, links, systems, posture, accounts),
    *(helpdesk, datasets, changes, training),
)


def everything(told: Told) -> Iterator[Brought]:
    """Yield what they tell of the year: on its first day what there is, then what happens to it."""
    begins = told.first + DAY
    for room in ROOMS:
        for one in room(told):
            if one.at == begins or begins + DAY <= one.at <= told.last:
                yield one
