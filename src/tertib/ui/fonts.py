"""Cuts a font down to the letters that Tertib writes. Apart from assets: it loads slowly."""

from io import BytesIO

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

LETTERS = (
    (0x20, 0x7E),
    (0xA0, 0x17F),  # Latin-1 and Latin Extended-A: names of people and places
    (0x2010, 0x2027),  # dashes, quotation marks, bullets, the ellipsis
    *((sign, sign) for sign in (0x20AC, 0x2122, 0x2032, 0x2033, 0x2039, 0x203A)),
    *((sign, sign) for sign in (0x2190, 0x2191, 0x2192, 0x2193, 0x2197)),  # arrows
    *((sign, sign) for sign in (0x2212, 0x2248, 0x2260, 0x2264, 0x2265, 0x2713)),
)
FEATURES = ("ccmp", "kern", "locl", "mark", "mkmk", "tnum", "calt", "case")


def subset(font: bytes, *, pin: dict[str, float] | None = None) -> bytes:
    """Return the font as woff2 with our letters only; the weight stays variable."""
    ttf = TTFont(BytesIO(font), lazy=True)
    options = Options(layout_features=list(FEATURES), flavor="woff2", hinting=False)
    subsetter = Subsetter(options)
    subsetter.populate(
        unicodes=[code for first, last in LETTERS for code in range(first, last + 1)]
    )
    subsetter.subset(ttf)
    if pin:  # after subsetting: a tenth of the outlines is a tenth of the work
        ttf = instantiateVariableFont(ttf, pin, inplace=True)
    ttf.flavor = "woff2"
    out = BytesIO()
    ttf.save(out)
    return out.getvalue()
