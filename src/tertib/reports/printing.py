"""The report as a PDF: one A4 page, set by WeasyPrint from the page's own template.

WeasyPrint draws with Pango, a library of the system that pip cannot bring: where it is missing,
whoever asks is told how to get it, and that a browser prints the same page.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from tertib.lib.errors import Refused

STYLE = Path(__file__).parent / "static" / "reports" / "pdf.css"
FONTS = {
    "Inter": ("fontpkg_inter", "Inter[opsz,wght].ttf"),
    "Jakarta": ("fontpkg_plus_jakarta_sans", "PlusJakartaSans[wght].ttf"),
}


SIZES = (1, 1.06, 1.12, 1.2, 1.3, 1.5)  # of a sheet that is then drawn as small as A4


def pdf(context: Mapping[str, Any]) -> bytes:
    """Return the PDF. Raise Refused where the system cannot draw one."""
    document, size = one_page(context)
    drawn: bytes = document.write_pdf(zoom=1 / size)
    return drawn


def one_page(context: Mapping[str, Any]) -> tuple[Any, float]:
    """Return the document as WeasyPrint has set it, and how much larger than A4 it had to be for
    everything to stand on one page.
    """
    try:
        # Here and not above: it loads slowly, and only where Pango is.
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
    except OSError as missing:
        raise Refused(
            _(
                "This machine cannot make a PDF: the library Pango is missing"
                " (Debian: libpango-1.0-0 and libpangoft2-1.0-0)."
                " Print the page from the browser instead."
            )
        ) from missing
    fonts = FontConfiguration()
    html = HTML(string=render_to_string("reports/pdf.html", dict(context)))
    style = CSS(string=_style(), font_config=fonts)
    for size in SIZES:
        sheet = CSS(string=f"@page {{ size: {210 * size}mm {297 * size}mm }}")
        document = html.render(stylesheets=[style, sheet], font_config=fonts)
        if len(document.pages) == 1:
            break
    return document, size


@cache
def _style() -> str:
    faces = (
        f'@font-face {{ font-family: "{name}"; font-weight: 100 900;'
        f' src: url("{Path(str(files(package) / "files" / font)).as_uri()}"); }}'
        for name, (package, font) in FONTS.items()
    )
    return "\n".join((*faces, STYLE.read_text()))
