"""What governance holds of a person."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tertib.governance.models import Acknowledgement, Action, Point, Request, Review, Waiver
from tertib.people import erasing
from tertib.people.erasing import Part, Stays, Texts
from tertib.people.models import User


def register() -> None:
    erasing.register(
        Part(
            _("Acknowledgements of the SOP"),
            lambda one: Acknowledgement.objects.filter(person=one).count(),
            why=_("They prove that the SOP was made known, with its text and the time."),
        ),
        Part(
            _("Waivers, requests and reviews asked for, decided or signed"),
            _decisions,
            why=_("They prove who decided in which role. In every text the name is replaced."),
        ),
        Texts(Waiver, ("reason", "because", "finding")),
        Texts(Request, ("title", "reason", "because")),
        Texts(Point, ("text",)),
        Texts(Action, ("text",)),
        Stays(
            lambda: _("If the name stands in the text of an SOP version, it stays: it is sealed.")
        ),
    )


def _decisions(person: User) -> int:
    asked = Q(asked_by=person) | Q(decided_by=person)
    written = Q(written_by=person) | Q(signed_by=person) | Q(participants=person)
    return (
        Waiver.objects.filter(asked | Q(reviewed_by=person)).count()
        + Request.objects.filter(asked).count()
        + Review.objects.filter(written).distinct().count()
        + Action.objects.filter(Q(owner=person) | Q(done_by=person)).count()
    )
