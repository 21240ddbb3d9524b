"""A JSON Schema of the format, made from the dataclasses that hold it.

It knows shapes and closed lists, for editors; what the file's own names mean to each other only
the checker knows.
"""

from dataclasses import fields
from fractions import Fraction
from typing import Any, get_type_hints

from tertib.lib.durations import UNITS
from tertib.lib.limits import Duration
from tertib.sop import format as sop
from tertib.sop.conditions import LASTING, OPERATORS, ORDERS
from tertib.sop.controls import ACTORS, KINDS
from tertib.sop.fields import CLAUSE as CLAUSE_ID
from tertib.sop.fields import NAME, VERSION
from tertib.sop.header import WEEK
from tertib.sop.known import shipped
from tertib.sop.parts import LOOKS
from tertib.sop.reader import FORMAT, TYPES

type Schema = dict[str, Any]

NOT_WRITTEN = {  # fields that a file does not write under this name
    "clause": (sop.Control,),
    "hold": (sop.Threshold,),
    "population": (sop.Attest,),
    "settle": (sop.Attest,),
    "match": (sop.Ratio,),
}
NEEDED = {  # every other field of a control has a default
    *("id", "kind", "evidence", "within", "every", "require", "max_age", "metric", "share", "by"),
    *("statement", "window", "trigger", "until", "clock", "event", "before", "record", "min"),
    *("tolerate", "of", "method"),
}
TEXT: Schema = {"$ref": "#/$defs/text"}
STRING: Schema = {"type": "string", "minLength": 1}
SCALAR: Schema = {"type": ["string", "number", "boolean"]}
PERCENT: Schema = {"type": "number", "minimum": 0, "maximum": 100}
DURATION: Schema = {"$ref": "#/$defs/duration"}
NAMED: Schema = {"type": "string", "pattern": f"^{NAME.pattern}$", "maxLength": 50}
DATE: Schema = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
WINDOWS: Schema = {
    "type": "array",
    "items": {"type": "string", "pattern": "^[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}$"},
}
REQUIRE: Schema = {"$ref": "#/$defs/require"}


def schema() -> Schema:
    """Return the schema of a whole file."""
    named = {"propertyNames": NAMED, "type": "object"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Tertib SOP",
        **_object(
            {
                "format": {"const": FORMAT},
                "sop": _header(),
                "defaults": _defaults(),
                "escalation": {**named, "additionalProperties": _list(_rung())},
                "roles": {
                    **named,
                    "additionalProperties": _object({"name": TEXT}, {"parent": NAMED}),
                },
                "populations": {**named, "additionalProperties": _population()},
                "sections": _list(
                    _object({"id": _clause_id(), "title": TEXT}, {"text": TEXT, "short": TEXT})
                ),
                "clauses": _list(_clause()),
            }
        ),
        "$defs": {
            "text": _object({"id": STRING, "en": STRING}),
            "duration": {"type": "string", "pattern": _durations()},
            "fact": {"anyOf": [{"enum": sorted(shipped().kinds)}, {"pattern": "^attest\\."}]},
            "require": _require(),
            "lapse": _object(
                {},
                {
                    "open": {"enum": list(LOOKS)},
                    "to": NAMED,
                    "due": DURATION,
                    "escalation": NAMED,
                },
            ),
            **{kind: _control(getattr(sop, kind.capitalize())) for kind in KINDS},
        },
    }


def keys(control: type[sop.Control]) -> list[str]:
    """Return the keys that a control of this kind may have, its common ones first."""
    written = [
        field.name
        for field in fields(control)
        if not issubclass(control, NOT_WRITTEN.get(field.name, ()))
    ]
    return ["id", "kind", *(name for name in written if name != "id")]


def _control(control: type[sop.Control]) -> Schema:
    hints = get_type_hints(control)
    known = {name: _field(control, name, hints.get(name)) for name in keys(control)}
    needed = {name: shape for name, shape in known.items() if name in NEEDED}
    if control is sop.Absence:
        needed["alive"] = known["alive"]
    return _object(needed, {name: kept for name, kept in known.items() if name not in needed})


def _field(control: type[sop.Control], name: str, hint: Any) -> Schema:
    if shape := BY_NAME.get(name):
        if name == "evidence" and control is sop.Coverage:
            return {"anyOf": [shape, _list(shape)]}
        return shape
    if name == "kind":
        return {"const": control.__name__.lower()}
    for kind, shape in BY_TYPE.items():
        if kind in (hint, *getattr(hint, "__args__", ())):
            return shape
    raise TypeError(f"{control.__name__}.{name}: no schema for {hint}")


def _clause() -> Schema:
    people = {"consulted": _list(NAMED), "informed": _list(NAMED)}
    return _object(
        {
            "id": _clause_id(),
            "title": TEXT,
            "text": TEXT,
            "type": {"enum": list(TYPES)},
            "raci": _object({"responsible": NAMED, "accountable": NAMED}, people),
            "controls": _list(
                {
                    "type": "object",
                    "required": ["kind"],
                    "properties": {"kind": {"enum": list(KINDS)}},
                    "allOf": [
                        {
                            "if": {"properties": {"kind": {"const": kind}}},
                            "then": {"$ref": f"#/$defs/{kind}"},
                        }
                        for kind in KINDS
                    ],
                }
            ),
        },
        {"map": {"type": "object", "additionalProperties": _list(STRING)}},
    )


def _header() -> Schema:
    week = _object({}, dict.fromkeys(WEEK, WINDOWS))
    country = _object({"country": STRING}, {"collective_leave": {"type": "boolean"}})
    period = _object({"name": STRING, "from": DATE, "until": DATE, "hours": week})
    return _object(
        {
            "id": {"type": "string"},
            "version": {"type": "string", "pattern": f"^{VERSION.pattern}$"},
            "title": TEXT,
            "effective_from": DATE,
            "timezone": STRING,
            "business_hours": week,
            "approve": _object({"by": NAMED, "separation": {"const": "author_is_not_approver"}}),
            "source_text": STRING,
        },
        {
            "holidays": {"anyOf": [country, {"type": "array", "items": DATE}]},
            "special_days": {
                "type": "object",
                "propertyNames": DATE,
                "additionalProperties": WINDOWS,
            },
            "special_periods": {"type": "array", "items": period},
            "acknowledge": _object({"by": _list(NAMED), "within": DURATION}),
        },
    )


def _defaults() -> Schema:
    return _object(
        {
            "target": PERCENT,
            "empty": {"const": "no_data"},
            "warn": DURATION,
            "weight": BY_NAME["weight"],
            "settle": DURATION,
            "alive_share": PERCENT,
            "waiver": _object(
                {
                    "max": DURATION,
                    "approver": NAMED,
                    "renewals": {"type": "integer", "minimum": 0},
                }
            ),
            "lapse": _object({"open": {"enum": list(LOOKS)}, "due": DURATION, "escalation": NAMED}),
        }
    )


def _population() -> Schema:
    known = shipped().attributes
    values = {"anyOf": [STRING, _list(STRING)]}
    where = {"type": "object", "minProperties": 1, "additionalProperties": values}
    return _object({"of": {"enum": sorted(known)}, "where": where}, {"name": TEXT})


def _rung() -> Schema:
    return _object({"after": DURATION, "to": NAMED})


def _require() -> Schema:
    operators: Schema = dict.fromkeys(OPERATORS, SCALAR)
    operators |= {op: {"type": "number"} for op in ORDERS} | dict.fromkeys(LASTING, DURATION)
    operators |= {
        "in": _list(SCALAR),
        "contains": {"anyOf": [SCALAR, _list(SCALAR)]},
        "filled": {"anyOf": [{"const": True}, _list(STRING)]},
        "differs_from": STRING,
    }
    return {
        "type": "object",
        "minProperties": 1,
        "properties": operators,
        "additionalProperties": {"anyOf": [SCALAR, REQUIRE]},
    }


def _durations() -> str:
    words = "|".join(sorted(UNITS, key=len, reverse=True))
    return f"^(?:[0-9]+ (?:{words})|P(?=.)(?:[0-9]+[YMWD])*(?:T(?:[0-9]+[HM])+)?)$"


def _clause_id() -> Schema:
    return {"type": "string", "pattern": f"^{CLAUSE_ID.pattern}$"}


def _object(needed: Schema, optional: Schema | None = None) -> Schema:
    return {
        "type": "object",
        "properties": needed | (optional or {}),
        "required": list(needed),
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items, "minItems": 1}


FACT: Schema = {"$ref": "#/$defs/fact"}
BY_NAME: dict[str, Schema] = {
    "id": NAMED,
    "because": STRING,
    "weight": {"type": "number", "exclusiveMinimum": 0},
    "empty": {"enum": ["no_data", "vacuous_if_alive"]},
    "evidence": FACT,
    "metric": FACT,
    "trigger": FACT,
    "event": FACT,
    "record": FACT,
    "until": _list(FACT),
    "void": _list(FACT),
    "topics": _list(SCALAR),
    "of": _list(_clause_id()),
    "method": {"enum": ["worst", "mean"]},
    "clock": {"enum": ["business", "always"]},
    "min": {"type": "integer", "minimum": 1},
    "require": REQUIRE,
    "pause": _object({"from": FACT, "until": FACT}),
    "before": _list(
        _object(
            {"event": FACT},
            {
                "since": {"const": "previous"},
                "by": {"enum": list(ACTORS)},
                "same_artifact": {"type": "boolean"},
                "items": _list(STRING),
            },
        )
    ),
    "lapse": {"$ref": "#/$defs/lapse"},
}
BY_TYPE: dict[Any, Schema] = {
    sop.Text: TEXT,
    Duration: DURATION,
    Fraction: PERCENT,
    bool: {"type": "boolean"},
    str: STRING,
}
