"""What agents told of a person: accounts, in the reports of machines."""

from tertib.agents.models import Section
from tertib.people import erasing
from tertib.people.erasing import Texts


def register() -> None:
    erasing.register(Texts(Section, ("content",)))
