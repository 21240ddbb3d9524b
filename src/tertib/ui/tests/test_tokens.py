"""Every colour can be read: WCAG 2 contrast of the pairs that the sheet uses, in both themes."""

import re

import pytest

from tertib.ui.assets import UI

TOKENS = dict(
    re.findall(
        r"--([a-z0-9-]+): (light-dark\(#[0-9a-f]{6}, #[0-9a-f]{6}\))",
        (UI / "static" / "ui" / "tokens.css").read_text(),
    )
)
STATES = ("ok", "warn", "bad", "none", "waive")
GROUNDS = ("bg", "surface", "sunken")
TEXT = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3", "accent") for ground in GROUNDS),
    *((state, ground) for state in STATES for ground in (*GROUNDS, f"{state}-soft")),
    ("ink-2", "none-soft"),
    ("ink", "none-soft"),
    ("ink-3", "hover"),
    ("ink", "accent-soft"),
    ("on-ink", "ink"),
    ("on-ink", "ink-2"),
    ("on-fill", "bad-fill"),
]
FILLS = [(f"{state}-fill", "surface") for state in STATES]


def luminance(colour: str) -> float:
    parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str, theme: int) -> float:
    pair = (re.findall("#[0-9a-f]{6}", TOKENS[name])[theme] for name in (one, other))
    low, high = sorted(map(luminance, pair))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_can_be_read(text: str, ground: str, theme: int) -> None:
    assert contrast(text, ground, theme) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("fill", "ground"), FILLS)
def test_shapes_can_be_seen(fill: str, ground: str, theme: int) -> None:
    assert contrast(fill, ground, theme) >= 3
