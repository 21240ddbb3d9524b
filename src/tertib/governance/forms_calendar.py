"""The calendar as an IT head changes it: hours of the week, free days, Ramadan."""

import re
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tertib.governance.forms import day_field
from tertib.lib.limits import Windows
from tertib.people.forms import Form
from tertib.sop.rewriting import WEEK
from tertib.ui.rules import DAYS

WINDOW = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)\s*[-\u2013]\s*([01]?\d|2[0-4])[:.]([0-5]\d)")
MOST_DAYS = 200


class WindowsField(forms.CharField):
    """Windows of a day with commas between: 08:00-12:00, 13:00-17:00. Empty: none."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"placeholder": _("free"), "autocomplete": "off"})
        super().__init__(required=False, max_length=100, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        windows, ends = [], timedelta()
        for told in filter(None, (one.strip() for one in super().clean(value).split(","))):
            parts = WINDOW.fullmatch(told)
            if not parts:
                raise forms.ValidationError(_("Write hours like 08:00-12:00, 13:00-17:00."))
            hours = [int(part) for part in parts.groups()]
            opens = timedelta(hours=hours[0], minutes=hours[1])
            closes = timedelta(hours=hours[2], minutes=hours[3])
            if not ends <= opens < closes <= timedelta(days=1):
                raise forms.ValidationError(_("The hours overlap, or end before they begin."))
            windows.append((opens, closes))
            ends = closes
        return tuple(windows)


class CalendarForm(Form):
    effective_from = day_field(_("It holds from"))
    holidays = forms.CharField(
        label=_("Free days, one to a line"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea({"rows": 12}),
        help_text=_("Written 2027-03-10. Take days out, or add the company's own."),
    )
    first = day_field(_("Ramadan hours from"), required=False)
    last = day_field(_("to the last day"), required=False)

    def __init__(self, *args: Any, language: str = "id", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, day in enumerate(WEEK):
            name = DAYS[language][number]
            self.fields[f"hours_{day}"] = WindowsField(label=name)
            self.fields[f"ramadan_{day}"] = WindowsField(label=name)

    def days_of_week(self) -> list[forms.BoundField]:
        return [self[f"hours_{day}"] for day in WEEK]

    def days_of_ramadan(self) -> list[forms.BoundField]:
        return [self[f"ramadan_{day}"] for day in WEEK]

    def clean_holidays(self) -> list[date]:
        days = set()
        for line in self.cleaned_data["holidays"].split():
            try:
                days.add(date.fromisoformat(line))
            except ValueError as error:
                raise forms.ValidationError(
                    _("“%(line)s” is no day. Write it like 2027-03-10."), params={"line": line[:40]}
                ) from error
        if len(days) > MOST_DAYS:
            say = _("These are more than %(most)s days.")
            raise forms.ValidationError(say, params={"most": MOST_DAYS})
        return sorted(days)

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        first, last = told.get("first"), told.get("last")
        if not any(told.get(f"hours_{day}") for day in WEEK):
            self.add_error("hours_mon", _("Somebody has to work on some day."))
        if bool(first) != bool(last):
            self.add_error("last" if first else "first", _("Both days, or none of them."))
        elif first and last and not 0 <= (last - first).days < 60:
            self.add_error("last", _("The last day is on or after the first, within two months."))
        elif first and not any(told.get(f"ramadan_{day}") for day in WEEK):
            self.add_error("ramadan_mon", _("Which hours hold in Ramadan?"))
        return told

    @property
    def week(self) -> list[Windows]:
        return [self.cleaned_data[f"hours_{day}"] for day in WEEK]

    @property
    def ramadan_week(self) -> list[Windows]:
        return [self.cleaned_data[f"ramadan_{day}"] for day in WEEK]
