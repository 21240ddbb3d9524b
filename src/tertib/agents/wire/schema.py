"""The shape of a report: our own schema, written from what agents really send.

What we read has its type and length; what we don't is only kept from being deep, long or wide.
"""

from typing import Any

import jsonschema_rs

from tertib.agents.wire import bounds
from tertib.agents.wire.document import LISTS, OBJECTS
from tertib.agents.wire.errors import BadReport

type Schema = dict[str, Any]

_KEY = {"maxLength": 100}
_NAME = {"type": ["string", "number", "null"], "maxLength": bounds.NAME}
_NUMBER = {"type": ["integer", "number", "string", "null"], "maxLength": 40}
# What goes into a column of ours, by section.
READ: dict[str, dict[str, Schema]] = {
    "bios": dict.fromkeys(("ssn", "smanufacturer", "smodel", "mmanufacturer", "mmodel"), _NAME),
    "hardware": dict.fromkeys(("name", "uuid", "chassis_type", "osname", "osversion"), _NAME)
    | {"memory": _NUMBER},
    "operatingsystem": dict.fromkeys(("name", "full_name", "version", "arch", "edition"), _NAME),
    "networks": dict.fromkeys(("mac", "description", "ipaddress", "ipaddress6", "type"), _NAME),
    "softwares": dict.fromkeys(("name", "version", "publisher", "from", "arch"), _NAME),
    "drives": {"total": _NUMBER, "free": _NUMBER},
    "storages": {"disksize": _NUMBER},
    "cpus": {"name": _NAME, "core": _NUMBER},
}


def _bounded(depth: int) -> Schema:
    """Return the schema of any value that holds at most `depth` levels of values."""
    schema: Schema = {"type": ["string", "number", "boolean", "null"], "maxLength": bounds.TEXT}
    if depth:
        inside = {"$ref": f"#/$defs/depth{depth - 1}"}
        schema["type"] += ["array", "object"]
        schema |= {"maxItems": bounds.ITEMS, "items": inside}
        schema |= {
            "maxProperties": bounds.KEYS,
            "propertyNames": _KEY,
            "additionalProperties": inside,
        }
    return schema


def _entry(section: str) -> Schema:
    return {
        "type": "object",
        "maxProperties": bounds.KEYS,
        "propertyNames": _KEY,
        "properties": READ.get(section, {}),
        "additionalProperties": {"$ref": "#/$defs/depth4"},
    }


def _section(name: str) -> Schema:
    if name in OBJECTS:
        return _entry(name)
    return {"type": "array", "maxItems": bounds.ITEMS, "items": _entry(name)}


SCHEMA: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$defs": {f"depth{depth}": _bounded(depth) for depth in range(bounds.DEPTH)},
    "type": "object",
    "required": ["deviceid"],
    "properties": {
        "action": {"type": "string", "maxLength": 40},
        "deviceid": {"type": "string", "minLength": 1, "maxLength": 200},
        "itemtype": {"type": "string", "maxLength": 100},
        "partial": {"type": "boolean"},
        "content": {
            "type": "object",
            "maxProperties": bounds.KEYS,
            "propertyNames": _KEY,
            "properties": {name: _section(name) for name in sorted(LISTS | OBJECTS)},
            "additionalProperties": {"$ref": "#/$defs/depth6"},
        },
    },
    "maxProperties": bounds.KEYS,
    "propertyNames": _KEY,
    "additionalProperties": {"$ref": "#/$defs/depth4"},
}
_VALIDATOR = jsonschema_rs.validator_for(SCHEMA)

_WHY = {
    "MaxLength": "too long",
    "MinLength": "empty",
    "MaxItems": "too many entries",
    "MaxProperties": "too many keys",
    "PropertyNames": "a key is too long",
    "Type": "a value of another type, or too deep",
}


def check(report: Any) -> None:
    """Raise BadReport with the place of the first value that does not fit."""
    try:
        if _VALIDATOR.is_valid(report):  # the quick way: no error object holds the report
            return
        _VALIDATOR.validate(report)
    except jsonschema_rs.ValidationError as error:
        kind = type(error.kind).__name__.rpartition("_")[2]
        if kind == "Required":
            raise BadReport("missing", _place([*error.instance_path, "deviceid"])) from None
        raise BadReport(_WHY.get(kind, "not as expected"), _place(error.instance_path)) from None
    except ValueError:  # it does not even look at what is nested hundreds of levels deep
        raise BadReport(f"deeper than {bounds.DEPTH} levels", _place(_too_deep(report))) from None


def _too_deep(report: Any) -> list[str | int]:
    """Return the path to the first value below the deepest level."""
    paths: list[tuple[list[str | int], Any]] = [([], report)]
    while paths:
        path, value = paths.pop()
        if len(path) > bounds.DEPTH:
            return path
        if isinstance(value, dict):
            paths += [([*path, key], inner) for key, inner in value.items()]
        elif isinstance(value, list):
            paths += [([*path, place], inner) for place, inner in enumerate(value)]
    return []


def _place(path: list[str | int]) -> str:
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step[:60]}" for step in path)
    return steps.lstrip(".")[:200] or "report"
