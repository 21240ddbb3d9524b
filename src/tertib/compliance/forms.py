from django import forms
from django.utils.translation import gettext_lazy as _

LOCAL = "%Y-%m-%dT%H:%M"


class MomentForm(forms.Form):
    """Which moment to show, and as it was known when. Both empty: now, as known now."""

    as_of = forms.DateTimeField(
        label=_("How it stood at"),
        required=False,
        input_formats=[LOCAL],
        widget=forms.DateTimeInput({"type": "datetime-local"}, format=LOCAL),
    )
    known_at = forms.DateTimeField(
        label=_("As it was known at"),
        required=False,
        input_formats=[LOCAL],
        widget=forms.DateTimeInput({"type": "datetime-local"}, format=LOCAL),
    )

    def add_prefix(self, field_name: str) -> str:
        """Name the fields in the address as people read it."""
        return {"as_of": "pada", "known_at": "diketahui"}[field_name]
