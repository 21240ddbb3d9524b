from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tertib.people.models import User

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def moment(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, widget=MOMENT, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    )


def somebody(label: Any) -> Any:
    active = User.objects.filter(is_active=True).order_by("full_name")
    return forms.ModelChoiceField(active, label=label, empty_label="")


class TaskForm(forms.Form):
    title = forms.CharField(label=_("What is to be done"), max_length=200)
    text = forms.CharField(
        label=_("Details, if need be"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    owner = somebody(_("Owner"))
    due_by = moment(_("Due"))

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.now = now

    def clean_due_by(self) -> datetime:
        """Say it beside the field: what was written stays there."""
        due_by: datetime = self.cleaned_data["due_by"]
        if due_by <= self.now:
            raise forms.ValidationError(_("The due time has passed already."))
        return due_by


class AssignForm(forms.Form):
    to = somebody(_("To"))


class LendForm(AssignForm):
    until = moment(_("Until"))


class SnoozeForm(forms.Form):
    until = moment(_("Until"))


class RemindForm(forms.Form):
    at = moment(_("When"))


class CommentForm(forms.Form):
    text = forms.CharField(label=_("Comment"), max_length=5000, widget=forms.Textarea)


class SignForm(forms.Form):
    cause = forms.CharField(label=_("Cause"), max_length=500)
    correction = forms.CharField(label=_("Correction"), max_length=500)


class FileForm(forms.Form):
    file = forms.FileField(label=_("File"), max_length=200)


def first_error(form: forms.Form) -> str:
    """Return what is wrong in one sentence, for a form that has no page of its own."""
    for name, errors in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        return f"{label}: {errors[0]}" if label else str(errors[0])
    return ""
