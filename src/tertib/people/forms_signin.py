"""What people type about the ways in besides the password."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tertib.people.forms import LONGEST, Form
from tertib.people.oidc import is_address


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


class ProviderForm(Form):
    name = forms.CharField(
        label=_("Name on the button"),
        max_length=40,
        help_text=_("As people call it: Google, Microsoft, Keycloak."),
    )
    issuer = forms.CharField(
        label=_("Address of the provider (issuer)"),
        max_length=300,
        help_text=_("For example https://login.example.com/realms/company."),
        widget=forms.URLInput,
    )
    client_id = forms.CharField(
        label=_("Client ID"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    client_secret = forms.CharField(
        label=_("Client secret"),
        max_length=LONGEST,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    public = forms.BooleanField(
        label=_("The provider gave no secret (public client)"), required=False
    )
    claim = forms.CharField(
        label=_("Claim with the e-mail address"), max_length=60, initial="email"
    )
    verified = forms.CharField(
        label=_("Claim that says the address is verified"),
        max_length=60,
        initial="email_verified",
        help_text=_("Only a verified address lets anybody in. Microsoft Entra: xms_edov."),
    )
    admits = forms.BooleanField(
        label=_("Whoever is unknown here becomes an employee at the first sign-in"), required=False
    )

    def __init__(self, *args: Any, stored: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = stored
        if stored:
            self.fields["client_secret"].help_text = _("Empty: the one that is stored stays.")

    def clean_issuer(self) -> str:
        issuer = str(self.cleaned_data["issuer"])
        if not is_address(issuer) or "?" in issuer or "#" in issuer:
            raise ValidationError(_("An address that begins with https://, and nothing after it."))
        return issuer

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        secret, public = cleaned.get("client_secret"), cleaned.get("public")
        if not secret and not public and not self.stored:
            self.add_error("client_secret", _("The provider gives one with the client ID."))
        return cleaned
