"""What this room, and the rooms below it, hold of a person."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tertib.audit.models import Entry
from tertib.evidence.models import Alias, Fact, Membership, Subject
from tertib.jobs.models import Job
from tertib.notify.actions import erase as empty_outbox
from tertib.notify.actions import what_is_kept
from tertib.notify.models import Channel, Delivery, Notice
from tertib.people import erasing
from tertib.people.erasing import Part, Stays, Texts
from tertib.people.models import (
    Absence,
    Delegation,
    Directory,
    InTeam,
    ListChange,
    Reporting,
    User,
)


def register() -> None:
    erasing.register(
        Part(
            _("Notices, and browsers that get pushes"),
            _outbox,
            erase=lambda one: empty_outbox(one.uuid),
        ),
        Part(
            _("Records of the ledger, roles among them"),
            _records,
            why=_("They prove that the SOP was kept. They name nobody: a number stands in them."),
        ),
        Part(
            _("Teams, line managers, absences and delegations over time"),
            _times,
            why=_("They say who answered for what, and who stood in."),
        ),
        Part(
            _("Lines of the audit trail"),
            lambda one: Entry.objects.filter(Q(subject=one.uuid) | Q(actor=one.uuid)).count(),
            why=_("They say who pressed what. Names and addresses in them are replaced."),
        ),
        Texts(Entry, ("reason", "changed"), stamp="erased_at"),
        Texts(ListChange, ("before",)),
        Texts(Directory, ("outcome",)),
        Texts(Notice, ("data",)),
        Texts(Delivery, ("error",)),
        Texts(Channel, ("name", "error")),
        Texts(Job, ("errors", "result")),
        Texts(Subject, ("label",)),
        Texts(Alias, ("name", "folded")),
        Stays(
            lambda: _(
                "The names of the keys for machines, and what other systems sent as the key of a "
                "record, are sealed and stay as they are."
            )
        ),
    )


def _outbox(person: User) -> int:
    return sum(count for _what, count in what_is_kept(person.uuid))


def _records(person: User) -> int:
    rows = (Fact.objects, Membership.objects)
    return sum(one.filter(Q(subject=person.uuid) | Q(actor=person.uuid)).count() for one in rows)


def _times(person: User) -> int:
    of = Q(person=person)
    return (
        InTeam.objects.filter(of).count()
        + Reporting.objects.filter(of | Q(manager=person)).count()
        + Absence.objects.filter(of | Q(deputy=person)).count()
        + Delegation.objects.filter(Q(giver=person) | Q(holder=person)).count()
    )
