"""Every fault that the checker knows: where it is, and its words in both languages.

`faults.yaml` changes the shipped file in one place; ⟦ marks where the fault must be.
"""

from functools import cache
from pathlib import Path

import pytest
import yaml
from babel.messages.extract import extract_from_dir
from hypothesis import given, settings
from hypothesis import strategies as st

from tertib.sop import reader
from tertib.sop.faults import Faults
from tertib.sop.format import Sop
from tertib.sop.holidays import resolve
from tertib.sop.parts import LOOKS

ROOM = Path(reader.__file__).parent
TEXT, SOURCE = (ROOM / "sop-ti.yaml").read_text(), (ROOM / "source.txt").read_text()
EXAMPLES = yaml.safe_load((Path(__file__).parent / "faults.yaml").read_text())


TOO_LARGE = """The file is larger than 1000000 bytes. \
An SOP of a hundred clauses needs a tenth of that."""


@cache
def faults_of(text: str | bytes, source: reader.SourceText = SOURCE) -> Faults:
    found = reader.read(text, source, holidays=resolve)
    assert not isinstance(found, Sop)
    return found


def changed(example: dict[str, str]) -> tuple[str, int, int]:
    """Return the changed file, and line and column of the mark."""
    assert example["change"] in TEXT
    before, mark, after = TEXT.replace(example["change"], example["to"], 1).partition("⟦")
    assert mark
    return before + after, before.count("\n") + 1, len(before) - before.rfind("\n")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["en"][:60])
def test_a_fault_is_named_with_its_place_in_both_languages(example: dict[str, str]) -> None:
    text, line, column = changed(example)
    said = {(fault.line, fault.column, fault.words("en")) for fault in faults_of(text)}
    assert (line, column, example["en"]) in said
    assert example["id"] in {fault.words("id") for fault in faults_of(text)}


def test_no_fault_is_without_an_example() -> None:
    """But for those about the whole file, which have tests of their own below."""
    marked = extract_from_dir(str(ROOM), [("*.py", "python")], keywords={"N_": None})
    known = {msgid for file, _line, msgid, *_ in marked if file not in ("diff.py", "weaker.py")}
    seen = set()
    for example in EXAMPLES:
        for fault in faults_of(changed(example)[0]):
            seen |= {fault.say, fault.hint}
    assert known - seen - {*LOOKS.values()} == {
        "This cannot be read as YAML.",
        "There is no file “%(name)s” beside this one.",
        "Put the source text there.",
        "The file is empty.",
        "Begin with “format: tertib-sop/1”.",
        "The file is larger than %(limit)s bytes.",
        "An SOP of a hundred clauses needs a tenth of that.",
        "The file is not UTF-8 text.",
        "Save it with the encoding UTF-8.",
        "The file holds more than %(limit)s values.",
        "Brackets and indents are more than %(limit)s deep here.",
        "This text is longer than %(limit)s characters.",
        "Here is a character that nobody sees: %(code)s.",
    }


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        (b"", 1, 1, "The file is empty. Begin with “format: tertib-sop/1”."),
        (b"# nothing\n", 1, 1, "The file is empty. Begin with “format: tertib-sop/1”."),
        (b"a: 1\nb: \xff\n", 2, 1, "The file is not UTF-8 text. Save it with the encoding UTF-8."),
        ("a: 1\nb: x\u202ey\n", 2, 5, "Here is a character that nobody sees: U+202E. Delete it."),
        ("a: " + "[" * 40, 1, 33, "Brackets and indents are more than 30 deep here."),
        ("a: " + "x" * 10_001, 1, 4, "This text is longer than 10000 characters."),
        ("- a\n" * 50_000, 40_000, 3, "The file holds more than 40000 values."),
        (b"#" * 1_000_001, 1, 1, TOO_LARGE),
    ],
    ids=range(8),
)
def test_a_file_that_is_none_is_refused_as_a_whole(
    text: str | bytes, line: int, column: int, words: str
) -> None:
    said = {(fault.line, fault.column, fault.words("en")) for fault in faults_of(text)}
    assert (line, column, words) in said


def test_the_source_text_is_looked_for_by_its_name() -> None:
    [fault] = faults_of(TEXT, lambda _name: None)
    line = TEXT.split("\n")[fault.line - 1]
    assert line[fault.column - 1 :] == "source.txt"
    assert fault.words("id").startswith("Tidak ada berkas “source.txt”")
    read = reader.read(TEXT, {"source.txt": SOURCE}.get, holidays=resolve)
    assert isinstance(read, Sop)


def test_every_fault_is_named_at_once_in_the_order_of_the_file() -> None:
    text = TEXT.replace("within: 6 months", "within: 6 monts").replace("target: 95", "target: 950")
    text = text.replace("timezone: Asia/Jakarta", "timezone: Asia/Yakarta")
    found = faults_of(text)
    assert len(found) == TEXT.count("within: 6 months") + TEXT.count("target: 95") + 1
    assert list(found) == sorted(found, key=lambda fault: (fault.line, fault.column))


def test_ids_need_quotes_only_where_yaml_takes_them_for_numbers() -> None:
    assert isinstance(reader.read(TEXT.replace('id: "2a"', "id: 2a"), SOURCE), Sop)
    assert isinstance(reader.read(TEXT.replace('id: "2a"', "id: '2a'"), SOURCE), Sop)


pieces = st.sampled_from(
    [
        *"{}[]:,-'\"#&*!|>%@`?\n \t",
        *["{id: x}", ": ", "- ", "null", "true", "1e9", "0x1", "\u2028", "[[", "...", "---"],
        *["<<: *a", "99999999999999999999 years", "2026-13-01", "id", "controls"],
    ]
)


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_no_change_of_the_file_is_more_than_it_can_bear(data: st.DataObject) -> None:
    text = TEXT
    for _change in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        gone = data.draw(st.integers(0, 40))
        text = text[:at] + data.draw(pieces) + text[at + gone :]
    found = reader.read(text, SOURCE, holidays=resolve)
    if not isinstance(found, Sop):
        assert found
        assert all(fault.words("en") and fault.words("id") for fault in found)
