"""What people type about the ways in besides the password."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tertib.people.forms import LONGEST, Form


class ConfirmForm(Form):
    password = forms.CharField(
        label=_("Your password"),
        max_length=LONGEST,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PasskeyForm(Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        help_text=_("So that you know it again: my phone, key on my ring."),
    )
