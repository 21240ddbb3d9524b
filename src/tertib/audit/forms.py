from collections.abc import Collection
from typing import Any
from urllib.parse import parse_qsl

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tertib.audit import trail
from tertib.audit.pages import Wanted

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class TrailForm(forms.Form):
    """What is looked for; the names of the fields are those of the address."""

    siapa = forms.CharField(label=_("Who"), required=False, max_length=100)
    tentang = forms.CharField(label=_("About"), required=False, max_length=100)
    aksi = forms.ChoiceField(label=_("Action"), required=False)
    dari = forms.DateField(label=_("From day"), required=False, widget=DAY)
    sampai = forms.DateField(label=_("Until day"), required=False, widget=DAY)
    orang = forms.BooleanField(label=_("Only what people did"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        words = sorted(((name, str(word)) for name, word in trail.actions().items()), key=_word)
        chosen: Any = self.fields["aksi"]
        chosen.choices = [("", _("Every action")), *words]
        self.fields["siapa"].widget.attrs["placeholder"] = _("Name or e-mail")
        self.fields["tentang"].widget.attrs["placeholder"] = _("Name or number")

    @property
    def wanted(self) -> Wanted:
        """What of it can be read; the rest says what is wrong with it."""
        self.is_valid()
        told = self.cleaned_data
        return Wanted(
            who=told.get("siapa", ""),
            what=told.get("tentang", ""),
            action=told.get("aksi", ""),
            first=told.get("dari"),
            last=told.get("sampai"),
            only_people=bool(told.get("orang")),
        )


def told(asked: Collection[Any]) -> dict[Any, str]:
    """Return in words what of the trail somebody took with them: as the address said it."""
    return {query: _in_words(str(query)) for query in asked}


def _in_words(query: str) -> str:
    form, parts = TrailForm(), []
    for name, value in parse_qsl(query):
        if name in form.fields and name != "orang":
            said = trail.word(value) if name == "aksi" else value
            parts.append(f"{form.fields[name].label}: {said}")
        elif name == "orang":
            parts.append(str(form.fields[name].label))
    return ", ".join(parts) or gettext("everything")


def _word(choice: tuple[str, str]) -> str:
    return choice[1].casefold()
