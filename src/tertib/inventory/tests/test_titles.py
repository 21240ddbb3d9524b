from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertib.inventory.titles import Named, named


def one(name: str, version: str = "", publisher: str = "", **more: str) -> Named:
    found = named({"name": name, "version": version, "publisher": publisher, **more})
    assert found
    return found


@pytest.mark.parametrize(
    ("name", "version", "title"),
    [
        ("Mozilla Firefox (x64 en-US)", "132.0", "Mozilla Firefox (x64 en-US)"),
        ("7-Zip 24.08 (x64)", "24.08", "7-Zip"),
        ("Microsoft Edge", "131.0", "Microsoft Edge"),
        ("VLC media player", "3.0.21", "VLC media player"),
        ("Notepad++ (64-bit x64)", "8.7", "Notepad++"),
        ("Microsoft 365 Apps for business - en-us", "16.0", "Microsoft 365 Apps for business"),
        ("Zoom  Workplace (64-bit)", "6.2", "Zoom Workplace"),
        ("Python 3.13.0 (64-bit)", "3.13.0", "Python"),
        ("2.0", "2.0", "2.0"),
    ],
)
def test_a_title_is_without_what_belongs_to_its_release(
    name: str, version: str, title: str
) -> None:
    assert one(name, version).name == title


def test_spellings_of_one_publisher_are_one_title() -> None:
    keys = {
        one("Teams", "1", publisher).title_key
        for publisher in ("Microsoft Corporation", "Microsoft", "microsoft corporation.")
    }
    assert len(keys) == 1


def test_a_package_keeps_its_name_and_another_version_is_another_release() -> None:
    old, new = (one("python3.11-minimal", v, "Debian", **{"from": "deb"}) for v in ("1", "2"))
    assert old.name == "python3.11-minimal"
    assert old.title_key == new.title_key
    assert old.release_key != new.release_key


TEXT = st.text(max_size=300)


@given(TEXT, TEXT, TEXT, st.sampled_from(["", "deb", "registry"]))
def test_any_text_is_named_within_the_columns(
    name: str, version: str, publisher: str, source: str
) -> None:
    entry: dict[str, Any] = {"name": name, "version": version, "publisher": publisher}
    found = named({**entry, "from": source})
    if found is None:
        return
    assert 0 < len(found.name) <= 200
    assert len(found.version) <= 100
    assert "\0" not in found.name + found.version + found.publisher + found.raw_name
    again = named({**entry, "name": found.name, "version": "", "from": source})
    assert again is None or again.name
