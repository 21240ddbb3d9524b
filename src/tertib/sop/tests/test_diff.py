"""What a new version changes, in words, and what of it asks for less."""

from pathlib import Path

import pytest
import yaml
from django.utils.translation import override

from tertib.sop import reader
from tertib.sop.diff import diff
from tertib.sop.format import Sop

ROOM = Path(reader.__file__).parent
TEXT, SOURCE = (ROOM / "sop-ti.yaml").read_text(), (ROOM / "source.txt").read_text()


def sop(*changes: tuple[str, str]) -> Sop:
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    read = reader.read(text, SOURCE)
    assert isinstance(read, Sop), "\n".join(map(str, read))
    return read


def words(*changes: tuple[str, str], back: bool = False, language: str = "en") -> list[str]:
    old, new = sop(), sop(*changes)
    if back:
        old, new = new, old
    with override(language):
        return [change.words() for change in diff(old, new)]


# A change that asks for less, and its words; the way back asks for more, so it is not marked.
# Each asks for less; the way back asks for more, so it is not marked.
WEAKER = yaml.safe_load((Path(__file__).parent / "weaker.yaml").read_text())
EITHER_WAY = "who attests"  # two roles beside each other: nobody can tell which is more


@pytest.mark.parametrize("example", WEAKER, ids=lambda example: example["to"][:40])
def test_what_asks_for_less_is_marked_and_the_way_back_is_not(example: dict[str, str]) -> None:
    change, says = (example["change"], example["to"]), example["says"]
    assert words(change) == [says]
    [back] = words(change, back=True)
    assert back.startswith("WEAKER") == (EITHER_WAY in says)


def test_nothing_changes_from_a_version_to_itself() -> None:
    assert words() == []


def test_other_words_for_the_same_are_no_change() -> None:
    assert words(("within: 2 hours, clock", "within: 2 jam, clock")) == []


def test_indonesian_speaks_too() -> None:
    changed = ("within: 2 hours, clock", "within: 4 hours, clock")
    assert words(changed, language="id") == [
        "MELEMAHKAN: desk.first_response: batas waktu berubah dari 2 jam menjadi 4 jam."
    ]


def test_a_control_or_clause_taken_out_is_weaker_and_a_new_one_is_not() -> None:
    begin = TEXT.index("  - {id: inv.sw.licensed")
    control = TEXT[begin : TEXT.index("\n- id:", begin) + 1]
    assert words((control, "")) == ["WEAKER: inv.sw.licensed: the control is taken out."]
    assert words((control, ""), back=True) == ["inv.sw.licensed: the control is new."]
    begin = TEXT.index('- id: "3f"')
    clause = TEXT[begin : TEXT.index("# ----", begin)]
    assert words((clause, "")) == ["WEAKER: 3f: the clause is taken out."]


def test_turned_off_is_weaker() -> None:
    said = words(
        (
            "evidence: inventory.count_signed, every: 6 months",
            'active: false, because: "x", evidence: inventory.count_signed, every: 6 months',
        )
    )
    assert "WEAKER: inv.count: the control is turned off." in said
    assert not any(line.startswith("WEAKER") for line in said if "turned off" not in line)


def test_weight_counts_by_its_part_of_the_clause() -> None:
    changed = ("warn: 30 days, weight: 3", "warn: 30 days, weight: 2")
    assert words(changed) == ["WEAKER: inv.hw.fresh: the weight changes from 3 to 2."]
    assert words(changed, back=True) == ["inv.hw.fresh: the weight changes from 2 to 3."]


def test_new_words_are_neither_more_nor_less() -> None:
    changed = ('title: {id: "Backup harian", en: "Daily backup"}', 'title: {id: "A", en: "B"}')
    assert words(changed) == ["bak.daily: the title changes from “Daily backup” to “B”."]
