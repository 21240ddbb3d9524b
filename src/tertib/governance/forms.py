from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tertib.evidence import subjects
from tertib.evidence.models import Subject
from tertib.evidence.vocabulary import kind
from tertib.governance.rules import latest_day
from tertib.people.forms import Form
from tertib.people.models import User
from tertib.sop.format import Control, OfItems, OfSubjects, Rollup, Sop
from tertib.sop.tree import BYTES

AREA = {"rows": 3}
DAY = "%Y-%m-%d"


def day_field(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput({"type": "date"}, format=DAY), **more
    )


class UploadForm(Form):
    file = forms.FileField(
        label=_("The SOP as a file (YAML)"),
        widget=forms.ClearableFileInput({"accept": ".yaml,.yml"}),
    )
    source = forms.FileField(
        label=_("Its source text"),
        required=False,
        widget=forms.ClearableFileInput({"accept": ".txt,text/plain"}),
        help_text=_("The text that the clauses quote. Left out: that of the version in force."),
    )

    def clean(self) -> dict[str, Any]:
        """Read no more of a file than shows that it is too large."""
        cleaned = super().clean() or {}
        for name in ("file", "source"):
            if cleaned.get(name):
                cleaned[name] = cleaned[name].read(BYTES + 1)
        return cleaned


class WaiverForm(Form):
    """Whom a waiver is about is written as people call it; what that means, the ledger knows."""

    control = forms.ChoiceField(label=_("Control"))
    subject = forms.CharField(
        label=_("Only for"),
        max_length=200,
        required=False,
        help_text=_("The tag, number or name of one, like NB-KEU-014. Left empty: all of it."),
    )
    reason = forms.CharField(label=_("Why"), max_length=2000, widget=forms.Textarea(AREA))
    last_day = day_field(_("Until"), required=False)

    def __init__(self, *args: Any, sop: Sop, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sop, self.now, language = sop, now, get_language()
        control = self.fields["control"]
        assert isinstance(control, forms.ChoiceField)  # noqa: S101 it is declared above
        control.choices = [
            (
                f"{clause.id} {clause.title.words(language)}",
                [(one.id, one.title.words(language)) for one in judges],
            )
            for clause in sop.clauses
            if (judges := [one for one in clause.active if not isinstance(one, Rollup)])
        ]
        latest = latest_day(now, sop.waiver_max, zone=ZoneInfo(sop.timezone), calendar=sop.calendar)
        self.fields["last_day"].widget.attrs["max"] = latest.isoformat()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        name, control = cleaned.get("subject"), self.sop.controls.get(cleaned.get("control", ""))
        cleaned["about"] = None
        if name and control:
            cleaned["about"] = found = _find(name, control, self.sop, self.now)
            if found is None:
                self.add_error("subject", _("This control judges nothing of that name."))
        return cleaned


class RenewForm(Form):
    reason = forms.CharField(
        label=_("Why it is needed for longer"), max_length=2000, widget=forms.Textarea(AREA)
    )
    last_day = day_field(_("Until"), required=False)


class BecauseForm(Form):
    because = forms.CharField(
        label=_("Reason"), max_length=2000, required=False, widget=forms.Textarea(AREA)
    )


class ResourceForm(Form):
    title = forms.CharField(label=_("What is needed"), max_length=120)
    reason = forms.CharField(label=_("What for"), max_length=2000, widget=forms.Textarea(AREA))
    amount = forms.IntegerField(
        label=_("About how much (Rp)"), min_value=0, max_value=10**15, required=False
    )


class ReviewForm(Form):
    held_on = day_field(_("Held on"))


class PointForm(Form):
    kind = forms.ChoiceField(choices=[("agenda", ""), ("decision", "")], widget=forms.HiddenInput())
    text = forms.CharField(label=_("In one sentence"), max_length=300)


class PeopleForm(Form):
    people = forms.ModelMultipleChoiceField(
        label=_("Who took part"),
        queryset=User.objects.filter(is_active=True).order_by("full_name"),
        widget=forms.CheckboxSelectMultiple(),
    )


class ActionForm(Form):
    text = forms.CharField(label=_("What is to be done"), max_length=300)
    owner = forms.ModelChoiceField(
        label=_("Owner"),
        queryset=User.objects.filter(is_active=True).order_by("full_name"),
        empty_label=_("Choose somebody"),
    )
    due_on = day_field(_("Due"))


def judged(control: Control, sop: Sop) -> frozenset[str]:
    """Return the kinds of subject that a control judges, one state or one item each."""
    if isinstance(control, OfSubjects) and control.population:
        return frozenset({sop.populations[control.population].of})
    if isinstance(control, OfItems):
        event = getattr(control, "trigger", "") or getattr(control, "event", "")
        return kind(event).about
    record = getattr(control, "record", "")
    return kind(record).about if record else frozenset()


def _find(name: str, control: Control, sop: Sop, now: datetime) -> Subject | None:
    found = (subjects.find(kind, name, at=now) for kind in sorted(judged(control, sop)))
    return next((subject for subject in found if subject), None)
