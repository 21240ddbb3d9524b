"""The JSON Schema: made from the dataclasses, at one with the reader."""

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from tertib.sop import format as sop
from tertib.sop import reader
from tertib.sop.controls import KINDS
from tertib.sop.faults import Found
from tertib.sop.schema import keys, schema
from tertib.sop.tree import bare, grow

ROOM = Path(reader.__file__).parent
TEXT, SOURCE = (ROOM / "sop-ti.yaml").read_text(), (ROOM / "source.txt").read_text()
EXAMPLES = yaml.safe_load((Path(__file__).parent / "faults.yaml").read_text())
VALIDATOR = jsonschema_rs.validator_for(schema())
COMMON = {
    *["id", "kind", "title", "unit", "active", "because", "weight", "target"],
    *["lapse", "empty", "alive", "alive_share"],
}
OWN = {  # semantics 8
    "freshness": "population, evidence, level, topics, within, warn, settle",
    "schedule": "population, evidence, level, every, grace, window, warn, settle",
    "coverage": "population, evidence, require, max_age, settle",
    "threshold": "population, metric, require, share, window, settle",
    "attest": "by, statement, within, warn",
    "deadline": "population, trigger, until, void, match, early, pause, within, clock, "
    "window, warn",
    "sequence": "population, event, before, void, match, window",
    "ratio": "population, event, require, void, window",
    "existence": "record, min",
    "absence": "record, tolerate",
    "rollup": "of, method",
}


def tree(text: str) -> Any:
    return bare(grow(text, Found()))


def test_the_shipped_file_has_the_shape() -> None:
    assert [str(error) for error in VALIDATOR.iter_errors(tree(TEXT))] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_has_the_keys_of_the_semantics_and_no_others(kind: str) -> None:
    control: type[sop.Control] = getattr(sop, kind.capitalize())
    assert set(keys(control)) == {*COMMON, "comes_from", *OWN[kind].split(", ")}


@pytest.mark.parametrize("kind", KINDS)
def test_the_reader_takes_just_the_keys_of_the_schema(kind: str) -> None:
    """A control with every key of every kind: refused are those of other kinds."""
    control: type[sop.Control] = getattr(sop, kind.capitalize())
    every = COMMON.union(*(names.split(", ") for names in OWN.values())) - {"id", "kind"}
    values = "".join(f", {key}: 1" for key in sorted(every))
    text = TEXT.replace("[{id: scope.infra,", f"[{{id: x, kind: {kind}{values}}}, {{id: y,")
    found = reader.read(text, SOURCE)
    assert not isinstance(found, sop.Sop)
    unknown = [fault for fault in found if "is no key that may stand here" in fault.say]
    assert {dict(fault.values)["name"] for fault in unknown} == every - set(keys(control))


# Marks of examples in faults.yaml whose fault is one of form, not of meaning.
SHAPES = [
    *["format: ⟦tertib-sop/2", '⟦"8-17"', "⟦mond", "⟦fresh,", "withn", "⟦inventory.observd"],
    *["within: ⟦6,", "weight: ⟦a", "⟦-1}", "⟦100%", "⟦101", "⟦outcom", "active: ⟦maybe"],
    *["gte: ⟦many", "⟦199", "min: ⟦0", "clock: ⟦office", "by: ⟦anybody", "⟦incidents"],
    '⟦"2027-2-15"',
]


@pytest.mark.parametrize("mark", SHAPES)
def test_faults_of_form_are_refused(mark: str) -> None:
    examples = [example for example in EXAMPLES if mark in example["to"]]
    assert examples
    for example in examples:
        text = TEXT.replace(example["change"], example["to"].replace("⟦", ""), 1)
        assert not VALIDATOR.is_valid(tree(text)), example["en"]
