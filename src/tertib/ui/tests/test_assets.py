"""What the browser loads is built from installed wheels, whole, and only once."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from tertib.ui import assets


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    assets.build()


def test_a_second_build_does_nothing() -> None:
    assert assets.build() is False


def test_the_fonts_hold_our_letters_and_keep_the_weight_only() -> None:
    for name in ("inter", "jakarta"):
        font = TTFont(assets.BUILT / f"{name}.woff2")
        assert {axis.axisTag for axis in font["fvar"].axes} == {"wght"}
        letters = font.getBestCmap()
        assert all(
            ord(letter) in letters
            for letter in "AZaz09\u00e9\u2013\u201c\u2026\u00b7\u2264\u2192\u00d7"
        )


def test_the_fonts_stay_light() -> None:
    size = sum((assets.BUILT / f"{name}.woff2").stat().st_size for name in ("inter", "jakarta"))
    assert size < 100_000


def test_the_sprite_holds_every_icon_in_use() -> None:
    sprite = (assets.BUILT / "icons.svg").read_text()
    names = assets.icons_in_use()
    assert {"home", "f-circle-check"} <= names
    assert all(f'<symbol id="{name}"' in sprite for name in names)


def test_an_icon_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError, match="no-such-thing"):
        assets.sprite(["no-such-thing"])


def test_nothing_is_loaded_from_elsewhere() -> None:
    sheet = (assets.BUILT / "tertib.css").read_text()
    assert "http" not in sheet
    assert "data:" not in sheet


def test_the_sheet_is_whole() -> None:
    sheet = Path(assets.BUILT / "tertib.css").read_text()
    assert sheet.count("{") == sheet.count("}")
    assert all(f"@layer {name} {{" in sheet for name in assets.SHEETS)
