"""What people type about how they are told, and about the channels of the house."""

from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from tertib.notify import topics

CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
SECURITY = [
    ("starttls", _("STARTTLS (usual on port 587)")),
    ("tls", _("TLS from the start (usual on port 465)")),
    ("none", _("None: only for a server on this very machine")),
]
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]


class Form(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class RhythmForm(Form):
    digest_at = forms.TimeField(label=_("The day's summary at"), widget=CLOCK)
    quiet_from = forms.TimeField(label=_("Quiet from"), widget=CLOCK)
    quiet_until = forms.TimeField(label=_("Quiet until"), widget=CLOCK)


class MailForm(Form):
    host = forms.CharField(
        label=_("Server"),
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": "smtp.example.com", "autocomplete": "off"}),
    )
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=587)
    security = forms.ChoiceField(label=_("Encryption"), choices=SECURITY)
    user = forms.CharField(
        label=_("User name"),
        max_length=200,
        required=False,
        help_text=_("Leave empty if the server asks for none."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=500,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    sender = forms.EmailField(
        label=_("Mails come from"),
        widget=forms.EmailInput(attrs={"placeholder": "tertib@example.com"}),
    )
    sender_name = forms.CharField(label=_("Under the name"), max_length=80, initial="Tertib")

    def __init__(self, *args: Any, stored: bool, **kwargs: Any) -> None:
        """stored: there is a password already, which an empty field leaves as it is."""
        super().__init__(*args, **kwargs)
        if stored:
            self.fields["password"].help_text = _("Leave empty to keep it.")

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if told.get("security") == "none" and told.get("user"):
            self.add_error("security", _("A password is not sent without encryption."))
        return told


class HookForm(Form):
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("As you call what receives it.")
    )
    url = forms.URLField(
        label=_("Address"),
        max_length=500,
        validators=[URLValidator(schemes=["http", "https"])],
        help_text=_("It gets a POST with JSON, signed as standardwebhooks.com says."),
        widget=forms.URLInput(attrs={"placeholder": "https://…", "autocomplete": "off"}),
    )
    topics = forms.MultipleChoiceField(
        label=_("What is told there"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each thing is told once, and never to whom it was told."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["topics"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101
        field.choices = [(topic.name, topic.label) for topic in topics.shared()]


class ChatForm(Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("As your colleagues call it: Telegram of the IT team."),
    )
    address = forms.CharField(
        label=_("Address for apprise"),
        max_length=1000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("For example tgram://token/chat, msteams://…, slack://…, ntfy://host/topic."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    topics = forms.MultipleChoiceField(
        label=_("What is told there"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Everybody who reads the chat reads it; each thing is told once."),
    )

    def __init__(self, *args: Any, stored: bool, **kwargs: Any) -> None:
        """stored: there is an address already, which an empty field leaves as it is."""
        super().__init__(*args, **kwargs)
        self.fields["address"].required = not stored
        if stored:
            self.fields["address"].help_text = _("Leave empty to keep it.")
        field = self.fields["topics"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101
        field.choices = [(topic.name, topic.label) for topic in topics.shared()]
