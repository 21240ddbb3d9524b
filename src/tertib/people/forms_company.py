"""What an admin says of the company in the settings."""

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from tertib.people.forms import Form, zones
from tertib.people.models import Company

IMAPS = 993
LONGEST = 200


class CompanyForm(Form):
    name = forms.CharField(
        label=_("Name of the company"),
        max_length=120,
        help_text=_("It stands on the SOP, in mails and on the monthly report."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    zone = forms.ChoiceField(
        label=_("Time zone of the head office"),
        choices=lazy(zones, list),
        help_text=_("The zone of the first site. Each site has its own."),
    )


class MailboxForm(Form):
    """Where reports of employees come to. An empty password keeps the one that is stored."""

    address = forms.EmailField(label=_("Address of the mailbox"))
    host = forms.CharField(
        label=_("IMAP server"),
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"placeholder": "imap.example.com"}),
    )
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=IMAPS)
    user = forms.CharField(
        label=_("User name"),
        max_length=LONGEST,
        required=False,
        help_text=_("Leave empty if it is the address itself."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    password = forms.CharField(
        label=_("Password of the mailbox"),
        max_length=LONGEST,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    @classmethod
    def told(cls, company: Company) -> "MailboxForm":
        """Return the form as the company has filled it in; the password is never shown."""
        names = ("address", "host", "port", "user")
        known = {name: getattr(company, f"mail_{name}") for name in names}
        return cls(initial=known, stored=company.mail_password is not None)

    def __init__(self, *args: Any, stored: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if stored:
            self.fields["password"].help_text = _("Leave empty to keep it.")
