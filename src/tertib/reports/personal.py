"""What management's reports hold of a person."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tertib.people import erasing
from tertib.people.erasing import Part
from tertib.reports.models import Report


def register() -> None:
    erasing.register(
        Part(
            _("Monthly reports issued or signed"),
            lambda one: Report.objects.filter(Q(issued_by=one) | Q(signed_by=one)).count(),
            why=_("They are signed as they are. People stand in them by number, texts do not."),
        )
    )
