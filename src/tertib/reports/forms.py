from django import forms
from django.utils.translation import gettext_lazy as _

from tertib.people.forms import Form

ASKS = 3  # decisions that fit on one page
LONGEST = 200


class IssueForm(Form):
    """What management is asked to decide, at most three things, each in one line."""

    ask_1 = forms.CharField(label=_("Decision asked for"), max_length=LONGEST, required=False)
    ask_2 = forms.CharField(label=_("Another one"), max_length=LONGEST, required=False)
    ask_3 = forms.CharField(label=_("A third one"), max_length=LONGEST, required=False)
    instead_of = forms.UUIDField(required=False, widget=forms.HiddenInput())

    @property
    def asks(self) -> list[str]:
        given = (self.cleaned_data[f"ask_{n}"].strip() for n in range(1, ASKS + 1))
        return [text for text in given if text]
