"""Who may decide: a holder of the role that the SOP names, or whoever stands in for one.

A deputy decides what was handed to them because somebody is away who named them, and nothing
else. Whose matter it is decides about it neither themselves nor through their deputy.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _

from tertib.access.policy import tree
from tertib.audit.models import Entry
from tertib.governance.rules import holds
from tertib.lib.errors import Refused
from tertib.people import reach
from tertib.people.models import User, uuid_of
from tertib.work.whose import handed


class Right(NamedTuple):
    """Whether somebody decides, and for whom; None: for themselves."""

    may: bool
    instead_of: User | None = None

    @property
    def for_whom(self) -> tuple[object, object]:
        """Return what the audit line says of it."""
        return None, uuid_of(self.instead_of)


def right(
    person: User,
    role: str,
    *,
    now: datetime,
    matter: UUID | None = None,
    control: str = "",
    asked_by: int | None = None,
) -> Right:
    """Return whether somebody decides about a matter, or about what a control's work asks for."""
    if person.pk == asked_by:
        return Right(False)
    if holds(person.roles(now=now), role, tree()):
        return Right(True)
    absent = {
        one.pk: one
        for one in reach.stands_for(person, now)
        if one.pk != asked_by and holds(one.roles(now=now), role, tree())
    }
    whose = handed(person, absent, matter=matter, control=control) if absent else None
    return Right(True, absent[whose]) if whose else Right(False)


def refuse_deputy(person: User, asked_by: int | None, *, now: datetime) -> None:
    """Say to the deputy of whoever asked why they do not decide. Raise Refused."""
    asker = next((one for one in reach.stands_for(person, now) if one.pk == asked_by), None)
    if asker:
        raise Refused(
            _("You stand in for %(name)s, whose matter this is: somebody else decides about it.")
            % {"name": asker.full_name}
        )


def decided_for(subject: UUID, *actions: str) -> str:
    """Return the name of who was away when their deputy did this; "": nobody stood in."""
    uuid = Entry.told_for(subject, *actions)
    return User.objects.values_list("full_name", flat=True).get(uuid=uuid) if uuid else ""
