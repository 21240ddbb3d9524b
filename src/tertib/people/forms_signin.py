"""What people type about the ways in besides the password."""

import ssl
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tertib.people.forms import LONGEST, Form
from tertib.people.ldap import filters
from tertib.people.models import Directory
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
            self.fields["client_secret"].help_text = _("Leave empty to keep what is stored.")

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


class DirectoryForm(Form):
    host = forms.CharField(
        label=_("Server"),
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": "ldap.example.com"}),
    )
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=636)
    security = forms.ChoiceField(
        label=_("Encryption"),
        choices=[
            (Directory.Security.TLS.value, _("LDAPS from the beginning (636)")),
            (Directory.Security.STARTTLS.value, _("STARTTLS (389)")),
        ],
    )
    authority = forms.CharField(
        label=_("Certificate of your own authority (PEM)"),
        max_length=50_000,
        required=False,
        help_text=_("Leave empty for the authorities that this machine trusts."),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    bind_dn = forms.CharField(
        label=_("Signs in as (bind DN)"),
        max_length=300,
        required=False,
        help_text=_("An account that may only read. Leave empty to read without one."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    bind_password = forms.CharField(
        label=_("Password"),
        max_length=LONGEST,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    base = forms.CharField(
        label=_("Where the people are (base)"),
        max_length=300,
        widget=forms.TextInput(attrs={"placeholder": "ou=people,dc=example,dc=com"}),
    )
    filter = forms.CharField(label=_("Filter"), max_length=500)
    key = forms.CharField(
        label=_("Attribute of the key"),
        max_length=60,
        help_text=_("It stays when the name or the address changes."),
    )
    name = forms.CharField(label=_("Attribute of the name"), max_length=60)
    email = forms.CharField(label=_("Attribute of the e-mail address"), max_length=60)
    team = forms.CharField(label=_("Attribute of the team"), max_length=60, required=False)
    site = forms.CharField(
        label=_("Attribute of the site"),
        max_length=60,
        required=False,
        help_text=_("Its value must be the name of a site here; any other is passed over."),
    )
    daily = forms.BooleanField(
        label=_("Read it each morning and change what differs"),
        help_text=_(
            "When more than a fifth would leave at once, nothing is changed and whoever runs "
            "Tertib is told."
        ),
        required=False,
    )

    def __init__(self, *args: Any, stored: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = stored
        if stored:
            self.fields["bind_password"].help_text = _("Leave empty to keep what is stored.")

    def clean_authority(self) -> str:
        told = str(self.cleaned_data["authority"]).strip()
        if told:
            try:
                ssl.create_default_context(cadata=told)
            except (ssl.SSLError, ValueError) as error:
                raise ValidationError(_("This is no certificate in PEM.")) from error
        return told

    def clean_filter(self) -> str:
        told = str(self.cleaned_data["filter"]).strip()
        try:
            filters.encode(told)
        except filters.Wrong as error:
            raise ValidationError(_("This is no LDAP filter.")) from error
        return told

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for field in ("key", "name", "email", "team", "site"):
            if cleaned.get(field) and not filters.is_name(cleaned[field]):
                self.add_error(field, _("This is no name of an attribute."))
        if cleaned.get("bind_dn") and not cleaned.get("bind_password") and not self.stored:
            self.add_error("bind_password", _("Without it the server would let nobody in."))
        return cleaned
