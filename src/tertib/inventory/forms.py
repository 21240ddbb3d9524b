from collections.abc import Iterable

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from tertib.inventory import words
from tertib.inventory.models import Asset
from tertib.people.forms import Form
from tertib.people.models import Site, User

TAG = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$", _("Letters, digits, dots and dashes."))


TYPES = [(value, shown.word) for value, shown in words.TYPES.items()]


class EntryForm(Form):
    tag = forms.CharField(label=_("Tag"), max_length=40, validators=[TAG])
    serial = forms.CharField(label=_("Serial number"), max_length=100, required=False)
    type = forms.ChoiceField(label=_("Type"), choices=TYPES)


class StatusForm(Form):
    status = forms.ChoiceField(label=_("Status"), choices=list(words.STATUSES.items()))


class PlaceForm(Form):
    site = forms.ModelChoiceField(
        label=_("Location"),
        queryset=Site.objects.order_by("name"),
        required=False,
        empty_label=_("Not known yet"),
    )
    place = forms.CharField(
        label=_("Floor, room"), max_length=100, required=False, help_text=_("For example: floor 3")
    )


class OwnerForm(Form):
    """A person or a unit: one of them owns an asset."""

    owner = forms.ChoiceField(label=_("Owner"), required=False)

    def __init__(self, *args: object, units: Iterable[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True).order_by("full_name")
        self.people = {f"person:{person.uuid}": person for person in people}
        names = [(key, person.full_name) for key, person in self.people.items()]
        field = self.fields["owner"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 it is declared above
        field.choices = [
            ("", _("Not known yet")),
            (_("People"), names),
            (_("Units"), [(f"unit:{role}", name) for role, name in units]),
        ]

    def clean(self) -> dict[str, object]:
        """Return what the register says: an owner, or a unit, or neither."""
        chosen = str((super().clean() or {}).get("owner") or "")
        kind, _separator, name = chosen.partition(":")
        return {"owner": self.people.get(chosen), "unit": name if kind == "unit" else ""}

    @staticmethod
    def chosen(asset: Asset) -> str:
        if asset.owner:
            return f"person:{asset.owner.uuid}"
        return f"unit:{asset.unit}" if asset.unit else ""
