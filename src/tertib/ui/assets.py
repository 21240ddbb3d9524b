"""Builds what the browser loads into static/built/: fonts, one sprite of icons, one sheet, htmx.

Everything third-party comes out of installed wheels, so none of it is committed, and the same
versions that the lock file names are what people get. Knows no Django.
"""

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

UI = Path(__file__).parent
ROOMS = UI.parent
BUILT = UI / "static" / "built"
STAMP = BUILT / "stamp"
# The order is the order of the cascade layers.
SHEETS = ("tokens", "base", "layout", "components", "pages", "work", "shell", "print")
WHEELS = ("django-htmx", "fontpkg-inter", "fontpkg-plus-jakarta-sans", "fonttools", "pytablericons")


def build() -> bool:
    """Build what is missing or out of date; False: everything was there already."""
    names = sorted(icons_in_use())
    stamp = _stamp(names)
    if STAMP.is_file() and STAMP.read_text() == stamp:
        return False
    # Here and not above: fontTools alone loads longer than a start that builds nothing lasts.
    from tertib.ui.fonts import subset

    BUILT.mkdir(parents=True, exist_ok=True)
    inter = files("fontpkg_inter") / "files" / "Inter[opsz,wght].ttf"
    jakarta = files("fontpkg_plus_jakarta_sans") / "files" / "PlusJakartaSans[wght].ttf"
    (BUILT / "inter.woff2").write_bytes(subset(inter.read_bytes(), pin={"opsz": 14}))
    (BUILT / "jakarta.woff2").write_bytes(subset(jakarta.read_bytes()))
    (BUILT / "icons.svg").write_text(sprite(names))
    (BUILT / "tertib.css").write_text(sheet())
    htmx = files("django_htmx") / "static" / "django_htmx" / "htmx-4.min.js"
    (BUILT / "htmx.js").write_bytes(htmx.read_bytes())
    STAMP.write_text(stamp)  # last: a build that was cut off begins again
    return True


def icons_in_use() -> set[str]:
    """Return the icons that a template or a registry names: `{% icon "home" %}`, `icon="home"`."""
    pages = (path for path in ROOMS.rglob("templates/**/*.html"))
    modules = (path for path in ROOMS.rglob("*.py") if "tests" not in path.parts)
    named = re.compile(r'(?<![.\w])(?:icon|cell)[ =]"([a-z0-9-]+)"')
    return {name for path in (*pages, *modules) for name in named.findall(path.read_text())}


def sprite(names: Iterable[str]) -> str:
    """Return one SVG with a symbol per icon; `f-` before a name takes the filled drawing."""
    symbols = "".join(_symbol(name) for name in names)
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>'


def sheet() -> str:
    parts = ((UI / "static" / "ui" / f"{name}.css").read_text() for name in SHEETS)
    return "\n".join((f"@layer {', '.join(SHEETS)};", *parts))


def _symbol(name: str) -> str:
    folder, drawing = ("filled", name[2:]) if name.startswith("f-") else ("outline", name)
    path = files("pytablericons") / "icons" / folder / f"{drawing}.svg"
    if not path.is_file():
        raise ValueError(f"There is no icon {name}")
    shapes = re.findall(r"<(?:path|circle|rect|line|polyline)[^>]*/>", path.read_text())
    inside = re.sub(r"\s+", " ", "".join(shapes))
    paint = (
        'fill="currentColor"'
        if folder == "filled"
        else 'fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"'
    )
    return f'<symbol id="{name}" viewBox="0 0 24 24" {paint}>{inside}</symbol>'


def _stamp(names: Iterable[str]) -> str:
    def parts() -> Iterator[str]:
        yield from ((UI / name).read_text() for name in ("assets.py", "fonts.py"))
        yield sheet()
        yield from names
        yield from (f"{wheel} {version(wheel)}" for wheel in WHEELS)

    return sha256("\n".join(parts()).encode()).hexdigest()
