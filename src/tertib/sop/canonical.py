"""What a version says, in one form: the same content has the same digest, however it is written."""

import json
from collections.abc import Collection, Mapping
from datetime import date
from hashlib import sha256

from tertib.lib.durations import canonical, parse
from tertib.sop.faults import Found
from tertib.sop.tree import bare, grow

CALENDAR = (
    *("version", "effective_from"),
    *("business_hours", "holidays", "special_days", "special_periods"),
)
WORDS = ("id", "en", "because")  # never durations, whatever they look like


def content(text: str, holidays: Collection[date]) -> str:
    """Return the content of a sound file as JSON: sorted names, ISO durations, frozen holidays."""
    whole = bare(grow(text, Found()))
    if isinstance(whole, dict) and isinstance(sop := whole.get("sop"), dict):
        sop["holidays"] = sorted(day.isoformat() for day in holidays)
    return _json(_one_form(whole))


def digest(content: str) -> str:
    return sha256(content.encode()).hexdigest()


def without_calendar(content: str) -> str:
    """Return what is left of a content when its calendar, version and date are taken out."""
    whole = json.loads(content)
    for key in CALENDAR:
        whole["sop"].pop(key, None)
    return _json(whole)


def _one_form(value: object, key: str = "") -> object:
    match value:
        case Mapping():
            return {name: _one_form(kept, name) for name, kept in value.items()}
        case list():
            return [_one_form(kept, key) for kept in value]
        case str() if key not in WORDS:
            try:
                return canonical(parse(value))
            except ValueError:
                return value
        case float() if value.is_integer():
            return int(value)
    return value


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
