from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from tertib.access.policy import SCOPES
from tertib.people.actions.company import ZONE
from tertib.people.models import Site, Team, User
from tertib.people.models.persons import LANGUAGES
from tertib.people.rules import address, midnight, networks
from tertib.people.words import role_names, scope_words

LONGEST = 200  # of a password: hashing a longer one only costs
INDONESIA = [
    ("Asia/Jakarta", "WIB · Jakarta"),
    ("Asia/Makassar", "WITA · Makassar"),
    ("Asia/Jayapura", "WIT · Jayapura"),
]


def zones() -> list[tuple[Any, Any]]:
    places = sorted(
        name
        for name in available_timezones()
        if "/" in name and not name.startswith(("Etc/", "SystemV/", "posix/", "right/", "US/"))
    )
    others = [(name, name.replace("_", " ")) for name in places if name not in dict(INDONESIA)]
    return [("Indonesia", INDONESIA), (_("Elsewhere"), others)]


WEAK = {  # Django's own words in ours
    "password_too_short": _("It has fewer than %(min_length)s characters."),
    "password_too_similar": _("It is too much like your name or your e-mail address."),
    "password_too_common": _("It is one of those that are guessed first."),
}


class Form(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def add_error(self, field: str | None, error: Any) -> None:
        """Note what is wrong, and begin at the first field where something is."""
        super().add_error(field, error)
        if faulty := next((name for name in self.fields if name in self.errors), None):
            for name, one in self.fields.items():
                one.widget.attrs["autofocus"] = name == faulty


class SignInForm(Form):
    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username webauthn", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=LONGEST,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ForgottenForm(Form):
    email = forms.EmailField(
        label=_("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


class CodeForm(Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "inputmode": "text"}
        ),
    )


class NewPasswordForm(Form):
    """A new password, twice. Whose it is must be known: it may not be like the name."""

    password = forms.CharField(
        label=_("New password"),
        max_length=LONGEST,
        strip=False,
        help_text=_("At least 12 characters. A sentence is easy to keep in mind."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same again"),
        max_length=LONGEST,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        password, again = cleaned.get("password"), cleaned.get("again")
        if password and again and password != again:
            self.add_error("again", _("The two passwords differ."))
        elif password:
            try:
                validate_password(password, self.whose(cleaned))
            except ValidationError as found:
                for error in found.error_list:
                    told = WEAK.get(error.code or "", error.message)
                    self.add_error("password", told % (error.params or {}))
        return cleaned

    def whose(self, cleaned: dict[str, Any]) -> User | None:
        return self.person


class ChangePasswordForm(NewPasswordForm):
    current = forms.CharField(
        label=_("Password so far"),
        max_length=LONGEST,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ["current", "password", "again"]


class FirstStartForm(NewPasswordForm):
    """The first admin; then what may be left out."""

    full_name = forms.CharField(
        label=_("Your full name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )
    email = forms.EmailField(
        label=_("Your e-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    company = forms.CharField(
        label=_("Name of the company"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    zone = forms.ChoiceField(
        label=_("Time zone"), choices=lazy(zones, list), initial=ZONE, required=False
    )
    mail_address = forms.EmailField(label=_("Address of the mailbox"), required=False)
    mail_host = forms.CharField(
        label=_("IMAP server"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "imap.example.com"}),
    )
    mail_port = forms.IntegerField(
        label=_("Port"), min_value=1, max_value=65535, initial=993, required=False
    )
    mail_user = forms.CharField(
        label=_("User name"),
        max_length=200,
        required=False,
        help_text=_("Leave empty if it is the address itself."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    mail_password = forms.CharField(
        label=_("Password of the mailbox"),
        max_length=LONGEST,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    field_order = ["full_name", "email", "password", "again"]

    def who(self) -> list[forms.BoundField]:
        return [self[name] for name in ("full_name", "email", "password", "again")]

    def company_fields(self) -> list[forms.BoundField]:
        return [self["company"], self["zone"]]

    def mailbox(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("mail_")]

    def mailbox_told(self) -> bool:
        return self.is_bound and any(
            field.errors or field.name in self.changed_data for field in self.mailbox()
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("mail_address") and not cleaned.get("mail_host"):
            self.add_error("mail_host", _("A mailbox needs its server."))
        if cleaned.get("mail_host") and not cleaned.get("mail_address"):
            self.add_error("mail_address", _("A mailbox needs its address."))
        return cleaned

    def whose(self, cleaned: dict[str, Any]) -> User | None:
        return User(
            full_name=cleaned.get("full_name", ""), email=address(cleaned.get("email") or "")
        )


class ListForm(Form):
    """A people list: a file at first, then the text of it that was previewed."""

    file = forms.FileField(
        label=_("CSV file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )
    complete = forms.BooleanField(
        label=_("This list is complete: whoever is missing from it has left"), required=False
    )


class PersonField(forms.CharField):
    """Somebody who works here, by e-mail or by the full name if only one is called so."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 254)
        kwargs.setdefault("help_text", _("E-mail or full name"))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> User | None:
        said = super().clean(value)
        if not said:
            return None
        here = User.objects.filter(is_active=True)
        found = list(here.filter(Q(email=address(said)) | Q(full_name__iexact=said))[:2])
        if len(found) > 1:
            raise ValidationError(_("Several people are called so: write the e-mail address."))
        if not found:
            raise ValidationError(_("Nobody who works here is called so."))
        return found[0]


class Day(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs
        )


class LanguageForm(Form):
    language = forms.ChoiceField(label=_("Language of mails and pushes"), choices=LANGUAGES)


class AbsenceForm(Form):
    first = Day(label=_("First day away"))
    last = Day(label=_("Last day away"))
    deputy = PersonField(label=_("Who stands in"), required=False)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if "first" in told and "last" in told and told["last"] < told["first"]:
            self.add_error("last", _("The end lies before the begin."))
        return told

    def span(self, zone: str, now: datetime) -> tuple[datetime, datetime]:
        """Return from when until when: whole days at the person's site, today from now on."""
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        begin, end = midnight(first, zone), midnight(last + timedelta(days=1), zone)
        return (now if begin <= now < end else begin), end


class DelegateForm(Form):
    role = forms.ChoiceField(label=_("Role"))
    holder = PersonField(label=_("Who has it, too"))
    last = Day(label=_("Last day"))

    def __init__(self, *args: Any, roles: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = role_names()
        choices = [(role, names.get(role, role)) for role in roles]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]


class RoleForm(Form):
    role = forms.ChoiceField(label=_("Role"))
    since = Day(label=_("From"), required=False, help_text=_("Leave empty for at once."))
    reason = forms.CharField(label=_("Why"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = list(role_names().items())  # type: ignore[attr-defined]


class EndRoleForm(Form):
    role = forms.CharField(widget=forms.HiddenInput)
    last = Day(label=_("Last day"), required=False, help_text=_("Leave empty to end it at once."))
    reason = forms.CharField(label=_("Why"), max_length=200, required=False)


class PersonForm(Form):
    full_name = forms.CharField(label=_("Full name"), max_length=200)
    site = forms.ModelChoiceField(Site.objects.order_by("name"), label=_("Site"), empty_label=None)
    team = forms.ModelChoiceField(
        Team.objects.filter(closed_at=None).order_by("name"),
        label=_("Team"),
        required=False,
        empty_label=_("No team"),
    )
    manager = PersonField(label=_("Line manager"), required=False)


class EraseForm(Form):
    """The name is typed, so that nobody erases somebody by a slip."""

    name = forms.CharField(
        label=_("Type the full name to confirm"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_name(self) -> str:
        said = " ".join(str(self.cleaned_data["name"]).split())
        if said.casefold() != " ".join(self.person.full_name.split()).casefold():
            raise ValidationError(_("This is not the name as it stands above."))
        return said


class LeaveForm(Form):
    last = Day(label=_("Last day of work"))


class SiteForm(Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    zone = forms.ChoiceField(label=_("Time zone"), choices=lazy(zones, list), initial=ZONE)
    ranges = forms.CharField(
        label=_("Address ranges"),
        max_length=1000,
        required=False,
        help_text=_("Networks of this site, as 10.1.0.0/16, with commas between. May stay empty."),
    )

    def clean_ranges(self) -> list[str]:
        try:
            return networks(self.cleaned_data["ranges"])
        except ValueError as error:
            raise ValidationError(_("This is no network: write it as 10.1.0.0/16.")) from error


class TeamForm(Form):
    name = forms.CharField(label=_("Name"), max_length=80)


class LeadForm(Form):
    person = PersonField(label=_("Who leads it"), required=False)


class TokenForm(Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=40,
        help_text=_("The source of what it brings. It cannot be used again later."),
    )
    scope = forms.MultipleChoiceField(
        label=_("What it may do"), widget=forms.CheckboxSelectMultiple
    )
    days = forms.IntegerField(
        label=_("For how many days"), min_value=1, max_value=3650, initial=365
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = scope_words()
        choices = [(scope, words.get(scope, scope)) for scope in sorted(SCOPES)]
        self.fields["scope"].choices = choices  # type: ignore[attr-defined]
