"""`tertib assets`: what the browser loads and what people read, built from what is committed."""

import argparse
from pathlib import Path

import django
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.core.management import call_command

from tertib.ui.assets import build

PACKAGE = Path(__file__).resolve().parents[1]


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    verb = subparsers.add_parser("assets", help="build styles, fonts, icons and translations")
    verb.set_defaults(run=run)


def run(_chosen: argparse.Namespace) -> None:
    compile_catalogues(PACKAGE)
    build()
    django.setup()
    sheets = ["ui/*.css"]  # the parts of built/tertib.css, which is served instead
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=sheets)


def compile_catalogues(package: Path) -> None:
    """Write a .mo beside each .po that has none as new: no msgfmt on a stranger's machine."""
    for source in package.glob("*/locale/*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parts[-3], abort_invalid=True)
        half = target.with_suffix(".part")
        with half.open("wb") as binary:
            write_mo(binary, catalogue)
        half.replace(target)
