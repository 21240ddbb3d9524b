from django import forms
from django.utils.translation import gettext_lazy as _

LOCAL = "%Y-%m-%dT%H:%M"


class MomentForm(forms.Form):
    """Which moment to show, and as it was known when. Both empty: now, as known now.

    The fields are words of the address, which is Indonesian (decision 19).
    """

    pada = forms.DateTimeField(
        label=_("How it stood at"),
        required=False,
        input_formats=[LOCAL],
        widget=forms.DateTimeInput({"type": "datetime-local"}, format=LOCAL),
    )
    diketahui = forms.DateTimeField(
        label=_("As it was known at"),
        required=False,
        input_formats=[LOCAL],
        widget=forms.DateTimeInput({"type": "datetime-local"}, format=LOCAL),
    )
